"""The codebook: what every column of the ballots means, in both languages."""

from typing import Any

from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Framework
from questionnaires.text import Text

Entry = dict[str, Any]

FIXED_COLUMNS = {
    "ballot": Text(vi="Khóa ngẫu nhiên của phiếu", en="Random key of the ballot"),
    "respondent": Text(
        vi="Khóa ngẫu nhiên của người trả lời; nối các phiếu của cùng một người",
        en="Random key of the respondent; joins the ballots of one person",
    ),
    "group": Text(vi="Nhóm đối tượng điều tra", en="Respondent group"),
    "stratum": Text(vi="Lớp của thiết kế mẫu", en="Stratum of the design"),
    "unit": Text(vi="Cơ quan, đơn vị được đánh giá", en="Rated unit"),
    "weight": Text(vi="Quyền số mẫu", en="Sampling weight"),
    "familiar": Text(
        vi="1; hoặc 0: “tôi không làm việc với đơn vị này”",
        en="1; or 0: “I do not work with this unit”",
    ),
}

SPECIAL_CODES = {
    "": Text(vi="Để trống", en="Left blank"),
    "dk": Text(vi="Không biết / không có ý kiến", en="Don't know"),
    "na": Text(vi="Không áp dụng", en="Not applicable"),
    "~": Text(
        vi="Không hỏi (nhóm, loại đơn vị, bước nhảy hoặc không làm việc với đơn vị)",
        en="Not asked (group, unit class, skip rule, or unit not known)",
    ),
    ";": Text(
        vi="Nối các mã đã chọn của câu nhiều lựa chọn", en="Joins the codes of a multiple choice"
    ),
}


def codebook(framework: Framework, questionnaires: Questionnaires) -> Entry:
    """Describe the columns of `ballots.csv` in their order, the special codes and the groups."""
    fixed: list[Entry] = [
        {"column": column, "text": text} for column, text in FIXED_COLUMNS.items()
    ]
    items = [
        _item(item, framework, questionnaires)
        for item in questionnaires.items
        if item.kind != "text"
    ]
    return {
        "columns": fixed + items,
        "codes": [{"code": code, "text": text} for code, text in SPECIAL_CODES.items()],
        "groups": [{"code": group.code, "name": group.name} for group in framework.groups],
        "free_text": [
            {"item": item.code, "text": item.text}
            for item in questionnaires.items
            if item.kind == "text"
        ],
    }


def _item(item: Item, framework: Framework, questionnaires: Questionnaires) -> Entry:
    values = framework.rules.option_values.get(item.scale or "", {})
    return {
        "column": item.code,
        "text": item.text,
        "kind": item.kind,
        "about": item.about,
        "groups": item.groups,
        "leaves": item.leaves,
        "options": [
            {"code": option.code, "text": option.text, "value": values.get(option.code)}
            for option in questionnaires.options(item)
        ],
    }

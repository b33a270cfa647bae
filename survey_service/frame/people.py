"""One line of a contact list, read strictly: a person who may be asked."""

from typing import Literal, cast

import msgspec

from mailer.writing.address import Address, parse_address
from questionnaires.text import Text
from survey_service.frame.cells import Cells
from survey_service.frame.headings import Field
from survey_service.frame.terms import Needs, Terms
from survey_service.frame.values import (
    month,
    one_of,
    population,
    refuse_formula,
    several,
    shown,
    text,
    weight,
)

CONTACT_FIELDS = (
    Field("name", ("Họ và tên", "Họ tên", "Tên", "Full name", "Name")),
    Field(
        "email",
        ("Thư điện tử", "Địa chỉ thư điện tử", "Hộp thư điện tử", "Email", "Địa chỉ email"),
        required=True,
    ),
    Field(
        "group",
        ("Nhóm đối tượng", "Nhóm", "Đối tượng", "Respondent group", "Group"),
        required=True,
    ),
    Field(
        "own_unit",
        ("Đơn vị công tác", "Cơ quan công tác", "Mã đơn vị", "Đơn vị", "Own unit", "Unit"),
    ),
    Field("language", ("Ngôn ngữ", "Language")),
    Field(
        "transaction_unit",
        ("Đơn vị giải quyết", "Cơ quan giải quyết", "Handling unit", "Handled by"),
    ),
    Field(
        "service",
        ("Thủ tục/Dịch vụ", "Thủ tục", "Dịch vụ", "Thủ tục hành chính", "Service", "Procedure"),
    ),
    Field("month", ("Tháng", "Tháng giải quyết", "Month")),
    Field("sectors", ("Lĩnh vực", "Ngành, lĩnh vực", "Sector", "Sectors")),
    Field("stratum", ("Tầng", "Tầng mẫu", "Stratum")),
    Field("population", ("Tổng số", "Tổng số của tầng", "Population")),
    Field("weight", ("Trọng số", "Weight")),
)
LONGEST_STRATUM = 80


class Transaction(msgspec.Struct, frozen=True):
    """A procedure (giao dịch) that a unit handled for a person; `month` is "02/2023"."""

    unit: str
    service: str
    month: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a line states them; "" and None where it states nothing."""

    line: int
    email: str
    key: str
    name: str
    group: str
    own_unit: str | None
    language: Literal["vi", "en"]
    transactions: tuple[Transaction, ...]
    sectors: tuple[str, ...]
    stratum: str | None
    population: int | None
    weight: str


_LANGUAGE = ("không phải vi hoặc en.", "is neither vi nor en.")
_UNKNOWN_UNIT = (
    "không phải mã hay tên của một đơn vị còn hiệu lực vào ngày mở đợt; xem danh mục đơn vị.",
    "is neither code nor name of a unit in force on the opening day; see the register of units.",
)


def read_person(cells: Cells, terms: Terms) -> Person:
    """Read a row; where its cells gathered problems, the value is good only to go on reading."""
    address = _address(cells)
    group = _group(cells, terms)
    needs = terms.needs.get(group)
    stratum = cells.read("stratum", text, None)
    if stratum is not None and len(stratum) > LONGEST_STRATUM:
        cells.refuse(
            "stratum",
            Text(
                vi=f"dài {len(stratum)} ký tự; tối đa {LONGEST_STRATUM}.",
                en=f"has {len(stratum)} characters; at most {LONGEST_STRATUM}.",
            ),
        )
    return Person(
        line=cells.line,
        email="" if address is None else address.wire,
        key="" if address is None else address.key,
        name=cells.read("name", text, ""),
        group=group,
        own_unit=_own_unit(cells, terms, needs),
        language=cast(
            "Literal['vi', 'en']",
            cells.read("language", one_of(terms.languages.find, *_LANGUAGE), "vi"),
        ),
        transactions=_transactions(cells, terms, needs),
        sectors=_sectors(cells, terms, needs),
        stratum=stratum,
        population=cells.read("population", population, None),
        weight=cells.read("weight", weight, "1"),
    )


def _address(cells: Cells) -> Address | None:
    raw = cells.raw("email")
    read = parse_address(raw)
    if isinstance(read, Address):
        # Asked of what is kept: “mailto:” and brackets around it are taken off before.
        formula = refuse_formula(read.wire)
        if formula is not None:
            cells.refuse("email", formula)
            return None
        if read.remark is not None:
            cells.refuse("email", Text(vi=read.remark.vi, en=read.remark.en), warning=True)
        return read
    quoted = f"{shown(raw)} " if raw else ""
    cells.refuse("email", Text(vi=f"{quoted}{read.vi}", en=f"{quoted}{read.en}"))
    return None


def _group(cells: Cells, terms: Terms) -> str:
    known = ", ".join(terms.needs)
    if not cells.raw("group"):
        cells.refuse(
            "group",
            Text(vi=f"để trống; ghi một trong: {known}.", en=f"is empty; write one of: {known}."),
        )
    return cells.read(
        "group",
        one_of(
            terms.groups.find,
            f"không phải nhóm đối tượng nào của đợt; ghi một trong: {known}.",
            f"is no respondent group of the wave; write one of: {known}.",
        ),
        "",
    )


def _own_unit(cells: Cells, terms: Terms, needs: Needs | None) -> str | None:
    if needs is not None and needs.own_unit and not cells.raw("own_unit"):
        cells.refuse(
            "own_unit",
            Text(
                vi="cần ghi đơn vị công tác cho nhóm đối tượng này (cột “Đơn vị công tác”).",
                en="this respondent group needs its own unit (column “Own unit”).",
            ),
        )
    return cells.read("own_unit", one_of(terms.units.find, *_UNKNOWN_UNIT), None)


def _transactions(cells: Cells, terms: Terms, needs: Needs | None) -> tuple[Transaction, ...]:
    if needs is not None and needs.transaction and not cells.raw("transaction_unit"):
        cells.refuse(
            "transaction_unit",
            Text(
                vi="cần ghi đơn vị đã giải quyết hồ sơ cho nhóm này (cột “Đơn vị giải quyết”).",
                en="this group needs the unit that handled the transaction (“Handling unit”).",
            ),
        )
    unit = cells.read("transaction_unit", one_of(terms.units.find, *_UNKNOWN_UNIT), "")
    service = cells.read("service", text, "")
    when = cells.read("month", month, "")
    if needs is not None and needs.transaction and unit and unit not in needs.rated:
        cells.refuse(
            "transaction_unit",
            Text(
                vi=f"đơn vị {unit} không thuộc loại đơn vị mà nhóm này đánh giá.",
                en=f"unit {unit} is not of a class that this group rates.",
            ),
        )
    return (Transaction(unit=unit, service=service, month=when),) if unit else ()


def _sectors(cells: Cells, terms: Terms, needs: Needs | None) -> tuple[str, ...]:
    if needs is not None and needs.sector and not cells.raw("sectors"):
        cells.refuse(
            "sectors",
            Text(
                vi="cần ghi lĩnh vực hoạt động cho nhóm này (cột “Lĩnh vực”).",
                en="this group needs its sectors (column “Sector”).",
            ),
        )
    known = one_of(
        terms.sectors.find,
        "không phải lĩnh vực của đơn vị nào trong danh mục.",
        "is not a sector of any unit in the register.",
    )
    return cells.read("sectors", several(known), ())

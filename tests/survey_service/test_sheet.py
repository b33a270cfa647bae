import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from generated import generated
from hand_made import frozen, hand_made, two_units, with_rules
from python_calamine import CalamineWorkbook

from survey_service.results.computing import compute
from survey_service.sheet.documents import read_sheet, sheet_json, sheet_schema
from survey_service.sheet.lines import lines, province_lines
from survey_service.sheet.ranked import ranked_text
from survey_service.sheet.score_sheet import ProvinceFigure, Published, ScoreSheet
from survey_service.sheet.spreadsheet_csv import COLUMNS, sheet_csv
from survey_service.sheet.workbook import sheet_xlsx

SCHEMA = Path(__file__).parents[2] / "docs" / "score-sheet.schema.json"
SHEET = compute(frozen(generated("par-index-2022", seed=7)))


def every_state() -> ScoreSheet:
    """Give a sheet with published, suppressed and not measurable figures."""
    ballots = [
        ("CX", "XA1", 5, {"S1": "5", "S2": "5"}),
        ("CB", "XA1", 3, {"S1": "4", "S4": "3"}),
        ("ND", "XA2", 9, {"S3": "4", "S4": "2"}),
    ]
    strict = with_rules(two_units().framework, disclosure_threshold=4)
    return compute(frozen(hand_made(ballots, framework=strict)))


def table(sheet: ScoreSheet) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet_csv(sheet).decode("utf-8-sig"))))


def workbook_rows(sheet: ScoreSheet, tab: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet_xlsx(sheet)))
    return book.get_sheet_by_name(tab).to_python(skip_empty_area=False)


def schema_validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize("sheet", [SHEET, every_state()], ids=["round", "states"])
def test_the_json_is_as_its_schema_says(sheet: ScoreSheet) -> None:
    validator = schema_validator()
    validator.check_schema(validator.schema)
    validator.validate(json.loads(sheet_json(sheet)))
    assert read_sheet(sheet_json(sheet)) == sheet


def test_the_schema_in_the_documents_is_current() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(sheet_schema()))


@pytest.mark.parametrize("broken", [b"", b"{}", b"\xff", b'{"format":"other"}'])
def test_what_is_no_sheet_is_not_read(broken: bytes) -> None:
    assert read_sheet(broken) is None


def test_the_schema_refuses_a_zero_in_place_of_a_reason() -> None:
    validator = schema_validator()
    document = json.loads(sheet_json(SHEET))
    for result in ({"state": "published", "points": 0}, {"state": "hidden"}, None, 0):
        document["units"][0]["result"] = result
        assert not validator.is_valid(document)


@pytest.mark.parametrize("key", ["rank", "best", "worst"])
def test_the_schema_refuses_a_rank_of_zero(key: str) -> None:
    validator = schema_validator()
    document = json.loads(sheet_json(SHEET))
    unit = document["units"][0]
    assert validator.is_valid(document)
    (unit if key == "rank" else unit["rank_set"])[key] = 0
    assert not validator.is_valid(document)
    assert read_sheet(json.dumps(document).encode()) is None


def test_states_are_distinct_and_never_zero() -> None:
    rows = table(every_state()) + table(SHEET)
    assert {row["state"] for row in rows if row["level"] != "band"} == {
        "published", "suppressed", "not_measurable", "not_applicable",
    }  # fmt: skip
    for row in rows:
        if row["state"] != "published":
            assert row["points"] == row["percent"] == row["n"] == ""
    assert {row["level"] for row in rows} == {
        "unit", "turnout", "component", "criterion", "leaf", "group", "province", "band",
    }  # fmt: skip


def test_the_table_tells_cover_thin_groups_and_rescaled_marks() -> None:
    sheet = every_state()
    by_leaf = {(row["unit"], row["leaf"]): row for row in table(sheet) if row["level"] == "leaf"}
    row = by_leaf["XA1", "A.1"]
    assert (row["cover"], row["flags"]) == ("1.00", "")
    assert (by_leaf["XA1", "B.1.1"]["cover"], by_leaf["XA1", "B.1.1"]["flags"]) == (
        "0.00", "left_out:ND",
    )  # fmt: skip
    units = {row["unit"]: row for row in table(sheet) if row["level"] == "unit"}
    assert units["XA1"]["flags"] == "rescaled"
    flagging = with_rules(two_units().framework, below_minimum="flag")
    few = [("CX", "XA1", 9, {"S1": "5", "S2": "5"}), ("CB", "XA1", 1, {"S1": "4", "S2": "4"})]
    flagged = compute(frozen(hand_made(few, framework=flagging)))
    assert {
        row["flags"] for row in table(flagged) if row["leaf"] == "A.1" and not row["group"]
    } >= {"flagged:CB"}
    detail = workbook_rows(flagged, "Chi tiết")
    heading = detail[2]
    thin = next(row for row in detail if row[2] == "A.1" and row[1] == "Tiêu chí chấm điểm")
    assert thin[heading.index("Phần trọng số đo được")] == 1.0
    assert thin[heading.index("Ghi chú")] == "nhóm CB ít phiếu vẫn tính đủ"
    notes = {row[-1] for row in workbook_rows(sheet, "Chi tiết")[3:]}
    assert "không tính nhóm ND: ít phiếu, trọng số chia lại" in notes
    assert "quy đổi từ 10.00 điểm đo được" in notes


def test_the_table_holds_the_province_and_what_other_classes_have() -> None:
    rows = [row for row in table(SHEET) if row["level"] == "province"]
    first = SHEET.classes[0].province[0].result
    assert isinstance(first, ProvinceFigure)
    assert (rows[0]["percent"], rows[0]["units"], rows[0]["units_of"]) == (
        first.percent,
        "15",
        "15",
    )
    assert rows[0]["highest"] == first.highest.percent
    assert rows[0]["highest_units"].split(";") == list(first.highest.units)
    assert rows[0]["lowest_units"].split(";") == list(first.lowest.units)
    leaf = next(row for row in rows if row["leaf"] == "8.2.1")
    assert (leaf["unit_class"], leaf["component"], leaf["criterion"], leaf["state"]) == (
        "SBN", "8", "8.2", "not_applicable",
    )  # fmt: skip
    bands = {
        (row["unit_class"], row["class"]): row["units"]
        for row in table(SHEET)
        if row["level"] == "band"
    }
    assert bands == {
        (one.code, band.band): str(band.units) for one in SHEET.classes for band in one.bands
    }
    province = workbook_rows(SHEET, "Toàn tỉnh SBN")
    assert next(row for row in province if row[1] == "8.2.1")[3] == "không áp dụng"


def test_excel_sees_the_encoding_and_every_column() -> None:
    content = sheet_csv(SHEET)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == list(COLUMNS)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert len(rows) == 1 + len(list(lines(SHEET))) + len(list(province_lines(SHEET)))
    first = dict(zip(COLUMNS, rows[1], strict=True))
    result = SHEET.units[0].result
    assert isinstance(result, Published)
    assert result.interval is not None
    assert first["points"] == result.points
    assert first["interval_low"] == result.interval.low
    assert first["rank"] == str(SHEET.units[0].rank)
    assert first["name"] == "Sở Nội vụ"


def test_a_name_like_a_formula_is_guarded() -> None:
    unit = msgspec.structs.replace(
        SHEET.units[0], name=msgspec.structs.replace(SHEET.units[0].name, vi="=1+1")
    )
    sheet = msgspec.structs.replace(SHEET, units=(unit, *SHEET.units[1:]))
    assert b",'=1+1," in sheet_csv(sheet)
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet_xlsx(sheet)))
    cells = [cell for row in book.get_sheet_by_name("Chi tiết").to_python() for cell in row]
    assert "=1+1" in cells


def test_the_workbook_has_a_tab_for_each_table() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet_xlsx(SHEET)))
    assert book.sheet_names == [
        "Bảng điểm SBN", "Bảng điểm SBN-DT", "Chi tiết",
        "Toàn tỉnh SBN", "Toàn tỉnh SBN-DT", "Phương pháp",
    ]  # fmt: skip
    rows = book.get_sheet_by_name("Bảng điểm SBN").to_python()
    heading = next(at for at, row in enumerate(rows) if row[0] == "Hạng")
    best = next(unit for unit in SHEET.units if unit.code == SHEET.classes[0].ranking[0])
    assert isinstance(best.result, Published)
    assert rows[heading + 1][:3] == [1.0, best.name.vi, float(best.result.points)]
    assert len(rows) == heading + 1 + 15


def test_the_same_sheet_gives_the_same_bytes() -> None:
    again = compute(frozen(generated("par-index-2022", seed=7)))
    assert sheet_json(again) == sheet_json(SHEET)
    assert sheet_csv(again) == sheet_csv(SHEET)
    assert sheet_xlsx(again) == sheet_xlsx(SHEET)


def test_the_ranked_tables_can_be_read_in_a_terminal() -> None:
    text = ranked_text(SHEET)
    assert "Sở, ban, ngành đặc thù / Special departments" in text
    assert "trọng số chia lại" in text
    for unit in SHEET.units:
        assert unit.name.vi in text
    other = ranked_text(every_state())
    assert "không xếp hạng" in other

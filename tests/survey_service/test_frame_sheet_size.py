import zipfile
from pathlib import Path

import pytest
from staged import write_workbook

from questionnaires.problems import ProblemsError
from survey_service.frame.sheet_size import refuse_vast
from survey_service.frame.sheets import read_rows

NAMES = "http://schemas.openxmlformats.org/"
TYPES = f"""<Types xmlns="{NAMES}package/2006/content-types"><Override PartName="/xl/workbook.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
RELATION = (
    '<Relationship Id="a" Type="{names}officeDocument/2006/relationships/{kind}" Target="{to}"/>'
)
BOOK = f"""<workbook xmlns="{NAMES}spreadsheetml/2006/main"
xmlns:r="{NAMES}officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="a"/>
</sheets></workbook>"""
CELL = '<c {place} t="inlineStr"><is><t>x</t></is></c>'


def workbook(path: Path, *places: str, sheet: str = "worksheets/sheet1.xml") -> Path:
    """Write an .xlsx whose cells stand where `places` say, as attributes."""

    def relations(kind: str, to: str) -> str:
        one = RELATION.format(names=NAMES, kind=kind, to=to)
        return f'<Relationships xmlns="{NAMES}package/2006/relationships">{one}</Relationships>'

    rows = "".join(f"<row>{CELL.format(place=place)}</row>" for place in places)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", TYPES)
        book.writestr("_rels/.rels", relations("officeDocument", "xl/workbook.xml"))
        book.writestr("xl/workbook.xml", BOOK)
        book.writestr("xl/_rels/workbook.xml.rels", relations("worksheet", sheet))
        book.writestr(
            f"xl/{sheet}",
            f'<worksheet xmlns="{NAMES}spreadsheetml/2006/main"><sheetData>{rows}</sheetData>'
            "</worksheet>",
        )
    return path


def test_a_workbook_of_a_few_cells_is_read(tmp_path: Path) -> None:
    rows = list(read_rows(workbook(tmp_path / "a.xlsx", 'r="A1"', 'r="C9"')))
    assert [row.line for row in rows] == [1, 9]


@pytest.mark.parametrize("far", ['r="XFD1048576"', "r='XFD1048576'", 'r = "zz99999"'])
@pytest.mark.parametrize("sheet", ["worksheets/sheet1.xml", "elsewhere.bin"])
def test_two_cells_far_apart_are_refused_before_they_end_the_process(
    tmp_path: Path, far: str, sheet: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", 'r="A1"', far, sheet=sheet)
    with pytest.raises(ProblemsError, match=r"quá xa bảng.*far away from its table"):
        list(read_rows(path))


def test_a_cell_is_found_where_two_pieces_of_a_sheet_meet(tmp_path: Path) -> None:
    for filling in range(0, 80, 7):
        path = tmp_path / f"{filling}.xlsx"
        with zipfile.ZipFile(path, "w") as book:
            empty = b" " * ((1 << 20) - filling)
            book.writestr("xl/worksheets/sheet1.xml", empty + b'<c r="XFD1048576"/>')
        with pytest.raises(ProblemsError):
            refuse_vast(path)


def test_a_damaged_workbook_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [["Họ và tên"], ["A"]])
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ProblemsError, match=r"tệp hỏng.*damaged"):
        list(read_rows(path))

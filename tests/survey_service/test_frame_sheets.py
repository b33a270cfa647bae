from datetime import datetime
from pathlib import Path

import pytest
from staged import write_workbook

from questionnaires.problems import ProblemsError
from survey_service.frame.sheets import read_rows

ROWS = [
    (1, ("Họ và tên", "Thư điện tử")),
    (2, ("Nguyễn Văn A", "a@xa.example")),
    (3, ("Trần\nThị B", "b@xa.example")),
]


def read(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in read_rows(path)]


def refused(path: Path) -> str:
    with pytest.raises(ProblemsError) as caught:
        read(path)
    (found,) = caught.value.problems
    return found.line()


def table(delimiter: str) -> str:
    return "\r\n".join(
        delimiter.join(f'"{cell}"' if "\n" in cell else cell for cell in cells) for _, cells in ROWS
    )


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_unicode_and_delimiter(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(table(delimiter).encode(encoding))
    assert read(path) == ROWS


def test_a_stated_delimiter_is_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("sep=|\r\nHọ, tên; đệm|Email\r\nA|a@xa.example\r\n", encoding="utf-8")
    assert read(path) == [(1, ("Họ, tên; đệm", "Email")), (2, ("A", "a@xa.example"))]


def test_a_delimiter_inside_quotes_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('"Họ, tên, đệm";Email\nA;a@xa.example\n', encoding="utf-8")
    assert read(path)[1] == (2, ("A", "a@xa.example"))


def test_lines_count_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('H;E\n\n"x\ny";1\n;\nz;2\n', encoding="utf-8")
    assert read(path) == [(1, ("H", "E")), (3, ("x\ny", "1")), (5, ("z", "2"))]


@pytest.mark.parametrize(("encoding", "name"), [("cp1258", "Hưng"), ("cp1252", "Hòa")])
def test_an_older_code_page_is_refused_with_advice(
    tmp_path: Path, encoding: str, name: str
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(f"Ten;Email\nAn;a@xa.example\n{name};b@xa.example".encode(encoding))
    message = refused(path)
    assert message.startswith("c.csv, dòng/line 3: ")
    assert "CSV UTF-8" in message
    assert "Save as" in message


def test_a_quotation_mark_left_open_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('H;E\n"An;a@xa.example\nB;b@xa.example\n', encoding="utf-8")
    message = refused(path)
    assert message.startswith("c.csv, dòng/line 2: ")
    assert "dấu ngoặc kép" in message


def test_an_endless_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('H;E\n"' + "x" * 140_000 + '";1\n', encoding="utf-8")
    assert "quotation mark" in refused(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "không mở được tệp" in refused(tmp_path / "nowhere.csv")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    message = refused(path)
    assert "không đọc được sổ tính" in message
    assert "password" in message


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "danh-sach.csv"
    write_workbook(path, [["H", "E"], [], ["Nguyễn", 12.0], [datetime(2023, 2, 20), 1.25, True]])  # noqa: DTZ001
    assert read(path) == [
        (1, ("H", "E", "")),
        (3, ("Nguyễn", "12", "")),
        (4, ("2023-02-20", "1.25", "TRUE")),
    ]


def test_rows_above_the_table_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    write_workbook(path, [[], [], ["H", "E"], ["a", "b"]])
    assert [line for line, _ in read(path)] == [3, 4]

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from staged import Stage

from questionnaires.problems import ProblemsError
from survey_service.frame.register import units_in_force
from survey_service.frame.units import UnitsImported, import_units
from survey_service.journal import verify_chain
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Unit

HEAD = "Mã đơn vị;Tên đơn vị;Loại đơn vị;Hiệu lực từ;Hiệu lực đến;Thay thế cho;Cấp trên;Lĩnh vực\n"


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    return Stage(database, tmp_path)


def load(stage: Stage, rows: str, head: str = HEAD) -> UnitsImported:
    path = stage.file("dv.csv", head + rows)
    return import_units(stage.database, stage.clock, path, actor="thử")


def refused(stage: Stage, rows: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        load(stage, rows, head)
    with stage.database.reading() as session:
        assert session.scalars(select(Unit)).all() == []
        assert session.scalars(select(JournalEntry)).all() == []
    return [found.line() for found in caught.value.problems]


def test_units_are_read_whole(stage: Stage) -> None:
    rows = (
        "T;UBND tỉnh;TINH;;;;;\n"
        "A;Sở A;SBN;01/03/2025;31/12/2030;B, C;T;đất đai; môi trường\n".replace(
            "đất đai; môi trường", '"đất đai; môi trường"'
        )
        + "B;Sở B;SBN;;28/02/2025;;T;\nC;Sở C;SBN;;2025-02-28;;T;\n"
    )
    assert load(stage, rows) == UnitsImported(added=4, updated=0)
    with stage.database.reading() as session:
        unit = session.get_one(Unit, "A")
        assert (unit.name_vi, unit.name_en, unit.unit_class) == ("Sở A", "Sở A", "SBN")
        assert (unit.valid_from, unit.valid_to) == (date(2025, 3, 1), date(2030, 12, 31))
        assert unit.successor_of == ["B", "C"]
        assert unit.superior == "T"
        assert unit.sectors == ["đất đai", "môi trường"]
        assert verify_chain(session) is None
        for day, codes in (
            (date(2025, 2, 28), ["B", "C", "T"]),
            (date(2025, 3, 1), ["A", "T"]),
            (date(2031, 1, 1), ["T"]),
        ):
            assert [found.code for found in units_in_force(session, day)] == codes


def test_a_second_import_brings_units_up_to_date(stage: Stage) -> None:
    load(stage, "A;Sở A;SBN;;;;;\n")
    assert load(stage, "A;Sở Á;SBN;;;;;\nB;Sở B;SBN;;;A;A;\n") == UnitsImported(added=1, updated=1)
    with stage.database.reading() as session:
        assert session.get_one(Unit, "A").name_vi == "Sở Á"
        assert session.get_one(Unit, "B").superior == "A"


def test_every_mistake_is_told_at_once(stage: Stage) -> None:
    lines = refused(
        stage,
        "A;Sở A;SBN;31/02/2025;;;;\n"
        "A;Sở A nữa;SBN;;;;;\n"
        ";=Sở;SBN;;;;;\n"
        "D;Sở D;;01/02/2025;01/01/2025;D;X;\n"
        "E E;Sở E;SBN;;;Y;;;thừa\n",
    )
    expected = [
        ("dv.csv, dòng/line 2, cột/column D “Hiệu lực từ”", "không phải ngày có thật"),
        ("dv.csv, dòng/line 3, cột/column A “Mã đơn vị”", "đã có ở dòng 2"),
        ("dv.csv, dòng/line 4, cột/column A “Mã đơn vị”", "không được để trống"),
        ("dv.csv, dòng/line 4, cột/column B “Tên đơn vị”", "“=Sở” bắt đầu như một công thức"),
        ("dv.csv, dòng/line 5, cột/column C “Loại đơn vị”", "không được để trống"),
        ("dv.csv, dòng/line 5, cột/column E “Hiệu lực đến”", "trước ngày có hiệu lực"),
        ("dv.csv, dòng/line 5, cột/column F “Thay thế cho”", "không thể thay thế chính mình"),
        ("dv.csv, dòng/line 5, cột/column G “Cấp trên”", "không có đơn vị nào mã “X”"),
        ("dv.csv, dòng/line 6, cột/column A “Mã đơn vị”", "không phải mã"),
        ("dv.csv, dòng/line 6", "ngoài các cột có tiêu đề"),
    ]
    for where, words in expected:
        assert any(line.startswith(f"{where}: ") and words in line for line in lines), where
    assert len(lines) == len(expected)


def test_superiors_in_a_circle_are_refused(stage: Stage) -> None:
    lines = refused(stage, "A;Sở A;SBN;;;;B;\nB;Sở B;SBN;;;;A;\nC;Sở C;SBN;;;;A;\n")
    assert ["vòng lặp" in line for line in lines] == [True, True]


@pytest.mark.parametrize(
    ("head", "rows", "words"),
    [
        ("", "", "the file is empty"),
        (HEAD, "", "a heading only"),
        ("Mã;Tên\n", "A;Sở A\n", "“Unit class” is missing"),
        ("Mã;Tên;Loại;Lạ\n", "A;Sở A;SBN;x\n", "no such column"),
        ("Mã;Mã đơn vị;Tên;Loại\n", "A;A;Sở A;SBN\n", "means the same as column A"),
    ],
)
def test_a_table_without_sense_is_refused(stage: Stage, head: str, rows: str, words: str) -> None:
    lines = refused(stage, rows, head)
    assert any(words in line for line in lines)

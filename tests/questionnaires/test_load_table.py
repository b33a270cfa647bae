from fractions import Fraction

import pytest

from questionnaires.load import LoadTable, Spread, load_table, person_load, render
from questionnaires.loading import Definitions

CLASSES = {"XA-A": "XA", "XA-B": "XA"}
ASSIGNMENTS = {
    "CX": {"an": ("XA-B",), "binh": ("XA-A",), "chi": ()},
    "ND": {f"nd{n}": ("XA-A",) for n in range(4)} | {"nd4": ("XA-A", "XA-B")},
}


@pytest.fixture
def table(two_units: Definitions) -> LoadTable:
    return load_table(two_units.framework, two_units.questionnaires, ASSIGNMENTS, CLASSES)


def test_a_person_is_told_units_questions_cells_and_minutes(two_units: Definitions) -> None:
    load = person_load(two_units.framework, two_units.questionnaires, "ND", ["XA", "XA"])
    # S3, S4, TRE, XIN-LOI, SO-LAN, UU-TIEN of each unit and GOP-Y once; 12 seconds each.
    assert (load.units, load.items, load.cells, load.minutes) == (2, 7, 13, 3)


def test_groups_without_people_have_no_row(table: LoadTable) -> None:
    assert [row.group for row in table.groups] == ["CX", "ND"]


def test_figures_span_the_people_of_a_group(table: LoadTable) -> None:
    citizens = table.groups[1]
    assert citizens.persons == 5
    assert citizens.units == Spread(least=1, mean=Fraction(6, 5), most=2)
    assert citizens.items == Spread(least=7, mean=Fraction(7), most=7)
    assert citizens.cells == Spread(least=7, mean=Fraction(41, 5), most=13)
    assert citizens.minutes == Spread(least=2, mean=Fraction(11, 5), most=3)


def test_people_whom_the_relation_gives_no_unit_are_counted(table: LoadTable) -> None:
    assert [row.without_units for row in table.groups] == [1, 0]


def test_raters_are_counted_per_unit_and_group(table: LoadTable) -> None:
    assert table.raters == {
        "XA-A": {"CX": 1, "CB": 0, "ND": 5},
        "XA-B": {"CX": 1, "CB": 0, "ND": 1},
    }


def test_the_table_reads_as_plain_text(table: LoadTable) -> None:
    assert render(table, "vi").splitlines() == [
        "Nhóm  Số người  Đơn vị/người  Câu hỏi/người  Ô trả lời/người    Phút/người",
        "CX           3  0-1 (TB 0,7)   1-3 (TB 2,3)     1-3 (TB 2,3)             1",
        "ND           5  1-2 (TB 1,2)              7    7-13 (TB 8,2)  2-3 (TB 2,2)",
        "",
        "Đơn vị  CX  ND  Tổng",
        "XA-A     1   5     6",
        "XA-B     1   1     2",
        "CX: 1 người không có đơn vị nào để đánh giá",
    ]


def test_the_table_is_worded_in_english_too(table: LoadTable) -> None:
    lines = render(table, "en").splitlines()
    assert lines[0].startswith("Group  Persons")
    assert "0-1 (mean 0.7)" in lines[1]
    assert lines[-1] == "CX: 1 person(s) with no unit to rate"


def test_the_table_of_no_people_has_only_heads(two_units: Definitions) -> None:
    table = load_table(two_units.framework, two_units.questionnaires, {}, {})
    assert table == LoadTable(groups=(), raters={})
    assert len(render(table, "en").splitlines()) == 3

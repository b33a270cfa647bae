"""What margins tell of a table, exactly, and what a column leaves over."""

from hypothesis import given
from hypothesis import strategies as st
from seen_services import follow
from told_rows import Equation

from analysis.disclosure.two_way import margins_tell
from survey_service.analysing.services_hiding import enough_left

TABLES = st.integers(2, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 7), min_size=columns, max_size=columns), min_size=1, max_size=4
    )
)


@given(TABLES, st.integers(2, 10))
def test_margins_tell_just_where_elimination_finds_too_few_people(
    cells: list[list[int]], threshold: int
) -> None:
    people = {
        (row, 0, column): n for row, line in enumerate(cells) for column, n in enumerate(line) if n
    }
    margins: list[Equation] = [
        {("score", 0, *place): 1 for place in people if place[axis] == at}
        for axis, size in ((0, len(cells)), (2, len(cells[0])))
        for at in range(size)
    ]
    told = any(follow(margins, "score", 0, people, threshold))
    assert margins_tell(cells, threshold) == told


def test_an_empty_cell_lets_a_margin_tell_of_another() -> None:
    full, gap = [[9, 9], [4, 12]], [[0, 18], [4, 12]]
    assert not margins_tell(full, 10)
    assert margins_tell(gap, 10)


def test_a_table_without_people_tells_nothing() -> None:
    assert not margins_tell([], 10)
    assert not margins_tell([[0, 0]], 10)


@given(st.dictionaries(st.integers(1, 8), st.integers(0, 30)), st.integers(0, 30))
def test_what_shown_rows_leave_over_is_none_or_enough(counts: dict[int, int], beside: int) -> None:
    shown = enough_left(counts, 10, beside=beside)
    left = beside + sum(n for row, n in counts.items() if row not in shown)
    assert all(counts[row] >= 10 for row in shown)
    assert not shown or left == 0 or left >= 10

"""What is told of groups over whole classes, and what gives way to the units that show all."""

from functools import cache

import msgspec
from generated import generated
from hand_made import frozen, hand_made, two_units, with_rules

from survey_service.analysing.analysed import analyse
from survey_service.analysing.basis import basis_of
from survey_service.analysing.class_rows import ClassRows, class_rows
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.computing import Results, Sources, compute_results
from survey_service.analysing.earlier_rows import earlier_row_problems
from survey_service.dataset.content import DatasetContent

TABLE = "answers.distributions"
CITIZEN = {"S3": "4", "S4": "3"}
STAFF = {"S1": "4", "S2": "4", "S4": "5"}


def rows_of(content: DatasetContent) -> ClassRows:
    analysed = analyse(frozen(content))
    return class_rows(basis_of(analysed, Clearance(analysed.scored)))


def communes(*staff: int, threshold: int = 10) -> DatasetContent:
    """Give communes with thirty citizens each and so many servants, who rate S4 (B.1.2) both."""
    names = [f"XA{number}" for number in range(1, len(staff) + 1)]
    ballots = [("ND", name, 30 + number, CITIZEN) for number, name in enumerate(names)]
    ballots += [("CB", name, n, STAFF) for name, n in zip(names, staff, strict=True)]
    framework = with_rules(two_units().framework, disclosure_threshold=threshold, minimum_count=1)
    return hand_made(ballots, framework=framework, units=names)


S4: set[tuple[str, str, int | None]] = {("XA", "S4", None), ("XA", "S4", 1), ("XA", "S4", 2)}


def test_one_hidden_unit_would_follow_from_the_class_and_the_others() -> None:
    assert not S4 & rows_of(communes(20, 20, 4)).answers


def test_few_people_hidden_in_several_units_stay_hidden() -> None:
    assert not S4 & rows_of(communes(20, 4, 5)).answers


def test_enough_people_hidden_in_several_units_are_told_of_together() -> None:
    assert rows_of(communes(20, 4, 5, 6, 7)).answers >= S4


def test_a_second_row_that_would_cancel_all_but_a_few_is_not_let_in() -> None:
    assert rows_of(communes(20, 4, 5, 6)).answers & S4 == {("XA", "S4", None)}


def test_two_units_with_two_groups_have_but_one_row() -> None:
    assert rows_of(communes(8, 7)).answers & S4 == {("XA", "S4", None)}


def test_a_leaf_with_two_items_for_one_group_keeps_to_the_units_that_show_all() -> None:
    told = rows_of(communes(20, 4, 5, 6)).answers
    assert not {row for row in told if row[1] in {"S1", "S2"}}


def test_a_class_that_hides_nothing_is_told_of_whole() -> None:
    told = rows_of(communes(20, 20))
    assert ("XA", "S4", 1) in told.answers
    assert told.differences["XA", "B.1.2"] == (0, 1)


@cache
def province() -> Results:
    return compute_results(Sources(dataset=frozen(generated("par-index-2022", seed=7))))


def test_a_base_over_hidden_units_is_rounded_down_to_tens() -> None:
    lines = province().findings.answers.satisfaction
    of_groups = [line for line in lines if line.unit is None and line.group and line.n]
    assert of_groups
    assert all((line.n or 0) % 10 == 0 for line in of_groups)


def test_every_comparison_says_of_how_many_units() -> None:
    rows = province().findings.answers.group_differences
    assert all(row.units and row.of and row.units <= row.of for row in rows)
    whole = [row for row in rows if row.units == row.of and row.unit_class == "SBN"]
    assert whole


def test_a_later_version_may_tell_more_but_not_less() -> None:
    now = province().findings
    row = next(row for row in now.answers.distributions if row.unit is None and row.units == row.of)
    fewer = tuple(
        msgspec.structs.replace(one, units=1) if one is row else one
        for one in now.answers.distributions
    )
    less = msgspec.structs.replace(
        now, answers=msgspec.structs.replace(now.answers, distributions=fewer)
    )
    assert earlier_row_problems(now, [now, less]) == ()
    (refused,) = earlier_row_problems(less, [now])
    assert "nhiều đơn vị hơn" in refused.message.vi
    assert "more units" in refused.message.en
    elsewhere = msgspec.structs.replace(now, dataset="0" * 64)
    assert earlier_row_problems(less, [elsewhere]) == ()


def test_the_audit_tells_few_answers_from_those_that_others_would_give_away() -> None:
    findings = compute_results(Sources(dataset=frozen(communes(4, 3)))).findings
    rows = [row for row in findings.answers.distributions if row.item == "S4" and not row.unit]
    assert [row.missing for row in rows] == ["suppressed"] * 3
    figures = {row.reason: row.figures for row in findings.hidden if row.table == TABLE}
    told = compute_results(Sources(dataset=frozen(communes(8, 7)))).findings.hidden
    fewer = {row.reason: row.figures for row in told if row.table == TABLE}
    assert figures["threshold"] > fewer["threshold"]
    assert fewer["complementary"] >= 1

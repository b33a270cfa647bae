"""Item non-response, careless ballots and scales, as published."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from generated import generated
from hand_made import frozen, hand_made, two_units, with_rules

from questionnaires.fingerprint import canonical_json
from questionnaires.packing import pack, unpack
from survey_service.analysing.analysed import Analysed, analyse
from survey_service.analysing.careless import careless_checks, flagged_by
from survey_service.analysing.careless_rule import has_reversed_items
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.quality import quality
from survey_service.dataset.content import BallotRow, DatasetContent
from survey_service.dataset.design import ListKind
from survey_service.findings.quality import ItemLine, Quality, ScaleLine

WAVE = generated("par-index-2022", seed=1)
CITIZEN = "ND"


def _found(content: DatasetContent) -> Quality:
    analysed = analyse(frozen(content))
    return quality(analysed, Clearance(analysed.scored), careless_checks(analysed))


def _items(found: Quality) -> dict[tuple[str, str | None], ItemLine]:
    return {(line.item, line.group): line for line in found.items}


def _scales(found: Quality) -> dict[tuple[str, str | None], ScaleLine]:
    return {(line.code, line.group): line for line in found.scales}


def _rewritten(
    content: DatasetContent, rewrite: Callable[[int, dict[str, str]], dict[str, str]], group: str
) -> DatasetContent:
    """Rewrite the answers of a group's ballots, counted from 0."""
    groups = {stratum.code: stratum.group for stratum in content.design.strata}
    ballots: list[BallotRow] = []
    number = 0
    for row in sorted(content.ballots, key=lambda one: one.ballot):
        if groups[row.stratum] == group:
            answers = unpack(content.questionnaires, row.answers)
            packed = pack(content.questionnaires, rewrite(number, answers))
            ballots.append(replace(row, answers=packed))
            number += 1
        else:
            ballots.append(row)
    return replace(content, ballots=ballots)


def _all_alike(option: str) -> Callable[[int, dict[str, str]], dict[str, str]]:
    def rewrite(number: int, answers: dict[str, str]) -> dict[str, str]:
        if number >= 20:
            return answers
        return {
            item: option
            if WAVE.questionnaires.item(item).kind == "scale" and answer.isdigit()
            else answer
            for item, answer in answers.items()
        }

    return rewrite


@pytest.fixture(scope="module")
def wave() -> Analysed:
    return analyse(frozen(WAVE))


@pytest.fixture(scope="module")
def found(wave: Analysed) -> Quality:
    return quality(wave, Clearance(wave.scored), careless_checks(wave))


def test_what_was_left_out_is_told_item_by_item_and_group_by_group() -> None:
    found = _items(
        _found(
            hand_made(
                [
                    ("ND", "XA1", 6, {"S3": "5", "S4": "4"}),
                    ("ND", "XA1", 2, {"S3": "dk", "S4": "na"}),
                    ("ND", "XA1", 2, {"S3": "3", "S4": ""}),
                    ("CB", "XA1", 10, {"S1": "4", "S2": "4", "S4": "2"}),
                    ("CX", "XA1", 10, {"S1": "4", "S2": "dk"}),
                ]
            )
        )
    )
    assert found["S3", None] == ItemLine(
        item="S3",
        group=None,
        asked=10,
        answered="80.0",
        dont_know="20.0",
        not_applicable="0.0",
        blank="0.0",
    )
    assert ("S3", "ND") not in found
    both, citizens = found["S4", None], found["S4", "ND"]
    assert (both.asked, both.answered) == (20, "80.0")
    assert (citizens.asked, citizens.not_applicable, citizens.blank) == (10, "20.0", "20.0")


def test_units_of_which_the_sheet_hides_a_group_count_on_no_item() -> None:
    content = hand_made(
        [
            ("ND", "XA1", 10, {"S3": "5", "S4": "4"}),
            ("CB", "XA1", 10, {"S1": "4", "S4": "2"}),
            ("ND", "XA2", 2, {"S3": "5", "S4": "4"}),
            ("CB", "XA2", 10, {"S1": "4", "S4": "2"}),
        ]
    )
    found = _items(_found(content))
    assert found["S3", None].asked == 10
    assert found["S4", "CB"].asked == 10
    alone = _items(_found(hand_made([("ND", "XA2", 2, {"S3": "5", "S4": "4"})])))
    assert alone["S3", None].missing == "suppressed"


def test_units_that_hide_a_group_count_together_where_they_are_several_and_enough() -> None:
    citizen, staff = {"S3": "5", "S4": "4"}, {"S1": "4", "S4": "2"}
    ballots = [
        ("ND", "XA1", 30, citizen),
        ("CB", "XA1", 2, staff),
        ("ND", "XA2", 20, citizen),
        ("CB", "XA2", 2, staff),
    ]
    found = _items(_found(hand_made(ballots)))
    assert (found["S4", "ND"].asked, found["S4", "ND"].answered) == (50, "100.0")
    assert found["S4", "CB"].missing == "suppressed"


def test_answers_that_are_all_dont_know_give_shares_and_no_scale() -> None:
    citizen, staff = {"S3": "dk", "S4": "dk"}, {"S1": "dk", "S2": "dk", "S4": "dk"}
    found = _found(hand_made([("ND", "XA1", 40, citizen), ("CB", "XA1", 40, staff)]))
    lines = _items(found)
    # Nobody answered, so no leaf of the unit can be shown, and the counts stay with it.
    assert {line.answered for line in lines.values()} <= {"0.0", None}
    assert {line.missing for line in found.scales} == {"too_few"}
    assert {line.missing for line in found.flags} == {"not_measurable", "not_applicable"}
    assert (found.flagged, found.ballots) == (0, 80)


def test_a_wave_without_ballots_has_no_quality_to_tell_of() -> None:
    found = _found(replace(hand_made([("ND", "XA1", 4, {})]), ballots=[]))
    assert (found.flagged, found.ballots) == (None, 0)
    assert {line.missing for line in found.items} == {"suppressed"}


@pytest.mark.parametrize("option", ["5", "1"])
def test_straight_liners_are_flagged_and_never_taken_for_copies(option: str) -> None:
    content = _rewritten(WAVE, _all_alike(option), CITIZEN)
    analysed = analyse(frozen(content))
    checks = careless_checks(analysed)
    flagged = flagged_by(checks)
    citizens = analysed.scored.columns.ballots.group == 5
    assert analysed.framework.groups[5].code == CITIZEN
    assert checks["no_variation"].flagged[citizens].sum() >= 20
    assert flagged[citizens].sum() >= 20
    assert not checks["duplicate"].flagged.any()
    assert (checks["no_variation"].flagged <= checks["straight_lining"].flagged).all()
    for check in checks.values():
        assert (check.flagged <= check.judged).all()


def test_ballots_copied_from_another_person_are_flagged() -> None:
    pattern = iter(["5", "3", "4", "2", "5", "4", "1", "4", "3", "5", "2", "4", "3", "1", "5"] * 9)
    first: dict[str, str] = {}

    def copied(number: int, answers: dict[str, str]) -> dict[str, str]:
        if number == 0:
            first.update({
                item: next(pattern) if WAVE.questionnaires.item(item).kind == "scale"
                and one != "~" else one for item, one in answers.items()
            })  # fmt: skip
        return first if number < 3 else answers

    analysed = analyse(frozen(_rewritten(WAVE, copied, CITIZEN)))
    checks = careless_checks(analysed)
    check = checks["duplicate"]
    assert check.flagged.sum() == 3
    assert (check.flagged <= flagged_by(checks)).all()


def test_even_odd_and_outliers_flag_a_ballot_only_together(wave: Analysed) -> None:
    checks = careless_checks(wave)
    weak = checks["even_odd"].flagged & ~checks["outlier"].flagged
    alone = weak & ~checks["straight_lining"].flagged & ~checks["duplicate"].flagged
    assert alone.any()
    assert not flagged_by(checks)[alone].any()


def test_every_check_says_its_rule_in_both_languages_and_speeding_why_not(
    found: Quality,
) -> None:
    flags = {line.flag: line for line in found.flags}
    assert all(line.rule.vi and line.rule.en for line in flags.values())
    assert "may also be honest" in flags["straight_lining"].rule.en
    assert flags["speeding"].missing == "not_applicable"
    assert "keeps no times" in flags["speeding"].rule.en
    assert not has_reversed_items(two_units().questionnaires)


def test_scales_carry_alpha_with_its_interval_and_omega_from_three_items_on(
    found: Quality,
) -> None:
    scales = _scales(found)
    citizens = scales["8", CITIZEN]
    assert citizens.missing is None
    assert citizens.alpha_interval is not None
    assert citizens.alpha is not None
    assert citizens.omega is not None
    assert (
        float(citizens.alpha_interval.low)
        < float(citizens.alpha)
        < float(citizens.alpha_interval.high)
    )
    assert len(citizens.items) == 7
    pair = scales["7", CITIZEN]
    assert len(pair.items) == 2
    assert pair.omega is None
    assert pair.alpha_standardised is not None


def test_equal_answers_of_everybody_have_no_alpha() -> None:
    same = [("CB", "XA1", 40, {"S1": "4", "S2": "4", "S4": "4"})]
    scales = _scales(_found(hand_made(same)))
    assert scales["A", "CB"].missing == "not_measurable"


def test_alpha_of_a_nominated_list_has_no_interval() -> None:
    answers = [("CB", "XA1", 20, {"S1": "4", "S2": "4"}), ("CB", "XA1", 20, {"S1": "2", "S2": "2"})]
    kinds: dict[ListKind, bool] = {"census": True, "nominated": False}
    for kind, has_interval in kinds.items():
        line = _scales(_found(hand_made(answers, list_kinds={"CB": kind})))["A", "CB"]
        assert (line.alpha, line.alpha_interval is not None) == ("1.000", has_interval)


def test_a_scale_needs_the_threshold_too_and_the_audit_counts_what_it_hides() -> None:
    wide = with_rules(two_units().framework, disclosure_threshold=50)
    answers = [("CB", "XA1", 20, {"S1": "4", "S2": "4"}), ("CB", "XA1", 20, {"S1": "2", "S2": "2"})]
    analysed = analyse(frozen(hand_made(answers, framework=wide)))
    clearance = Clearance(analysed.scored)
    scales = _scales(quality(analysed, clearance, careless_checks(analysed)))
    assert scales["A", "CB"].missing == "too_few"
    assert "scales" in {one.table for one in clearance.audit()}


def test_many_ballots_of_few_people_are_too_few_for_a_scale() -> None:
    answers = [("CX", unit, 20, {"S1": "4", "S2": "5"}) for unit in ("XA1", "XA2")]
    content = hand_made(answers)
    two_each = [
        replace(row, respondent=f"{place % 20:016x}") for place, row in enumerate(content.ballots)
    ]
    scales = _scales(_found(replace(content, ballots=two_each)))
    assert scales["A", "CX"].missing == "too_few"
    assert _scales(_found(content))["A", "CX"].missing == "not_measurable"


def test_the_same_ballots_in_another_order_give_the_same_bytes(found: Quality) -> None:
    turned = replace(WAVE, ballots=list(reversed(WAVE.ballots)))
    assert canonical_json(found) == canonical_json(_found(turned))


def test_flags_stand_in_the_order_of_the_scored_ballots(wave: Analysed) -> None:
    flagged = flagged_by(careless_checks(wave))
    assert flagged.shape == wave.scored.columns.ballots.unit.shape
    assert flagged.dtype == np.bool_

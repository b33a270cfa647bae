"""Who was asked and who answered, as published: figures, what is hidden, and that it stays so."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import msgspec
import pytest
from elimination import alone, is_fixed
from generated import generated
from hand_made import frozen, hand_made

from questionnaires.fingerprint import canonical_json
from survey_service.analysing.analysed import Analysed, analyse
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.responding import responding
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.design import DatasetStratum, StratumDispositions
from survey_service.findings.responding import Dispositions, FunnelStep, Responding, RespondingLine
from survey_service.sheet.score_sheet import Turnout

CITIZEN, STAFF, HEAD = {"S3": "5", "S4": "4"}, {"S1": "4", "S4": "4"}, {"S1": "3", "S2": "4"}
WAVE = hand_made([("ND", "XA1", 40, CITIZEN), ("CB", "XA1", 20, STAFF), ("CX", "XA2", 15, HEAD)])
KEPT = {
    "ND": StratumDispositions(
        stratum="ND", complete=40, partial=4, refusal=6, non_contact=5, unknown=44, unknown_other=1
    ),
    "CB": StratumDispositions(stratum="CB", complete=20, other=1, unknown=4),
    "CX": StratumDispositions(stratum="CX", complete=15, refusal=5, not_eligible=4),
}


def _kept(content: DatasetContent, *kept: StratumDispositions, **population: int) -> DatasetContent:
    invited = {row.stratum: row.invited for row in kept}
    strata = tuple(
        msgspec.structs.replace(
            stratum,
            invited=invited[stratum.code],
            population=population.get(stratum.code, stratum.population),
        )
        for stratum in content.design.strata
    )
    design = msgspec.structs.replace(content.design, strata=strata, dispositions=kept)
    return replace(content, design=design)


def _found(content: DatasetContent) -> tuple[Responding, Clearance]:
    analysed = analyse(frozen(content))
    clearance = Clearance(analysed.scored)
    return responding(analysed, clearance), clearance


def _lines(found: Responding, level: str) -> dict[str, RespondingLine]:
    return {line.code: line for line in found.lines if line.level == level}


def test_rates_of_a_group_and_of_the_wave_are_those_of_its_people() -> None:
    found, _ = _found(_kept(WAVE, *KEPT.values()))
    citizens = _lines(found, "group")["ND"]
    assert citizens.dispositions == Dispositions(
        complete=40,
        partial=4,
        refusal=6,
        non_contact=5,
        other=0,
        unknown=44,
        unknown_other=1,
        not_eligible=0,
    )
    assert citizens.rates is not None
    assert (citizens.rates.rr1, citizens.rates.rr2) == ("40.0", "44.0")
    assert (citizens.rates.coop1, citizens.rates.coop4) == ("80.0", "88.0")
    assert (citizens.rates.ref1, citizens.rates.con1) == ("6.0", "50.0")
    whole = _lines(found, "wave")[""]
    assert whole.rates is not None
    assert (whole.invited, whole.rates.rr1) == (145, "51.7")


def test_e_is_estimated_once_over_the_wave_and_used_on_every_line() -> None:
    found, _ = _found(_kept(WAVE, *KEPT.values()))
    # 96 people are known to be eligible and 4 are known not to be.
    assert found.eligibility == "96.0"
    rates = _lines(found, "group")["ND"].rates
    assert rates is not None
    assert rates.rr3 == f"{100 * 40 / (55 + 0.96 * 45):.1f}"


def test_the_funnel_goes_from_the_list_to_the_valid_answer() -> None:
    content = hand_made(
        [("ND", "XA1", 39, CITIZEN), ("ND", "XA1", 1, {"S3": "dk", "S4": "dk"}),
         ("CB", "XA1", 20, STAFF), ("CX", "XA2", 15, HEAD)]
    )  # fmt: skip
    found, _ = _found(_kept(content, *KEPT.values()))
    assert found.funnel == (
        FunnelStep(step="invited", people=145, percent="100.0"),
        FunnelStep(step="sent", people=144, percent="99.3"),
        FunnelStep(step="not_returned", people=139, percent="95.9"),
        FunnelStep(step="answered", people=75, percent="51.7"),
        FunnelStep(step="valid", people=74, percent="51.0"),
    )


def test_without_dispositions_only_the_first_rate_is_known_and_a_remark_says_so() -> None:
    found, _ = _found(WAVE)
    citizens = _lines(found, "group")["ND"]
    assert citizens.dispositions is None
    assert citizens.rates is not None
    assert (citizens.rates.rr1, citizens.rates.rr3, citizens.rates.con1) == ("97.6", None, None)
    assert found.eligibility is None
    assert [step.step for step in found.funnel] == ["invited", "answered", "valid"]
    assert "keeps no dispositions" in found.remarks[0].en


def test_weighted_rates_let_each_person_stand_for_as_many_as_were_listed() -> None:
    content = _kept(WAVE, *KEPT.values(), ND=1000, CB=25, CX=20)
    whole = _lines(_found(content)[0], "wave")[""]
    assert whole.weighted is not None
    assert whole.weighted.rr1 == f"{100 * (10 * 40 + 20 + 15) / 1045:.1f}"
    assert whole.population == 1045
    assert {line.weighted for line in _lines(_found(content)[0], "group").values()} == {None}


def test_a_thin_group_is_hidden_with_another_but_not_the_wave() -> None:
    content = hand_made(
        [("ND", "XA1", 40, CITIZEN), ("CB", "XA1", 20, STAFF), ("CX", "XA1", 2, HEAD)]
    )
    found, clearance = _found(content)
    shows = {code: line.rates is not None for code, line in _lines(found, "group").items()}
    assert shows == {"ND": True, "CB": False, "CX": False}
    assert _lines(found, "group")["CX"].missing == "suppressed"
    assert found.lines[0].rates is not None
    assert {row.table for row in clearance.audit()} == {"responding"}


def test_a_wave_of_one_thin_group_shows_nothing_but_who_was_invited() -> None:
    found, _ = _found(hand_made([("CX", "XA1", 2, HEAD)]))
    assert {line.missing for line in found.lines} == {"suppressed"}
    assert {line.rates for line in found.lines} == {None}
    assert found.funnel == ()


def test_hidden_strata_keep_the_weighted_rates_of_their_sums_hidden() -> None:
    content = _strata(("XA1", 30, 12), ("XA2", 30, 2), ("XA3", 40, 20))
    found, _ = _found(content)
    shown = {code: line.rates is not None for code, line in _lines(found, "stratum").items()}
    assert shown == {"CX/XA1": False, "CX/XA2": False, "CX/XA3": True}
    assert {line.weighted for line in found.lines} == {None}
    assert [share.answered is None for share in found.shares] == [True, True, False]
    assert found.likeness is not None
    assert found.likeness.missing == "not_measurable"


def test_strata_that_answered_unlike_are_told_from_the_list() -> None:
    found, _ = _found(_strata(("XA1", 50, 50), ("XA2", 50, 10)))
    assert found.likeness is not None
    assert found.likeness.r_indicator == "0.196"
    assert found.likeness.moved == "33.3"
    assert (found.likeness.largest, found.likeness.stratum) == ("33.3", "CX/XA1")
    assert "very differently" in found.likeness.words.en
    assert [(one.invited, one.answered) for one in found.shares] == [
        ("50.0", "83.3"),
        ("50.0", "16.7"),
    ]


def _strata(*strata: tuple[str, int, int]) -> DatasetContent:
    """Make a wave of one group that rates everybody, in strata of (label, invited, answered)."""
    content = hand_made([("CX", "XA1", sum(answered for *_, answered in strata), HEAD)])
    labels = [f"CX/{label}" for label, _, answered in strata for _ in range(answered)]
    ballots = [
        replace(row, stratum=label) for row, label in zip(content.ballots, labels, strict=True)
    ]
    (one,) = content.design.strata
    design = msgspec.structs.replace(
        content.design,
        strata=tuple(
            msgspec.structs.replace(one, code=f"CX/{label}", invited=invited, population=20 * place)
            for place, (label, invited, _) in enumerate(strata, 4)
        ),
        issued=tuple(msgspec.structs.replace(row, ballots=400) for row in content.design.issued),
        dispositions=tuple(
            StratumDispositions(stratum=f"CX/{label}", complete=n, unknown=invited - n)
            for label, invited, n in strata
        ),
    )
    return replace(content, design=design, ballots=ballots)


def test_a_stratum_of_one_person_and_one_that_nobody_answered_from_are_no_trouble() -> None:
    found, _ = _found(_strata(("XA1", 1, 1), ("XA2", 60, 0), ("XA3", 60, 30)))
    lines = _lines(found, "stratum")
    assert lines["CX/XA1"].missing == lines["CX/XA2"].missing == "suppressed"
    assert _lines(found, "group")["CX"].rates is not None


def test_nobody_answered_at_all() -> None:
    content = replace(
        _kept(WAVE, *(_unknown(stratum) for stratum in WAVE.design.strata)), ballots=[]
    )
    found, _ = _found(content)
    whole = found.lines[0]
    assert whole.rates is not None
    assert (whole.rates.rr1, whole.rates.rr5, whole.rates.coop1) == ("0.0", None, None)
    assert found.shares == ()


def _unknown(stratum: DatasetStratum) -> StratumDispositions:
    return StratumDispositions(stratum=stratum.code, unknown=stratum.invited)


THIN_STAFF = (
    ("ND", "XA1", 40, CITIZEN),
    ("CB", "XA1", 2, STAFF),
    ("ND", "XA2", 30, CITIZEN),
    ("CB", "XA2", 20, STAFF),
)
"""The sheet hides how many of each group answered about the first unit, and shows the rest."""


def test_people_of_a_group_are_hidden_where_they_would_tell_what_the_sheet_hides() -> None:
    found, clearance = _found(hand_made(THIN_STAFF))
    groups = _lines(found, "group")
    assert {groups[code].missing for code in ("ND", "CB")} == {"suppressed"}
    assert found.lines[0].rates is not None
    assert {row.reason for row in clearance.audit()} == {"complementary"}


def test_people_of_a_group_are_shown_where_two_units_hide_theirs() -> None:
    thin_too = (*THIN_STAFF[:3], ("CB", "XA2", 2, STAFF))
    found, _ = _found(hand_made(thin_too))
    assert _lines(found, "group")["CB"].rates is not None


@pytest.mark.parametrize("seed", range(2))
def test_no_turnout_that_the_sheet_hides_follows_from_the_response_lines(seed: int) -> None:
    analysed = analyse(frozen(generated("par-index-2022", seed=seed)))
    found = responding(analysed, Clearance(analysed.scored))
    returned = analysed.scored.counts.returned
    threshold = analysed.framework.rules.disclosure_threshold
    known = [*_of_the_sheet(analysed), *_of_the_lines(analysed, found)]
    small = [cell for cell, n in returned.items() if 0 < n < threshold]
    assert small
    assert [cell for cell in small if is_fixed(known, {cell: Fraction(1)})] == []
    few_together = [
        pair
        for pair in combinations(small, 2)
        if pair[0][0] == pair[1][0] and sum(returned[cell] for cell in pair) < threshold
    ]
    assert [pair for pair in few_together if alone(known, set(pair))] == []


Cell = tuple[int, int]


def _of_the_sheet(analysed: Analysed) -> Iterator[dict[Cell, Fraction]]:
    groups = {group.code: place for place, group in enumerate(analysed.framework.groups)}
    for place, unit in enumerate(analysed.sheet.units):
        own = {(place, groups[line.group]): Fraction(1) for line in unit.groups}
        if isinstance(unit.turnout, Turnout):
            yield own
        for line in unit.groups:
            if isinstance(line.turnout, Turnout):
                yield {(place, groups[line.group]): Fraction(1)}


def _of_the_lines(analysed: Analysed, found: Responding) -> Iterator[dict[Cell, Fraction]]:
    """Read the lines of groups whose people rate one unit each as sums over units."""
    units = {unit.code: place for place, unit in enumerate(analysed.content.design.units)}
    one_by_one = {"CCVC": 4, "ND": 5, "DN": 6}
    assert [group.code for group in analysed.framework.groups][4:] == list(one_by_one)
    for line in found.lines:
        group, _, unit = line.code.partition("/")
        if line.rates is None or group not in one_by_one:
            continue
        places = [units[unit]] if unit else list(units.values())
        yield {(place, one_by_one[group]): Fraction(1) for place in places}


def test_the_same_ballots_in_another_order_give_the_same_bytes() -> None:
    content = _kept(WAVE, *KEPT.values(), ND=1000)
    turned = replace(content, ballots=list(reversed(content.ballots)))
    assert canonical_json(_found(content)[0]) == canonical_json(_found(turned)[0])

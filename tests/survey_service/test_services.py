"""Results by public service agree with the sheet, with hand computation and with the design."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import msgspec
import numpy as np
import pytest
from hand_made import frozen
from sampled_services import (
    Cell,
    sampled,
    service_framework,
    service_questionnaires,
)
from seen_services import SeenServices

from analysis.estimation.design import FloatArray, SurveyDesign, survey_design
from analysis.estimation.means import means
from questionnaires.packing import pack, unpack
from survey_service.analysing.services_scoring import score_domains
from survey_service.dataset.content import DatasetContent
from survey_service.findings.document import findings_json, read_findings
from survey_service.findings.services import ServiceLine
from survey_service.results.figures import written
from survey_service.sheet.score_sheet import Published

CELLS: Mapping[Cell, int] = {
    ("XA1", "DAT", "MC", ""): 30,
    ("XA1", "DAT", "TT", ""): 14,
    ("XA1", "NUOC", "MC", ""): 21,
    ("XA2", "DAT", "MC", ""): 25,
    ("XA2", "DAT", "TT", ""): 16,
    ("XA2", "NUOC", "MC", ""): 18,
    ("XA3", "DAT", "MC", ""): 40,
    ("XA3", "XE", "TT", ""): 7,
    ("XA4", "XE", "MC", ""): 33,
}
VOLUNTEERS: Mapping[Cell, int] = {
    ("XA1", "DAT", "", "receipt"): 15,
    ("XA2", "NUOC", "", "receipt"): 26,
    ("XA3", "DAT", "", "receipt"): 4,
}


@cache
def seen(*, two_stage: bool = False, doors: bool = False) -> SeenServices:
    cells = {**CELLS, **VOLUNTEERS} if doors else CELLS
    return SeenServices.of(frozen(sampled(cells, two_stage=two_stage)))


def lines(found: SeenServices, level: str) -> dict[tuple[str, ...], ServiceLine]:
    return {
        tuple(part for part in (one.unit, one.service, one.channel) if part): one
        for one in found.services.lines
        if one.level == level
    }


def figures(line: ServiceLine) -> tuple[object, ...]:
    return (
        line.n,
        line.top_two,
        line.top_two_interval,
        line.mean_of_maximum,
        line.mean_interval,
    )


def test_a_unit_of_one_service_has_the_same_figures_by_unit_and_by_service() -> None:
    units, both = lines(seen(), "unit"), lines(seen(), "unit_service")
    assert figures(units["XA4",]) == figures(both["XA4", "XE"])
    assert units["XA4",].mean_of_maximum is not None


def test_a_unit_has_the_satisfaction_index_and_the_percent_of_its_sheet() -> None:
    results = seen().results
    satisfied = {one.unit: one for one in results.findings.answers.satisfaction if one.unit}
    sheets = {unit.code: unit for unit in results.sheet.units}
    for (unit,), line in lines(seen(), "unit").items():
        same = satisfied[unit]
        assert figures(line) == (
            same.n,
            same.top_two,
            same.top_two_interval,
            same.mean_of_maximum,
            same.mean_interval,
        )
        (component,) = (one for one in sheets[unit].components if one.code == "B")
        assert isinstance(component.result, Published)
        percent = 100 * Decimal(component.result.points) / Decimal(component.result.maximum)
        assert abs(percent - Decimal(line.mean_of_maximum or "0")) < Decimal("0.1")


def test_a_service_is_the_weighted_mean_of_its_factors_over_the_open_units() -> None:
    content = seen().dataset.content
    for service, units in (("DAT", {"XA1", "XA2"}), ("NUOC", {"XA1", "XA2"})):
        index = Fraction(0)
        for item, points in (("S3", Fraction(25, 2)), ("S4", Fraction(15, 2))):
            index += points * weighted(content, item, service, units) / 20
        line = lines(seen(), "service")[service,]
        assert line.mean_of_maximum == written(100 * index, 1)
        assert (line.units, line.of) == ((2, 3) if service == "DAT" else (2, 2))


def weighted(content: DatasetContent, item: str, service: str, units: set[str]) -> Fraction:
    of = {one.code: one.service for one in content.design.strata}
    rows = [
        (Fraction(row.weight), unpack(content.questionnaires, row.answers)[item])
        for row in content.ballots
        if of[row.stratum] == service and row.unit in units
    ]
    return mean([(w, int(answer) - 1) for w, answer in rows]) / 4


def mean(rows: Sequence[tuple[Fraction, int]]) -> Fraction:
    total = sum((w for w, _ in rows), Fraction(0))
    return sum((w * value for w, value in rows), Fraction(0)) / total


def test_a_unit_with_a_thin_service_hides_its_services_but_not_itself() -> None:
    assert lines(seen(), "unit")["XA3",].missing is None
    both = lines(seen(), "unit_service")
    assert both["XA3", "DAT"].missing == both["XA3", "XE"].missing == "suppressed"
    assert lines(seen(), "service")["XE",].units == 1


THIN_EVERYWHERE: Mapping[Cell, int] = {
    (f"XA{unit}", service, channel, ""): people
    for unit in range(1, 7)
    for service, channel, people in (
        ("DAT", "counter", 11),
        ("DAT", "online", 8),
        ("NUOC", "counter", 8),
        ("XE", "online", 7),
    )
}


def test_a_service_thin_in_every_unit_is_told_of_over_all_units() -> None:
    found = SeenServices.of(frozen(sampled(THIN_EVERYWHERE)))
    assert found.shown.open == frozenset()
    told = lines(found, "service")
    assert {code: (one.n, one.units, one.of) for (code,), one in told.items()} == {
        "DAT": (110, 6, 6),
        "NUOC": (40, 6, 6),
        "XE": (40, 6, 6),
    }
    content, units = found.dataset.content, {f"XA{unit}" for unit in range(1, 7)}
    index = Fraction(0)
    for item, points in (("S3", Fraction(25, 2)), ("S4", Fraction(15, 2))):
        index += points * weighted(content, item, "NUOC", units) / 20
    assert told["NUOC",].mean_of_maximum == written(100 * index, 1)
    factors = [one for one in found.services.factors if one.service == "NUOC"]
    assert all(one.n == 40 and one.top_two_interval for one in factors)
    assert {one.missing for one in lines(found, "unit_service").values()} == {"suppressed"}
    by_channel = lines(found, "service_channel")
    assert (by_channel["DAT", "online"].n, by_channel["DAT", "counter"].n) == (40, 60)
    facts = {(one.item, one.service): one for one in found.services.facts}
    trips = facts["SO-LAN", "XE"]
    assert (trips.n, trips.units, trips.of) == (40, 6, 6)
    assert found.leaks() == []
    assert found.fact_leaks() == []


def test_a_unit_that_the_sheet_hides_is_left_out_of_every_total() -> None:
    found = SeenServices.of(frozen(sampled({**THIN_EVERYWHERE, ("XA7", "DAT", "counter", ""): 6})))
    assert lines(found, "unit")["XA7",].missing == "suppressed"
    assert {(one.units, one.of) for one in lines(found, "service").values()} == {(6, 7), (6, 6)}
    assert found.leaks() == []


def index_scores(found: SeenServices, *, two_stage: bool) -> tuple[SurveyDesign, FloatArray]:
    sample = found.sample
    answers = {
        place: unpack(found.dataset.content.questionnaires, row.answers)
        for place, row in enumerate(found.dataset.content.ballots)
    }
    score = [
        (12.5 * (int(one["S3"]) - 1) + 7.5 * (int(one["S4"]) - 1)) / 80 for one in answers.values()
    ]
    weights = [float(row.weight) for row in found.dataset.content.ballots]
    if two_stage:
        return survey_design(weights, clusters=[sample.unit]), np.array(score)
    listed = np.array([float(one.population or 0) for one in sample.strata])
    stratum = sample.ballots.stratum
    design = survey_design(weights, strata=[stratum], populations=[listed[stratum]])
    return design, np.array(score)


@pytest.mark.parametrize("two_stage", [False, True])
def test_errors_are_those_of_the_sampling_design(two_stage: bool) -> None:
    found = seen(two_stage=two_stage)
    design, scores = index_scores(found, two_stage=two_stage)
    sample = found.sample
    service = sample.services.index("DAT")
    chosen = sample.service == service
    both = score_domains(sample, np.where(chosen, 0, -1), [0], several_units=True)
    error = both.mean.units[0].standard_error or 0.0
    expected = float(means(design.domain(chosen), scores).standard_errors[0])
    assert error / 20 == pytest.approx(expected, rel=1e-9)


def test_two_stages_leave_a_single_unit_as_it_is_and_widen_what_goes_over_several() -> None:
    one, two = lines(seen(), "unit"), lines(seen(two_stage=True), "unit")
    assert {unit: figures(line) for unit, line in one.items()} == {
        unit: figures(line) for unit, line in two.items()
    }
    plain, clustered = (lines(seen(two_stage=ways), "service")["DAT",] for ways in (False, True))
    assert plain.mean_of_maximum == clustered.mean_of_maximum
    assert plain.mean_interval != clustered.mean_interval


def test_volunteers_change_no_figure_and_have_no_interval() -> None:
    without, beside = seen(), seen(doors=True)
    assert beside.services.lines == without.services.lines
    assert beside.services.facts == without.services.facts
    doors = {one.service: one for one in beside.services.doors}
    assert doors["NUOC"].n == 26
    assert doors["NUOC"].top_two is not None
    assert all(one.volunteers and one.mode == "receipt" for one in doors.values())
    assert not any("interval" in field for field in doors["NUOC"].__struct_fields__)


def test_a_wave_without_services_says_nothing_of_them_and_is_read_back() -> None:
    content = sampled({("XA1", "", "", ""): 40, ("XA2", "", "", ""): 30})
    bare = replace(content, design=msgspec.structs.replace(content.design, sampling=None))
    findings = SeenServices.of(frozen(bare)).results.findings
    written_out = findings_json(findings)
    assert findings.by_service() is None
    assert b'"services"' not in written_out
    assert read_findings(written_out) == findings


def test_findings_with_services_are_read_back_to_the_same_bytes() -> None:
    findings = seen(doors=True).results.findings
    assert read_findings(findings_json(findings)) == findings


def test_a_frame_without_services_is_reported_all_the_same() -> None:
    content = sampled({("XA1", "", "", ""): 40, ("XA2", "", "", ""): 30})
    found = SeenServices.of(frozen(content)).services
    assert found.lines == ()
    assert found.sampling is not None
    assert sum(one.people for one in found.sampling.strata) == sum(
        one.population or 0 for one in content.design.strata
    )


def test_a_line_states_the_transactions_and_people_behind_it() -> None:
    strata = seen().dataset.content.design.strata
    line = lines(seen(), "service")["DAT",]
    people = sum(
        one.population or 0 for one in strata if one.service == "DAT" and one.unit in {"XA1", "XA2"}
    )
    assert (line.people, line.transactions) == (people, 3 * people)


def test_items_that_lot_did_not_give_are_no_part_of_a_persons_score() -> None:
    """Each person gets one of two items of the same factor; the other is not asked."""
    framework = service_framework()
    (unit_class,) = framework.unit_classes
    kept = tuple(
        msgspec.structs.replace(leaf, max=Decimal(20)) if leaf.code == "B.1.1" else leaf
        for leaf in unit_class.leaves
        if leaf.code != "B.1.2"
    )
    framework = msgspec.structs.replace(
        framework, unit_classes=(msgspec.structs.replace(unit_class, leaves=kept),)
    )
    bank = service_questionnaires()
    items = tuple(
        msgspec.structs.replace(item, leaves={"XA": "B.1.1"}, groups=("ND",))
        if item.code == "S4"
        else item
        for item in bank.items
    )
    bank = msgspec.structs.replace(bank, items=items)
    content = sampled({("XA1", "DAT", "", ""): 40}, framework=framework, weighted=False)
    rows = list(content.ballots)
    rotated = [
        replace(row, answers=pack(bank, dict(read, **{dropped: "~"})))
        for place, row in enumerate(rows)
        for read in [unpack(content.questionnaires, row.answers)]
        for dropped in [("S3", "S4")[place % 2]]
    ]
    answers = [unpack(bank, row.answers) for row in rotated]
    given = [next(a for a in (one["S3"], one["S4"]) if a != "~") for one in answers]
    expected = Fraction(sum(answer in {"4", "5"} for answer in given), len(given))
    found = SeenServices.of(frozen(replace(content, questionnaires=bank, ballots=rotated)))
    line = lines(found, "service")["DAT",]
    assert line.n == 40
    assert line.top_two == written(100 * expected, 1)


def test_facts_are_weighted_means_and_shares_of_those_who_were_asked() -> None:
    content = seen().dataset.content
    facts = {(one.item, one.service): one for one in seen().services.facts}
    of = {one.code: one.service for one in content.design.strata}
    rows = [
        (Fraction(row.weight), unpack(content.questionnaires, row.answers))
        for row in content.ballots
        if of[row.stratum] == "DAT" and row.unit in {"XA1", "XA2"}
    ]
    trips = mean([(w, int(one["SO-LAN"])) for w, one in rows])
    told = facts["SO-LAN", "DAT"]
    assert told.mean == written(trips, 2)
    assert (told.n, told.units, told.of) == (len(rows), 2, 3)
    late = mean([(w, int(one["TRE"] == "yes")) for w, one in rows])
    told = facts["TRE", "DAT"]
    assert told.n == len(rows)
    assert told.shares[0].percent == written(100 * late, 1)
    told = facts["XIN-LOI", "DAT"]
    asked = [
        (Fraction(row.weight), answers["XIN-LOI"])
        for row in content.ballots
        for answers in [unpack(content.questionnaires, row.answers)]
        if of[row.stratum] == "DAT" and answers["XIN-LOI"] != "~"
    ]
    letter = mean([(w, int(how == "thu")) for w, how in asked])
    assert (told.n, told.units) == (len(asked) // 10 * 10, 3)
    assert told.shares[0].percent == written(100 * letter, 1)
    assert told.shares[0].interval is not None


def test_kish_says_what_unequal_weights_cost() -> None:
    content = seen().dataset.content
    weights = [Fraction(row.weight) for row in content.ballots]
    total = sum(weights, Fraction(0))
    effect = len(weights) * sum((w * w for w in weights), Fraction(0)) / (total * total)
    sampling = seen().services.sampling
    assert sampling is not None
    assert sampling.weights is not None
    assert sampling.weights.design_effect == written(effect, 2)
    assert sampling.weights.least == written(min(weights), 1)


def test_a_nominated_list_has_figures_and_no_interval() -> None:
    content = sampled(CELLS)
    strata = tuple(
        msgspec.structs.replace(one, list_kind="nominated") for one in content.design.strata
    )
    found = SeenServices.of(
        frozen(
            replace(
                content,
                design=msgspec.structs.replace(content.design, strata=strata, sampling=None),
            )
        )
    )
    told = [one for one in found.services.lines if one.missing is None]
    assert told
    assert all(one.top_two_interval is one.mean_interval is None for one in told)
    assert all(share.interval is None for one in found.services.facts for share in one.shares)

"""An attacker who reads a whole publication as equations finds no small cell in it."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from math import comb

import pytest
from elimination import among_few
from generated import generated
from hand_made import frozen, with_rules
from sampled_services import coarsened, drawn_by_lot, sampled
from seen_publications import Seen, shown_results
from seen_services import Place, SeenServices
from seen_sheets import leaf_lines
from told_rows import Equation, Unknown

from analysis.scoring.scores import Scores
from survey_service.analysing.analysed import Analysed, analyse
from survey_service.analysing.bridging import bridge
from survey_service.analysing.computing import Sources, compute_results
from survey_service.analysing.series import series
from survey_service.analysing.succession import succession
from survey_service.dataset.content import Dataset
from survey_service.sheet.score_sheet import Suppressed


def wave(name: str, seed: int, threshold: int, **rules: object) -> Dataset:
    content = generated(name, seed=seed)
    framework = with_rules(content.framework, disclosure_threshold=threshold, **rules)
    return frozen(replace(content, framework=framework))


def leaks(seen: Seen, threshold: int) -> Iterator[str]:
    """Name the sets of cells of one unit and leaf that hold too few ballots and yet follow."""
    yield from _means(seen, list(seen.means()), threshold)
    yield from _numbers(seen, list(seen.numbers()), threshold)


def _means(seen: Seen, known: list[Equation], threshold: int) -> Iterator[str]:
    sets: dict[str, set[Unknown]] = {}
    for unit, leaves in enumerate(seen.leaves):
        thin = {
            seen.mean(unit, code, group)
            for code, leaf in leaves.items()
            if leaf.count.counted < threshold
            for group in leaf.shares
        }
        sets[f"thin leaves of {unit}"] = thin
        for code, leaf in leaves.items():
            for few in few_together(leaf.count.groups, threshold):
                own = {seen.mean(unit, code, group) for group in few}
                sets[f"means of {few} on {code} of {unit}"] = own | thin
    yield from _found(known, sets)


def _numbers(seen: Seen, known: list[Equation], threshold: int) -> Iterator[str]:
    sets: dict[str, set[Unknown]] = {}
    counts = seen.results.scored.counts
    for unit, leaves in enumerate(seen.leaves):
        for code, leaf in leaves.items():
            for few in few_together(leaf.count.groups, threshold):
                own = {seen.valid(unit, [code], group) for group in few}
                sets[f"ballots of {few} on {code} of {unit}"] = own
        asked = counts.asked(unit)
        back = {group: counts.returned[unit, group] for group in asked}
        for few in few_together(back, threshold):
            own = {seen.returned(unit, group) for group in few}
            sets[f"ballots returned of {few} on {unit}"] = own
    yield from _found(known, sets)


def _found(known: list[Equation], sets: Mapping[str, set[Unknown]]) -> Iterator[str]:
    every: set[Unknown] = set[Unknown]().union(*sets.values())
    narrow = among_few(known, every)
    for name, own in sets.items():
        if among_few([row for row in narrow if own & row.keys()], own):
            yield name


def few_together(groups: Mapping[int, int], threshold: int) -> Iterator[tuple[int, ...]]:
    some = sorted(group for group, n in groups.items() if n)
    for size in range(1, len(some) + 1):
        for chosen in combinations(some, size):
            if sum(groups[group] for group in chosen) < threshold:
                yield chosen


SHORT = [("two-units", 1, 3), ("two-units", 2, 10), ("two-units", 1, 14), ("par-index-2022", 7, 10)]
SEEDS = {"two-units": 30, "par-index-2022": 6} if os.environ.get("SOAK") else {"two-units": 4}
MORE = [
    (name, seed, threshold)
    for name, seeds in SEEDS.items()
    for seed in range(seeds)
    for threshold in (3, 5, 7, 15)
]


@cache
def published(name: str, seed: int, threshold: int, below_minimum: str = "renormalise") -> Seen:
    dataset = wave(name, seed, threshold, below_minimum=below_minimum)
    return Seen(compute_results(Sources(dataset=dataset)))


@pytest.mark.parametrize(("name", "seed", "threshold"), SHORT)
def test_no_small_cell_follows_from_all_that_is_published(
    name: str, seed: int, threshold: int
) -> None:
    seen = published(name, seed, threshold)
    assert list(leaks(seen, threshold)) == []
    assert_numbers_leave_none_or_enough(seen, threshold)


@pytest.mark.soak
@pytest.mark.parametrize("below_minimum", ["renormalise", "flag"])
@pytest.mark.parametrize(("name", "seed", "threshold"), MORE)
def test_no_small_cell_follows_from_any_publication(
    name: str, seed: int, threshold: int, below_minimum: str
) -> None:
    seen = published(name, seed, threshold, below_minimum)
    assert list(leaks(seen, threshold)) == []
    assert_numbers_leave_none_or_enough(seen, threshold)


def assert_numbers_leave_none_or_enough(seen: Seen, threshold: int) -> None:
    """Take the numbers of one table away from those of another, as a reader with a pencil does."""
    rows = seen.results.findings.answers.distributions
    for row in rows:
        assert (row.n is None) == (row.missing is not None) == (row.options == ())
        assert row.n is None or row.n >= threshold
    for whole in (row for row in rows if row.unit is row.group is None and row.n is not None):
        same = [row for row in rows if (row.item, row.unit_class) == (whole.item, whole.unit_class)]
        units = seen.units_of(whole)
        parts = [row for row in same if row.group and row.n and seen.units_of(row) == units]
        beside = [row for row in same if row.unit and row.n and seen.units_of(row)[0] in units]
        for taken in (parts, beside):
            left = (whole.n or 0) - sum(row.n or 0 for row in taken)
            assert left == 0 or left >= threshold, (whole, taken)
    for one in shown_results(seen):
        assert one.n >= threshold
    for line in seen.results.findings.quality.items:
        assert line.asked is None or line.asked >= threshold


def test_groups_are_told_of_whole_classes_though_every_unit_hides_them() -> None:
    seen = published("par-index-2022", 7, 10)
    rows = seen.results.findings.answers.distributions
    told = [row for row in rows if row.group in {"ND", "DN"} and row.unit is None and row.n]
    whole = [row for row in told if row.units == row.of]
    assert len(whole) >= 20
    assert (
        sum(len(see.groups) < len(seen.leaves[unit]) for unit, see in enumerate(seen.shown)) >= 12
    )
    lines = seen.results.findings.answers.satisfaction
    assert {line.group for line in lines if line.unit is None and line.missing is None} > {None}


def test_no_answers_of_a_small_cell_follow_option_by_option() -> None:
    seen = published("par-index-2022", 7, 10)
    content = seen.results.scored.content
    looked_at = 0
    for unit_class in content.framework.unit_classes:
        for leaf in unit_class.survey_leaves():
            known = list(seen.options(unit_class.code, leaf.code))
            sets: dict[str, set[Unknown]] = {}
            for unit in seen.members(unit_class.code):
                counts = seen.leaves[unit][leaf.code].count.groups
                for few in few_together(counts, 10):
                    sets[f"{few} on {leaf.code} of {unit}"] = {
                        ("option", *seen.mean(unit, leaf.code, group), chosen)
                        for group in few
                        for chosen in range(4)
                    }
            assert list(_found(known, sets)) == []
            looked_at += len(sets)
    assert looked_at >= 100


def test_the_attack_finds_a_small_cell_once_one_row_too_many_is_shown() -> None:
    seen = published("par-index-2022", 7, 10)
    unit, code, group = next(
        (unit, code, group)
        for unit, leaves in enumerate(seen.leaves)
        for code, leaf in leaves.items()
        if len(leaf.shares) == 2 and leaf.count.counted >= 10
        for group, n in leaf.count.groups.items()
        if n < 10
    )
    (other,) = seen.leaves[unit][code].shares.keys() - {group}
    known = list(seen.means())
    assert list(_means(seen, known, 10)) == []
    assert list(_means(seen, [*known, {seen.mean(unit, code, other): 1}], 10)) != []


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoYears:
    """A publication with changes against the one of the year before, and the changes read."""

    after: Seen
    before: Seen
    changes: tuple[Equation, ...]


@cache
def two_years() -> TwoYears:
    now, former = (wave("par-index-2022", seed, 10) for seed in (7, 8))
    after = Seen(compute_results(Sources(dataset=now, former=former)))
    before = Seen(compute_results(Sources(dataset=former)), year=1)
    changes = tuple(changed(after, before, analyse(now), analyse(former)))
    return TwoYears(after=after, before=before, changes=changes)


def test_no_small_cell_follows_from_two_years_and_the_change_between_them() -> None:
    both = two_years()
    assert len(both.changes) >= 10
    known = [*both.after.means(), *both.before.means(), *both.changes]
    assert list(_means(both.after, known, 10)) == []
    assert list(_means(both.before, known, 10)) == []


def changed(after: Seen, before: Seen, now: Analysed, former: Analysed) -> Iterator[Equation]:
    """Read the two totals behind each change, both scored anew on what the years share."""
    shown = after.results.findings.trust.changes
    assert shown is not None
    line = succession(now.content.design, former.content.design)
    both = bridge(now, former, series(now.content, former.content), line.twins)
    for unit in shown.units:
        if unit.points is not None:
            place = after.places[unit.unit]
            yield total(after, both.now, place)
            yield total(before, both.former, line.twins[place])


def total(seen: Seen, scores: Scores, place: int) -> Equation:
    return {
        seen.mean(place, leaf.code, cell.group): leaf.maximum * cell.effective_weight
        for leaf in scores.units[place].leaves
        for cell in leaf.groups
        if cell.effective_weight
    }


def test_no_small_cell_follows_from_two_versions_of_one_publication() -> None:
    """Told of fully shown units alone, as earlier releases did, and then of whole classes."""
    both = two_years()
    first = list(shown_alone(both.after))
    assert len(first) >= 100
    assert list(_means(both.after, [*both.after.means(), *first, *both.changes], 10)) == []


def shown_alone(seen: Seen) -> Iterator[Equation]:
    """Write rows about classes as made from the units that show every group."""
    for row in seen.results.findings.answers.distributions:
        if row.unit is None and row.missing is None:
            narrowed = {
                unknown: n
                for unknown, n in seen.shares(row).items()
                if unknown[0] == "mean" and unknown[3] in seen.shown[int(str(unknown[2]))].groups
            }
            if narrowed:
                yield narrowed


@pytest.mark.parametrize(("name", "seed", "threshold"), SHORT)
def test_the_audit_counts_every_figure_that_a_table_holds_back(
    name: str, seed: int, threshold: int
) -> None:
    seen = published(name, seed, threshold)
    findings = seen.results.findings
    counted = Counter[str]()
    for row in findings.hidden:
        counted[row.table] += row.figures
    tables = {
        "answers.distributions": findings.answers.distributions,
        "answers.satisfaction": findings.answers.satisfaction,
        "item_nonresponse": findings.quality.items,
        "careless": findings.quality.flags,
        "responding": findings.responding.lines,
        "trust.robustness": tuple(
            shift for scenario in findings.trust.scenarios for shift in scenario.shifts
        ),
    }
    for table, lines in tables.items():
        assert counted[table] == sum(line.missing == "suppressed" for line in lines), table
    assert counted["answers.group_differences"] == pairs_without_a_row(seen)
    assert counted["answers.weak_points"] == sum(
        isinstance(line.result, Suppressed) for unit in seen.sheets for line in leaf_lines(unit)
    )


def pairs_without_a_row(seen: Seen) -> int:
    """Count the pairs of groups that weigh on a leaf and are not compared."""
    pairs = sum(
        comb(sum(weight > 0 for weight in leaf.weights.values()), 2)
        for unit_class in seen.results.scored.content.framework.unit_classes
        for leaf in unit_class.survey_leaves()
    )
    return pairs - len(seen.results.findings.answers.group_differences)


SAMPLED = [(seed, threshold) for seed in range(3) for threshold in (5, 10)]
MORE_SAMPLED = [(seed, threshold) for seed in range(3, 40) for threshold in (3, 5, 10, 15)]


@cache
def by_service(seed: int, threshold: int) -> SeenServices:
    return SeenServices.of(frozen(drawn_by_lot(seed, threshold)))


@pytest.mark.parametrize(("seed", "threshold"), SAMPLED)
def test_no_small_cell_follows_from_services_units_and_channels(seed: int, threshold: int) -> None:
    seen = by_service(seed, threshold)
    assert seen.leaks() == []
    assert seen.fact_leaks() == []
    assert_services_hold_enough(seen, threshold)


@pytest.mark.soak
@pytest.mark.parametrize(("seed", "threshold"), MORE_SAMPLED)
def test_no_small_cell_follows_from_any_sample(seed: int, threshold: int) -> None:
    seen = by_service(seed, threshold)
    assert seen.leaks() == []
    assert seen.fact_leaks() == []
    assert_services_hold_enough(seen, threshold)


@pytest.mark.parametrize("seed", [0, 1])
def test_no_small_cell_follows_where_strata_lost_their_service_or_channel(seed: int) -> None:
    seen = SeenServices.of(frozen(coarsened(seed, 10)))
    assert any(line.level == "service" and line.n for line in seen.services.lines)
    assert seen.leaks() == []
    assert seen.fact_leaks() == []
    assert_services_hold_enough(seen, 10)


def test_no_small_cell_follows_from_a_short_form_with_letters_and_receipts() -> None:
    seen = SeenServices.of(frozen(generated("drawn-citizens", seed=3)))
    assert len(seen.services.lines) >= 10
    assert {line.mode for line in seen.services.doors} == {"letter", "receipt"}
    assert seen.leaks() == []
    assert seen.fact_leaks() == []


def assert_services_hold_enough(seen: SeenServices, threshold: int) -> None:
    found = seen.services
    for line in (*found.lines, *found.factors, *found.facts, *found.doors):
        assert (line.n is None) == (line.missing is not None)
        assert line.n is None or line.n >= threshold
    counted = Counter[str]()
    for row in seen.results.findings.hidden:
        counted[row.table] += row.figures
    tables = {
        "services": found.lines,
        "services.factors": found.factors,
        "services.facts": found.facts,
        "services.doors": found.doors,
    }
    for table, lines in tables.items():
        assert counted[table] == sum(line.missing == "suppressed" for line in lines), table


def test_the_attack_finds_a_service_once_every_wide_row_of_a_unit_is_shown() -> None:
    """Without the rule that a unit shows all of its services or none."""
    seen = SeenServices.of(frozen(sampled({("XA1", "DAT", "", ""): 30, ("XA1", "XE", "", ""): 4})))
    wide = [(0, seen.sample.services.index("DAT"), 0)]
    assert seen.leaks() == []
    assert [few for _, _, few in seen.leaks(more=(wide,))]


def test_the_attack_finds_a_service_once_a_total_is_shown_that_the_margins_forbid() -> None:
    """Without looking at the margins: who knows a unit of one service alone takes it away."""
    cells = {
        ("XA1", "DAT", "", ""): 30,
        ("XA1", "XE", "", ""): 4,
        ("XA2", "DAT", "", ""): 25,
    }
    seen = SeenServices.of(frozen(sampled(cells)))
    service = seen.sample.services.index("DAT")
    over_all = [(unit, service, 0) for unit in (0, 1)]
    assert seen.leaks() == seen.fact_leaks() == []
    assert seen.shown.totals[service].units == {1}
    assert [few for _, _, few in seen.leaks(more=(over_all,))]
    assert seen.fact_leaks(more={"SO-LAN": over_all})


@pytest.mark.parametrize(("seed", "threshold", "channelled"), [(1, 5, False), (2, 10, True)])
def test_the_attack_finds_the_leaks_of_totals_chosen_without_the_rule(
    seed: int, threshold: int, *, channelled: bool
) -> None:
    """Every service, or every channel of one, over all units told of, whatever margins tell."""
    seen = by_service(seed, threshold)
    cells = sorted({place for leaf in seen.people for place in leaf})
    withheld: dict[tuple[int, int], list[Place]] = {}
    for unit, service, channel in cells:
        total = (seen.shown.channelled if channelled else seen.shown.totals)[service]
        if (
            unit in seen.shown.units
            and not seen.shown.units & having(cells, service) <= total.units
        ):
            place = withheld.setdefault((service, channel if channelled else 0), [])
            place.append((unit, service, channel))
    assert withheld
    assert seen.leaks() == []
    assert seen.leaks(more=tuple(withheld.values()))


def having(cells: list[Place], service: int) -> set[int]:
    return {unit for unit, other, _ in cells if other == service}


def test_the_attack_finds_a_cell_once_all_channels_of_a_table_with_gaps_are_shown() -> None:
    """Without looking at the margins: one unit has a channel alone."""
    cells = {
        ("XA1", "DAT", "MC", ""): 30,
        ("XA2", "DAT", "MC", ""): 6,
        ("XA2", "DAT", "TT", ""): 20,
    }
    seen = SeenServices.of(frozen(sampled(cells)))
    service = seen.sample.services.index("DAT")
    office = seen.sample.channels.index("MC")
    assert seen.leaks() == []
    assert seen.leaks(more=([(0, service, office), (1, service, office)],))
    assert seen.shown.channelled[service].units == {0}

"""How far the ranking can be trusted: rank sets, tiers, differences, changes, other choices."""

from typing import Literal

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.terms import Count, Figure, Interval, Missing, Part, Positive

Clear = Literal["above", "below", "unclear"]


class UnitStanding(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ranked unit: the ranks that its own sampling error leaves open, and the average.

    `best` and `worst` bound the marginal rank set, which holds for this unit alone; the chances
    of being among the first and the last three are in percent of the draws. `difference` is from
    the mean of the published totals of its class in points, `p` adjusted by Holm over the class;
    `clear` asks for p < 5 % and the practical threshold. `reliability` is λ = τ²/(τ² + SE²), None
    where the class has too few units.
    """

    unit: Code
    tier: Positive
    best: Positive
    worst: Positive
    top_three: Figure
    bottom_three: Figure
    difference: Figure
    standard_error: Figure
    p: Figure
    clear: Clear
    reliability: Figure | None


class ClassStanding(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ranked units of a class that have a sampling error.

    `reliability` is of the class as a whole (λ with the mean variance); below 0.7 the scores
    should not carry a ranking, and `carries_ranking` says so. `remarks` say in words what the
    figures allow and what they do not. `missing` says why there is none.
    """

    unit_class: Code
    average: Figure | None
    between_variance: Figure | None
    reliability: Figure | None
    carries_ranking: bool | None
    tiers: Count
    units: tuple[UnitStanding, ...]
    remarks: tuple[Text, ...] = ()
    missing: Missing | None = None


class RankShift(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rank of a unit under one scenario, or the range over its draws.

    `highest` is the rank nearest to the top, `lowest` the farthest from it. A unit that cannot be
    ranked or shown there has neither, `missing` says why, and it keeps its published place.
    """

    unit: Code
    published: Positive
    lowest: Positive | None
    highest: Positive | None
    missing: Missing | None = None


class Scenario(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another way to compute the same wave, and what it does to the ranks.

    No points are shown: their differences would tell of single groups and ballots. `agreement`
    is Kendall's tau-b with the published ranks (the mean over draws), `largest` the largest shift.
    """

    code: Code
    name: Text
    unit_class: Code
    draws: Positive
    largest: Count | None
    agreement: Figure | None
    shifts: tuple[RankShift, ...]
    missing: Missing | None = None


class UnitChange(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit against the former wave, both by this wave's index on the groups valid in both.

    `difference` is of `points` and `former` as they stand here, which are the published totals
    where nothing but the answers changed; `p` is adjusted by Holm over the class. `composition`
    is how much of the change of the published points the groups that are not in both make, shown
    where it is more than 0.1 points. `former_published` is the total that was published then, for
    a reader who lays the two sheets side by side. `successor_of` names predecessors. Where the
    figures would tell of too few people, `missing` is "suppressed" and only `direction` is left.
    """

    unit: Code
    former: Figure | None
    points: Figure | None
    difference: Figure | None
    standard_error: Figure | None
    interval: Interval | None
    p: Figure | None
    direction: Literal["up", "down", "unclear"] | None
    former_rank: Positive | None
    rank: Positive | None
    composition: Figure | None = None
    former_published: Figure | None = None
    successor_of: tuple[Code, ...] = ()
    missing: Missing | Literal["new", "broken_series"] | None = None


class Changes(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The change against a former wave, whose dataset is named by its hash.

    `breaks` say in words what is not the same in both waves, and what follows from it: wording,
    options, weights, groups, units. `gone` are former units that nothing here succeeds.
    """

    wave: Code
    title: Text
    year: int
    dataset: str
    practical: Figure
    breaks: tuple[Text, ...]
    units: tuple[UnitChange, ...]
    gone: tuple[Code, ...] = ()


class Trust(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Standing of the units, sensitivity of the ranks, and the change against a former wave."""

    classes: tuple[ClassStanding, ...]
    scenarios: tuple[Scenario, ...]
    changes: Changes | None

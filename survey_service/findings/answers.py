"""What was answered: how the options are spread, satisfaction, differences of groups, drivers."""

from typing import Literal

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.terms import Count, Figure, Interval, Missing, Part


class OptionShare(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An option of a scale and its share of the answers in percent."""

    option: Code
    label: Text
    percent: Figure


class Distribution(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers to one item: of the units of a class, or of one `unit`; of a group or of all.

    Shares leave out don't know and not applicable; `top_two` is the share of the two best
    options and its interval that of a proportion in the sampling design. `units` of `of` stand
    behind a row about a class.
    """

    item: Code
    unit_class: Code
    unit: Code | None
    group: Code | None
    n: Count | None
    options: tuple[OptionShare, ...]
    top_two: Figure | None
    top_two_interval: Interval | None
    mean_of_maximum: Figure | None
    units: Count | None = None
    of: Count | None = None
    missing: Missing | None = None


class ItemText(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item's wording, and the leaf that it measures in each class of units."""

    item: Code
    text: Text
    leaves: dict[Code, Code]


class SatisfactionLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The satisfaction index of one group with one unit (or all), computed both ways, in percent.

    `top_two` is the share of answers "satisfied" and "very satisfied"; `mean_of_maximum` the mean
    of the option values over the greatest. `group` None stands for all service users together,
    as the index weighs them. `units` of `of` stand behind a row about a class, where every unit
    counts the same; its `n` is rounded down to tens where the sheet hides some of them. `missing`
    says why there is none.
    """

    unit_class: Code
    unit: Code | None
    group: Code | None
    n: Count | None
    top_two: Figure | None
    top_two_interval: Interval | None
    mean_of_maximum: Figure | None
    mean_interval: Interval | None
    units: Count | None = None
    of: Count | None = None
    missing: Missing | None = None


class GroupDifference(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two groups on one leaf over `units` of the `of` units of a class, in percent of the maximum.

    `p` is design-based and adjusted by Holm over the table; `clear` where it is below 5 % and
    the difference at least the practical threshold.
    """

    unit_class: Code
    leaf: Code
    one: Code
    other: Code
    difference: Figure
    standard_error: Figure | None
    p: Figure | None
    clear: bool
    units: Count | None = None
    of: Count | None = None


class RankTest(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For reference: Kruskal-Wallis over the groups of a leaf, unweighted, with Dunn's pairs."""

    unit_class: Code
    leaf: Code
    statistic: Figure
    degrees_of_freedom: Count
    p: Figure
    pairs: tuple["DunnPair", ...]


class DunnPair(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dunn's comparison of two groups after Kruskal-Wallis; `p` adjusted by Holm."""

    one: Code
    other: Code
    z: Figure
    p: Figure


class Driver(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A driver of the overall judgement: its share of R² in percent, and how it does.

    The share is LMG's of up to twelve drivers, Johnson's relative weight of more; there is no
    `interval` where a list that was asked was nominated. `performance` is its mean in percent of
    the maximum; `quadrant` where it stands in the importance-performance table against the
    averages of both.
    """

    code: Code
    name: Text
    share: Figure
    interval: Interval | None
    performance: Figure
    quadrant: Literal["keep_up", "improve", "low_priority", "possible_overkill"]


class Drivers(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes with the overall judgement in one class of units; an association, not a cause.

    `n` ballots answered everything; it is rounded down to tens where the sheet hides a group of
    some unit.
    """

    unit_class: Code
    outcome: Text
    n: Count | None
    r_squared: Figure | None
    drivers: tuple[Driver, ...]
    missing: Missing | None = None


class WeakPoint(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A leaf on which a unit is below its class: percents of the maximum, and the difference."""

    unit: Code
    leaf: Code
    percent: Figure
    class_percent: Figure
    difference: Figure
    clear: bool


class Keyword(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word or phrase of the free answers and in how many of them it stands."""

    words: str
    comments: Count


class Comment(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A free answer that a moderator let through, cut off from every ballot."""

    item: Code
    unit: Code | None
    text: str


class Comments(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Free answers: how many came, how many a moderator let through, and what they speak of.

    Nothing is listed before moderation: then `moderated` is False and only `received` is shown.
    """

    received: Count | None
    moderated: bool
    listed: tuple[Comment, ...]
    keywords: tuple[Keyword, ...]
    missing: Missing | None = None


class Answers(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about what was answered."""

    items: tuple[ItemText, ...]
    distributions: tuple[Distribution, ...]
    satisfaction: tuple[SatisfactionLine, ...]
    group_differences: tuple[GroupDifference, ...]
    rank_tests: tuple[RankTest, ...]
    drivers: tuple[Drivers, ...]
    weak_points: tuple[WeakPoint, ...]
    comments: Comments

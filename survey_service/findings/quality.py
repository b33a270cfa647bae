"""How good the answers are: what was left out, careless ballots, how items hold together."""

from typing import Literal

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.terms import Count, Figure, Interval, Missing, Part


class ItemLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item among all who were asked it, or those of one group (`group`); shares in percent.

    Units of which the sheet hides something are left out where the counts would tell of it.
    """

    item: Code
    group: Code | None
    asked: Count | None
    answered: Figure | None
    dont_know: Figure | None
    not_applicable: Figure | None
    blank: Figure | None
    missing: Missing | None = None


Flag = Literal["straight_lining", "no_variation", "even_odd", "duplicate", "outlier", "speeding"]


class FlagLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check of careless answering: its rule in words, and how many ballots it flags.

    `looked_at` are the ballots that the check can judge; None of both where it cannot be made.
    """

    flag: Flag
    rule: Text
    looked_at: Count | None
    flagged: Count | None
    missing: Missing | None = None


class ScaleItem(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item of a scale: correlation with the rest, and alpha of the others."""

    item: Code
    item_rest: Figure | None
    alpha_if_deleted: Figure | None


class ScaleLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The internal consistency of the items of one component that a group rates a class on.

    Alpha (Cronbach 1951) raw, of standardised items, with Feldt's interval; omega total; alpha of
    answers centred within the rated units, since differences of units raise it. Of two items the
    standardised alpha is the Spearman-Brown coefficient, and there is no omega. `n` ballots
    answered every item; it is rounded down to tens where the sheet hides a group of some unit.
    A nominated list has no interval.
    """

    code: Code
    name: Text
    unit_class: Code
    n: Count | None
    alpha: Figure | None
    alpha_interval: Interval | None
    alpha_standardised: Figure | None
    alpha_within: Figure | None
    omega: Figure | None
    items: tuple[ScaleItem, ...]
    missing: Missing | None = None
    group: Code | None = None


class Quality(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Item non-response, flags of careless answering, and consistency.

    `flagged` is how many ballots the rule flags; they all count in the points, and a scenario
    shows the ranks without them. `ballots` leaves out units whose turnout is hidden.
    """

    items: tuple[ItemLine, ...]
    flags: tuple[FlagLine, ...]
    rule: Text
    flagged: Count | None
    ballots: Count
    scales: tuple[ScaleLine, ...]

"""The score sheet as a value: what is published, and what is not with its reason."""

from typing import Annotated, Literal

import msgspec

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.dataset.design import ListKind, WaveLabel

FORMAT = "survey-score-sheet/1"

Figure = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
"""A decimal as text, exactly as published."""
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
"""Ranks begin at 1, and no figure that is shown rests on nobody."""
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Interval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The 95 % interval of the points, ends rounded to 6 places, or fewer (see docs)."""

    low: Figure
    high: Figure


class Published(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="state",
    tag="published",
):
    """A figure that is shown.

    `measured` is the part of `maximum` that could be measured; where it is less, `points` are
    rescaled to `maximum`. `n` are the valid ballots it rests on. Standard error and interval
    are null where a group's list was nominated, or its people came by themselves: there is no
    sampling error to state.
    """

    points: Figure
    maximum: Figure
    measured: Figure
    percent: Figure
    rescaled: bool
    standard_error: Figure | None
    interval: Interval | None
    n: Positive


class Suppressed(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="state",
    tag="suppressed",
):
    """A figure that counts but is not shown, because too few people stand behind it."""

    maximum: Figure


class NotMeasurable(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="state",
    tag="not_measurable",
):
    """A figure that applies but for which too few groups answered."""

    maximum: Figure


class NotApplicable(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="state",
    tag="not_applicable",
):
    """A figure that the framework does not foresee for this class of units."""


Result = Published | Suppressed | NotMeasurable | NotApplicable


class GroupLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One group's mean on one leaf, as points; `weight` is its share of the leaf in percent."""

    group: Code
    weight: Figure
    result: Result


class CriterionLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion: a scored leaf with its groups, or split into `parts`.

    Of a leaf, `cover` is the share κ of the weights that could be measured, `left_out` the
    groups whose weight went to the others because too few of them answered, and `flagged`
    those that count although they are too few.
    """

    code: Code
    name: Text
    result: Result
    cover: Figure | None = None
    left_out: tuple[Code, ...] = ()
    flagged: tuple[Code, ...] = ()
    groups: tuple[GroupLine, ...] = ()
    parts: tuple["CriterionLine", ...] = ()


class ComponentLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A component of the index (lĩnh vực) with its criteria."""

    code: Code
    name: Text
    result: Result
    criteria: tuple[CriterionLine, ...]


class Turnout(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="state",
    tag="published",
):
    """Ballots issued, returned and valid (phiếu phát ra, thu về, hợp lệ)."""

    issued: Count
    returned: Count
    valid: Count


class TurnoutSuppressed(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="state",
    tag="suppressed",
):
    """Ballots issued; how many came back is not shown, because they are too few."""

    issued: Count


class GroupTurnout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ballots of one group about one unit."""

    group: Code
    turnout: Turnout | TurnoutSuppressed


class RankSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The best and the worst rank that sampling error leaves open, for the table as a whole."""

    best: Positive
    worst: Positive


Unranked = Literal["not_measurable", "too_little_measured", "suppressed"]


class UnitSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One unit: its total, rank and class, its ballots, and every part of its score.

    `lost` is the percent of the ballots put to people that fell to the half rule on some leaf;
    it is null where the turnout is not shown. `rank` is null where `unranked` says why; `band`
    where the total reaches no band or is not shown; `rank_set` where there is no rank or no
    sampling error.
    """

    code: Code
    name: Text
    unit_class: Code
    result: Result
    rank: Positive | None
    rank_set: RankSet | None
    unranked: Unranked | None
    band: Code | None
    turnout: Turnout | TurnoutSuppressed
    lost: Figure | None
    groups: tuple[GroupTurnout, ...]
    components: tuple[ComponentLine, ...]


class Extreme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The highest or lowest percent, and every unit that has it."""

    percent: Figure
    units: tuple[Code, ...]


class ProvinceFigure(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="state",
    tag="published",
):
    """Points over maximum, in percent, of the `units` whose own figure is shown, `of` so many.

    `highest` and `lowest` are found among the same units.
    """

    percent: Figure
    units: Positive
    of: Positive
    highest: Extreme
    lowest: Extreme


class ProvinceLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table of the province; what only other classes have is `not_applicable`."""

    level: Literal["total", "component", "criterion", "leaf"]
    code: Code
    name: Text
    result: ProvinceFigure | Suppressed | NotMeasurable | NotApplicable
    component: Code | None = None
    criterion: Code | None = None


class BandCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many units reached a class of results."""

    band: Code
    name: Text
    units: Count


class ClassSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One class of units: who stands where, and the table of the province."""

    code: Code
    name: Text
    ranking: tuple[Code, ...]
    unranked: tuple[Code, ...]
    bands: tuple[BandCount, ...]
    province: tuple[ProvinceLine, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A respondent group, and how its list was made."""

    code: Code
    name: Text
    list_kind: ListKind


class Method(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How answers became figures; decimals as the framework states them."""

    index_method: str
    half_rule: bool
    minimum_count: int
    below_minimum: str
    minimum_cover: Figure
    minimum_measured: Figure
    places: int
    stage: str
    rank_basis: str
    class_basis: str
    disclosure_threshold: int
    interval: str
    rank_sets: str
    seed: int


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A definition by its code and the SHA-256 of its file."""

    code: Code
    sha256: Sha256


class ScoreSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is published of a wave; it follows from the dataset alone."""

    wave: WaveLabel
    framework: Definition
    questionnaires: Definition
    dataset: Sha256
    method: Method
    remarks: tuple[Text, ...]
    groups: tuple[Group, ...]
    classes: tuple[ClassSheet, ...]
    units: tuple[UnitSheet, ...]
    format: Literal["survey-score-sheet/1"] = FORMAT

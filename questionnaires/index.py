"""The index: components, criteria, points, group weights and the rules of scoring."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from questionnaires.text import Text

Code = str
Mode = Literal["web", "letter", "receipt"]
"""How a person came to the form: by e-mail, by a printed letter, by a code on their receipt."""


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code with its name."""

    code: Code
    name: Text


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A criterion that is split into scored sub-criteria (its leaves name it)."""

    code: Code
    component: Code
    name: Text


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scored criterion or sub-criterion of one unit class.

    `weights` are the respondent groups' shares in percent, summing to 100; an appraisal leaf
    has none. `minimum_counts` overrides the framework's minimum for a group.
    """

    code: Code
    component: Code
    name: Text
    max: Decimal
    criterion: Code | None = None
    method: Literal["survey", "appraisal"] = "survey"
    weights: dict[Code, Decimal] = {}
    minimum_counts: dict[Code, int] = {}


class UnitClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of rated unit with its own version of the index; ranked among itself."""

    code: Code
    name: Text
    leaves: tuple[Leaf, ...]
    criteria: tuple[Criterion, ...] = ()

    def survey_leaves(self) -> tuple[Leaf, ...]:
        """Give the leaves this survey measures, in the order of the index."""
        return tuple(leaf for leaf in self.leaves if leaf.method == "survey")

    def leaf(self, code: Code) -> Leaf:
        """Find a leaf by its code; raises KeyError."""
        for leaf in self.leaves:
            if leaf.code == code:
                return leaf
        raise KeyError(code)


class Rounding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Half-up rounding of published points: how many places, and whether leaf or total."""

    places: int
    stage: Literal["leaf", "total"]


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of results (xếp loại) from a stated percent of the maximum upwards."""

    code: Code
    name: Text
    from_percent: Decimal


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How answers become points; every setting is frozen with the framework.

    `minimum_cover` is the share κ of a leaf's group weight that must be measurable;
    `minimum_measured` the share of the points without which a unit is not ranked.
    `modes` are those whose ballots make the points; ballots of another mode stand apart.
    `index_method` "mean" uses the option values, "top_two" the share of the two best options.
    """

    option_values: dict[Code, dict[Code, Decimal]]
    bands: tuple[Band, ...]
    index_method: Literal["mean", "top_two"] = "mean"
    half_rule: bool = True
    minimum_count: int = 5
    below_minimum: Literal["renormalise", "block", "flag"] = "renormalise"
    minimum_cover: Decimal = Decimal("0.5")
    minimum_measured: Decimal = Decimal("0.8")
    rounding: Rounding = Rounding(places=2, stage="leaf")
    rank_basis: Literal["points", "percent"] = "points"
    class_basis: Literal["points", "percent"] = "percent"
    modes: tuple[Mode, ...] = ("web",)
    disclosure_threshold: int = 10


class Framework(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One year's index: groups, components, and a version of the leaves per unit class."""

    code: Code
    year: int
    title: Text
    total: Decimal
    survey_total: Decimal
    groups: tuple[Named, ...]
    components: tuple[Named, ...]
    unit_classes: tuple[UnitClass, ...]
    rules: Rules

    def unit_class(self, code: Code) -> UnitClass:
        """Find a unit class by its code; raises KeyError."""
        for unit_class in self.unit_classes:
            if unit_class.code == code:
                return unit_class
        raise KeyError(code)

    def weight(self, unit_class: Code, leaf: Code, group: Code) -> Decimal:
        """Give a group's weight in percent on a leaf of a unit class; 0 where it has none."""
        return self.unit_class(unit_class).leaf(leaf).weights.get(group, Decimal(0))

    def leaves(self) -> Iterator[tuple[UnitClass, Leaf]]:
        """Walk every survey leaf of every unit class."""
        for unit_class in self.unit_classes:
            for leaf in unit_class.survey_leaves():
                yield unit_class, leaf

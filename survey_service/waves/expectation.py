"""How many valid ballots a wave may expect, and what that means for leaves and units."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework, Leaf


class ExpectedBallots(msgspec.Struct, frozen=True, kw_only=True):
    """One unit, leaf and group: ballots issued, valid ones expected, and the minimum count."""

    unit: Code
    leaf: Code
    group: Code
    issued: int
    expected: Decimal
    minimum: int

    @property
    def enough(self) -> bool:
        """Tell whether the group is likely to reach the minimum count."""
        return self.expected >= self.minimum


class ExpectedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit may expect: leaves likely not measurable, and the share of points measured."""

    unit: Code
    unmeasurable: tuple[Code, ...]
    measured: Decimal


def expect_ballots(
    framework: Framework,
    questionnaires: Questionnaires,
    unit_classes: Mapping[Code, Code],
    issued: Mapping[tuple[Code, Code], int],
) -> tuple[ExpectedBallots, ...]:
    """Multiply the ballots issued by each group's stated response rate (percent).

    `issued` counts ballots by unit and group; `unit_classes` gives every rated unit's class. A
    row for each group that has weight on a leaf.
    """
    rates = {relation.group: relation.response_rate for relation in questionnaires.relations}
    return tuple(
        ExpectedBallots(
            unit=unit,
            leaf=leaf.code,
            group=group,
            issued=issued.get((unit, group), 0),
            expected=Decimal(issued.get((unit, group), 0) * rates.get(group, 0)) / 100,
            minimum=leaf.minimum_counts.get(group, framework.rules.minimum_count),
        )
        for unit, unit_class in sorted(unit_classes.items())
        for leaf in framework.unit_class(unit_class).survey_leaves()
        for group, weight in leaf.weights.items()
        if weight > 0
    )


def expect_units(
    framework: Framework,
    unit_classes: Mapping[Code, Code],
    expected: Sequence[ExpectedBallots],
) -> tuple[ExpectedUnit, ...]:
    """Judge each unit by the rules of the framework: minimum counts, cover, points measured."""
    counting: dict[tuple[Code, Code], set[Code]] = defaultdict(set)
    for row in expected:
        # Where thin groups are only flagged they count in full, as long as anybody answers.
        least = 1 if framework.rules.below_minimum == "flag" else row.minimum
        if row.expected >= least:
            counting[row.unit, row.leaf].add(row.group)
    return tuple(
        _expect_unit(framework, unit, framework.unit_class(unit_class).survey_leaves(), counting)
        for unit, unit_class in sorted(unit_classes.items())
    )


def _expect_unit(
    framework: Framework,
    unit: Code,
    leaves: Sequence[Leaf],
    counting: Mapping[tuple[Code, Code], set[Code]],
) -> ExpectedUnit:
    unmeasurable: list[Leaf] = []
    for leaf in leaves:
        groups = counting.get((unit, leaf.code), set())
        cover = sum((leaf.weights[group] for group in groups), Decimal(0)) / 100
        if cover < framework.rules.minimum_cover or not groups:
            unmeasurable.append(leaf)
    total = sum((leaf.max for leaf in leaves), Decimal(0))
    lost = sum((leaf.max for leaf in unmeasurable), Decimal(0))
    return ExpectedUnit(
        unit=unit,
        unmeasurable=tuple(leaf.code for leaf in unmeasurable),
        measured=(total - lost) / total if total else Decimal(0),
    )

"""How likely it is that a leaf of a unit cannot be measured, and that a unit is not ranked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from math import prod

import msgspec

from questionnaires.index import Code, Framework, Leaf
from survey_service.waves.preflighting.chances import RISK
from survey_service.waves.preflighting.expectation import ExpectedBallots

_PLACES = Decimal("0.000001")

Chances = Mapping[tuple[Code, Code], Decimal]
"""By leaf and group, the chance that the group does not count on the leaf."""


class ExpectedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit must fear: by leaf the chance of not being measured, and of being unranked.

    Leaves that are certain to be measured have no entry.
    """

    unit: Code
    unmeasurable: dict[Code, Decimal]
    unranked: Decimal

    @property
    def leaves_at_risk(self) -> dict[Code, Decimal]:
        """Keep the leaves that may well not be measurable."""
        return {leaf: chance for leaf, chance in self.unmeasurable.items() if chance > RISK}


def expect_units(
    framework: Framework,
    unit_classes: Mapping[Code, Code],
    expected: Sequence[ExpectedBallots],
) -> tuple[ExpectedUnit, ...]:
    """Judge each unit by the rules of the framework: minimum counts, cover, points measured.

    Groups answer independently of each other; within a group a ballot is valid on every leaf or
    on none, so that a group which is too thin for one leaf is so for every leaf that asks as much.
    """
    chances: dict[Code, dict[tuple[Code, Code], Decimal]] = defaultdict(dict)
    for row in expected:
        chances[row.unit][row.leaf, row.group] = row.uncounted
    # Most units of a class are alike.
    known: dict[tuple[Code, frozenset[object]], tuple[dict[Code, Decimal], Decimal]] = {}
    found: list[ExpectedUnit] = []
    for unit, unit_class in sorted(unit_classes.items()):
        kind = unit_class, frozenset(chances[unit].items())
        if kind not in known:
            leaves = framework.unit_class(unit_class).survey_leaves()
            known[kind] = _judge(framework, leaves, chances[unit])
        unmeasurable, unranked = known[kind]
        found.append(ExpectedUnit(unit=unit, unmeasurable=unmeasurable, unranked=unranked))
    return tuple(found)


def _judge(
    framework: Framework, leaves: Sequence[Leaf], chances: Chances
) -> tuple[dict[Code, Decimal], Decimal]:
    """Sum over every way in which the groups may be thin or not."""
    steps = _steps(chances)
    unmeasurable = {leaf.code: Decimal(0) for leaf in leaves}
    unranked = Decimal(0)
    whole = sum((leaf.max for leaf in leaves), Decimal(0))
    least = framework.rules.minimum_measured * whole
    for state in product(*steps.values()):
        chance = prod((high - low for low, high in state), start=Decimal(1))
        reached = {group: low for group, (low, _) in zip(steps, state, strict=True)}
        lost = [leaf for leaf in leaves if not _is_measurable(framework, leaf, chances, reached)]
        for leaf in lost:
            unmeasurable[leaf.code] += chance
        if whole - sum((leaf.max for leaf in lost), Decimal(0)) < least:
            unranked += chance
    rounded = {code: chance.quantize(_PLACES) for code, chance in unmeasurable.items()}
    return {code: chance for code, chance in rounded.items() if chance}, unranked.quantize(_PLACES)


def _steps(chances: Chances) -> dict[Code, list[tuple[Decimal, Decimal]]]:
    """Cut 0 to 1 at a group's chances: on each piece it counts on the same leaves throughout."""
    cuts: dict[Code, set[Decimal]] = defaultdict(lambda: {Decimal(0), Decimal(1)})
    for (_, group), chance in chances.items():
        cuts[group].add(chance)
    return {
        group: list(zip(sorted(marks), sorted(marks)[1:], strict=False))
        for group, marks in cuts.items()
    }


def _is_measurable(
    framework: Framework, leaf: Leaf, chances: Chances, reached: Mapping[Code, Decimal]
) -> bool:
    counting = [
        weight
        for group, weight in leaf.weights.items()
        if weight > 0 and chances[leaf.code, group] <= reached[group]
    ]
    cover = sum(counting, Decimal(0)) / 100
    return bool(counting) and cover >= framework.rules.minimum_cover

"""How many ballots a wave may expect back from each group, and how likely they are too few."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from survey_service.waves.preflighting.chances import RISK, ballots_needed, chance_under


class ExpectedBallots(msgspec.Struct, frozen=True, kw_only=True):
    """One unit, leaf and group: ballots issued, expected back, and the minimum count of valid ones.

    `under_minimum` is the chance of fewer valid ballots than the minimum, `uncounted` that of so
    few that the group does not count on the leaf; `needed` is how many ballots must be issued for
    `under_minimum` to be no risk (None where nobody is expected to answer).
    """

    unit: Code
    leaf: Code
    group: Code
    issued: int
    expected: Decimal
    minimum: int
    under_minimum: Decimal
    uncounted: Decimal
    needed: int | None

    @property
    def at_risk(self) -> bool:
        """Tell whether the group may well stay under the minimum count."""
        return self.under_minimum > RISK


def expect_ballots(
    framework: Framework,
    questionnaires: Questionnaires,
    unit_classes: Mapping[Code, Code],
    issued: Mapping[tuple[Code, Code], int],
) -> tuple[ExpectedBallots, ...]:
    """Judge the ballots issued by each group's stated response rate (percent).

    `issued` counts ballots by unit and group; `unit_classes` gives every rated unit's class. A
    row for each group that has weight on a leaf.
    """
    rates = {relation.group: relation.response_rate for relation in questionnaires.relations}
    # Where thin groups are only flagged they count in full, as long as anybody answers.
    flags = framework.rules.below_minimum == "flag"
    least = framework.rules.minimum_count

    def expect(unit: Code, leaf: Code, group: Code, minimum: int) -> ExpectedBallots:
        ballots, rate = issued.get((unit, group), 0), rates.get(group, 0)
        return ExpectedBallots(
            unit=unit,
            leaf=leaf,
            group=group,
            issued=ballots,
            expected=Decimal(ballots * rate) / 100,
            minimum=minimum,
            under_minimum=chance_under(ballots, rate, minimum),
            uncounted=chance_under(ballots, rate, 1 if flags else minimum),
            needed=ballots_needed(rate, minimum),
        )

    return tuple(
        expect(unit, leaf.code, group, leaf.minimum_counts.get(group, least))
        for unit, unit_class in sorted(unit_classes.items())
        for leaf in framework.unit_class(unit_class).survey_leaves()
        for group, weight in leaf.weights.items()
        if weight > 0
    )

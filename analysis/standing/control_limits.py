"""Control charts of one unit's figure over months: centre line, limits, and the signals they give.

Only what is shown goes in: a month without a figure leaves a gap, and neither a line nor a limit
of any other month is made from it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["above", "below"]

SIGMAS: Final = 3
"""Shewhart (1931), Economic Control of Quality of Manufactured Product, ch. 20."""
BASE: Final = 6
"""Earlier months that limits need."""
RUN: Final = 8
"""Points in succession on one side that are no chance (Western Electric 1956, p. 26, test 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A month's figure, its standard error (None where there is no sampling error), and its n."""

    value: float
    standard_error: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the earlier months say about one: None where they say nothing yet.

    `beyond` is the side on which the figure lies outside its limits; `run` that of the centre
    line on which it and the RUN − 1 before it lie.
    """

    centre: float | None = None
    low: float | None = None
    high: float | None = None
    beyond: Side | None = None
    run: Side | None = None


@dataclass(slots=True)
class _Earlier:
    """Sums over the months so far: n, n·x, and n·(n·SE²)."""

    months: int = 0
    n: int = 0
    values: float = 0.0
    variances: float = 0.0

    def add(self, month: Observation) -> None:
        if month.standard_error is None:
            return
        self.months += 1
        self.n += month.n
        self.values += month.n * month.value
        self.variances += month.n * month.n * month.standard_error**2


def control(months: Sequence[Observation | None]) -> tuple[Control, ...]:
    """Judge each month by the earlier ones alone, so that no later month changes what was said.

    The centre line is the earlier months' mean x̄ weighted by their n; the variance of one answer
    v̄ is pooled from theirs, v = n·SE². The limits are x̄ ± 3·√(v̄·(1/n + 1/Σn)), with the month's
    own n: they widen where few answered (Montgomery 2013, Introduction to Statistical Quality
    Control, §6.3.2), and hold the centre line's own error. A month's own SE would not do: of ten
    satisfied people it is near 0, and up to a fifth of such months would be false alarms.
    Limits need BASE earlier months and some variance; runs are counted among months with limits,
    over gaps. A month without a sampling error is in no line and gets none. Raises ValueError for
    an n under 1.
    """
    earlier = _Earlier()
    sides: list[Side | None] = []
    judged: list[Control] = []
    for month in months:
        if month is None or month.standard_error is None:
            judged.append(Control())
            continue
        if month.n < 1:
            raise ValueError("a figure that is shown rests on somebody")
        judged.append(_judge(month, earlier, sides))
        earlier.add(month)
    return tuple(judged)


def _judge(month: Observation, earlier: _Earlier, sides: list[Side | None]) -> Control:
    if not earlier.months:
        return Control()
    centre = earlier.values / earlier.n
    if earlier.months < BASE or not earlier.variances:
        return Control(centre=centre)
    pooled = earlier.variances / earlier.n
    reach = SIGMAS * math.sqrt(pooled * (1 / month.n + 1 / earlier.n))
    side = _side(month.value, centre, 0.0)
    sides.append(side)
    run = side if len(sides) >= RUN and set(sides[-RUN:]) == {side} else None
    return Control(
        centre=centre,
        low=centre - reach,
        high=centre + reach,
        beyond=_side(month.value, centre, reach),
        run=run,
    )


def _side(value: float, centre: float, reach: float) -> Side | None:
    if value > centre + reach:
        return "above"
    return "below" if value < centre - reach else None

"""How the answers to an item are spread over its options, exactly, and a share's interval."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.intervals import LEVEL, beta_interval, interval
from analysis.scoring.columns import BoolArray, IntArray
from analysis.understanding.cells import Sample

Cell = tuple[int, int]
"""Group and unit."""
FEWEST_EXPECTED = 5.0
"""Effective answers on the rarer side below which the logit interval gives way to the beta."""
_EXACT = 2**53
"""Whole numbers below it add up exactly as floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionShares:
    """The answers of one cell or of several: how many, and how many of them each option has.

    With unequal sampling weights `counts` are n · share, exact and no longer whole.
    """

    n: int
    counts: tuple[Fraction | int, ...]

    @property
    def shares(self) -> tuple[Fraction, ...]:
        """The share of each option."""
        return tuple(Fraction(count) / self.n for count in self.counts)


def chosen(codes: IntArray, options: int, *, multiple: bool) -> list[BoolArray]:
    """Mark per option the ballots that chose it; a multiple answer is one bit per option."""
    if multiple:
        return [(codes > 0) & ((codes >> option) & 1 == 1) for option in range(options)]
    return [codes == option + 1 for option in range(options)]


def option_shares(
    sample: Sample, column: int, options: int, *, multiple: bool = False
) -> dict[Cell, OptionShares]:
    """Give the weighted share of each option in every cell with an answer.

    Answers are codes above 0; don't know, not applicable and blank are outside the base.
    """
    codes = sample.answers(column).astype(np.int64)
    numbers = np.bincount(sample.cell[codes > 0], minlength=sample.groups * sample.units).tolist()
    base = _totals(sample, codes > 0)
    parts = [_totals(sample, marks) for marks in chosen(codes, options, multiple=multiple)]
    return {
        divmod(cell, sample.units): OptionShares(
            n=n, counts=tuple(_count(part[cell], base[cell], n) for part in parts)
        )
        for cell, n in enumerate(numbers)
        if n
    }


def _count(part: int, base: int, n: int) -> Fraction | int:
    return part if base == n else Fraction(part * n, base)


def pooled(cells: Mapping[Cell, OptionShares], of: Iterable[Cell]) -> OptionShares:
    """Put cells together, each by the number of its answers; Σ n_c · share_c / Σ n_c.

    Sampling weights compare people of one cell, not citizens with deputies, so that between
    cells an answer is an answer.
    """
    some = [cells[cell] for cell in of if cell in cells]
    return OptionShares(
        n=sum(one.n for one in some),
        counts=tuple(sum(counts) for counts in zip(*(one.counts for one in some), strict=True)),
    )


def proportion_interval(
    share: float, standard_error: float, degrees_of_freedom: float, n: int
) -> tuple[float, float]:
    """Give the interval of a share in a sampling design, within [0, 1].

    Logit-t, as R's `xlogit`; where the rarer side has fewer than five effective answers the beta
    interval of Korn and Graubard (1998), n_eff = p(1 − p)/V · (t_{n−1}/t_ν)², at most n. Raises
    ValueError where n is not above 0.
    """
    effective = _effective(share * (1 - share), standard_error, degrees_of_freedom, n)
    if 0 < effective * min(share, 1 - share) < FEWEST_EXPECTED:
        return beta_interval(share, effective)
    return interval(share, standard_error, degrees_of_freedom, maximum=1.0, respondents=n)


def _effective(spread: float, standard_error: float, degrees_of_freedom: float, n: int) -> float:
    """Give n_eff; 0 where the design tells of no error."""
    if min(spread, standard_error, degrees_of_freedom) <= 0 or n < 2:
        return 0.0
    from scipy.special import stdtrit  # noqa: PLC0415 - 0.2 s that most commands need not spend

    tail = (1 + LEVEL) / 2
    ratio = float(stdtrit(n - 1, tail) / stdtrit(degrees_of_freedom, tail))
    wanted = spread * ratio * ratio
    return wanted / standard_error**2 if wanted < n * standard_error**2 else float(n)


def _totals(sample: Sample, marks: BoolArray) -> list[int]:
    """Sum the whole sampling weights of the marked ballots per cell, exactly."""
    size = sample.groups * sample.units
    weight = np.asarray(sample.whole_weights, dtype=object)[sample.ballots.weight[marks]]
    if len(marks) * max(sample.whole_weights, default=1) < _EXACT:
        sums = np.bincount(sample.cell[marks], weight.astype(np.float64), size)
        return sums.astype(np.int64).tolist()
    totals = [0] * size
    for cell, one in zip(sample.cell[marks].tolist(), weight.tolist(), strict=True):
        totals[cell] += one
    return totals

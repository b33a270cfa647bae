"""How the items of a scale hold together: alpha, its interval, and each item against the rest."""

import math
from dataclasses import dataclass
from fractions import Fraction

from analysis.quality.moments import Matrix

LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemConsistency:
    """An item: its correlation with the sum of the others, and alpha of the others.

    None where an item or the rest does not vary; alpha of one item is none either.
    """

    rest_correlation: float | None
    alpha_if_deleted: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """A scale's alpha, raw and exact, and of standardised items; item by item in their order.

    Of two items the standardised alpha is the Spearman-Brown coefficient, which alone says how
    two items hold together (Eisinga, te Grotenhuis & Pelzer 2013).
    """

    alpha: Fraction | None
    standardised: float | None
    items: tuple[ItemConsistency, ...]


def consistency(spread: Matrix) -> Consistency:
    """Compute alpha (Cronbach 1951) from the spread Σ(x − x̄)(y − ȳ) of k items, shape (k, k).

    Raises ValueError where there are fewer than two items.
    """
    if len(spread) < 2:
        raise ValueError(f"consistency needs two items at least, not {len(spread)}")
    return Consistency(
        alpha=alpha(spread),
        standardised=_standardised(spread),
        items=tuple(_item(spread, place) for place in range(len(spread))),
    )


def alpha(spread: Matrix) -> Fraction | None:
    """Give k/(k − 1) · (1 − Σ variances / variance of the sum); None where the sum is constant."""
    k, total = len(spread), _sum(spread)
    if k < 2 or not total:
        return None
    own = sum((spread[i][i] for i in range(k)), Fraction(0))
    return Fraction(k, k - 1) * (1 - own / total)


def feldt_interval(value: Fraction, n: int, items: int) -> tuple[float, float]:
    """Give the 95 % interval of alpha over n respondents (Feldt, Woodruff & Salih 1987, eq. 4).

    Raises ValueError where there are fewer than two respondents or items.
    """
    if n < 2 or items < 2:
        raise ValueError(f"no interval over {n} respondents and {items} items")
    from scipy.special import fdtri  # noqa: PLC0415 - 0.2 s that most commands need not spend

    one, other = n - 1, (n - 1) * (items - 1)
    tail = (1 - LEVEL) / 2
    lost = float(1 - value)
    return (
        1 - lost * float(fdtri(one, other, 1 - tail)),
        1 - lost * float(fdtri(one, other, tail)),
    )


def _standardised(spread: Matrix) -> float | None:
    k = len(spread)
    if not all(spread[i][i] for i in range(k)):
        return None
    pairs = [_root(spread[i][j], spread[i][i] * spread[j][j]) for i in range(k) for j in range(i)]
    mean = sum(pairs) / len(pairs)
    below = 1 + (k - 1) * mean
    return k * mean / below if below > 0 else None


def _item(spread: Matrix, place: int) -> ItemConsistency:
    own = spread[place][place]
    with_rest = sum(spread[place], Fraction(0)) - own
    others = [at for at in range(len(spread)) if at != place]
    rest = tuple(tuple(spread[i][j] for j in others) for i in others)
    varies = own * _sum(rest)
    return ItemConsistency(
        rest_correlation=_root(with_rest, varies) if varies else None,
        alpha_if_deleted=alpha(rest),
    )


def _sum(spread: Matrix) -> Fraction:
    return sum((sum(row, Fraction(0)) for row in spread), Fraction(0))


def _root(part: Fraction, square: Fraction) -> float:
    """Give part / √square, rounded once under the root."""
    return math.copysign(math.sqrt(part * part / square), part)

"""How many answers a figure needs, and how many people must be invited for them."""

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """Answers needed from an endless list (`unlimited`, before the correction) and from this one.

    `invitations` allows for those who will not answer; it is None where they would be more than
    the list holds, so that the aim is out of reach even by asking everybody.
    """

    unlimited: float
    answers: int
    invitations: int | None


def sample_size(
    *,
    half_width: float,
    sigma: float,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    z: float = 1.96,
) -> SampleSize:
    """Give the answers for an interval of ± `half_width`: n₀ = (zσ/e)²·deff, n = n₀/(1 + n₀/N).

    Cochran (1977), Sampling Techniques, eqs. 4.4 and 4.8. `sigma` is the standard deviation of
    one answer on the scale of the half-width: √(p(1 − p)) for a share. Raises ValueError where a
    figure is not above 0, or the response rate not in (0, 1].
    """
    if min(half_width, sigma, design_effect, z) <= 0 or (population is not None and population < 1):
        raise ValueError("half-width, sigma, design effect, z and population must be above 0")
    if not 0 < response_rate <= 1:
        raise ValueError("the response rate must be above 0 and at most 1")
    unlimited = (z * sigma / half_width) ** 2 * design_effect
    needed = unlimited if population is None else unlimited / (1 + unlimited / population)
    answers = _up(needed)
    invitations = _up(answers / response_rate)
    reachable = population is None or invitations <= population
    return SampleSize(
        unlimited=unlimited, answers=answers, invitations=invitations if reachable else None
    )


def slovin_size(population: int, half_width: Fraction) -> int:
    """Give n = N/(1 + N·e²), rounded up: the size for a share with p = ½, z = 2 and deff = 1.

    Yamane (1967), Statistics: An Introductory Analysis, p. 886, known as Slovin's formula.
    Raises ValueError where the population or the half-width is not above 0.
    """
    if population < 1 or half_width <= 0:
        raise ValueError("population and half-width must be above 0")
    return math.ceil(population / (1 + population * half_width**2))


def _up(figure: float) -> int:
    """Round up, forgiving what binary fractions add to a whole number."""
    return math.ceil(figure - 1e-9 * max(figure, 1.0))

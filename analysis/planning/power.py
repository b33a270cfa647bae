"""Whether a difference between two units or years would be seen."""

import math
from dataclasses import dataclass

from scipy.special import nctdtr, nctdtrinc, stdtrit


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two figures: answers, the spread of one answer, the list, the design effect."""

    answers: int
    sigma: float
    population: int | None = None
    design_effect: float = 1.0

    @property
    def variance(self) -> float:
        """The variance of the mean; raises ValueError where it cannot be."""
        listed = math.inf if self.population is None else self.population
        if self.answers < 2 or self.sigma <= 0 or self.design_effect <= 0:
            raise ValueError("answers must be at least 2, sigma and design effect above 0")
        if self.answers > listed:
            raise ValueError(f"{self.answers} answers are more than the list of {listed}")
        factor = self.design_effect / self.answers
        return self.sigma**2 * factor * (1 - self.answers / listed)


def power(difference: float, one: Side, other: Side, *, level: float = 0.95) -> float:
    """Give the chance that a two-sided t test finds a true difference of two independent means.

    Noncentral t with n₁ + n₂ − 2 degrees of freedom (Cohen 1988, ch. 2). Raises ValueError
    where both lists are answered in full, so that nothing is left to chance.
    """
    error, freedom, critical = _test(one, other, level)
    shift = abs(difference) / error
    return float(1 - nctdtr(freedom, shift, critical) + nctdtr(freedom, shift, -critical))


def detectable_difference(
    one: Side, other: Side, *, power: float = 0.8, level: float = 0.95
) -> float:
    """Give the true difference that is found with the stated chance; raises ValueError as above.

    The chance of a finding in the wrong direction is left out: it is below 10⁻⁵ from a power
    of 0.5 on.
    """
    if not 0.5 <= power < 1:
        raise ValueError("the power must be at least 0.5 and below 1")
    error, freedom, critical = _test(one, other, level)
    return float(nctdtrinc(freedom, 1 - power, critical)) * error


def _test(one: Side, other: Side, level: float) -> tuple[float, float, float]:
    """Give the standard error, the degrees of freedom and the critical value."""
    if not 0 < level < 1:
        raise ValueError("the level must lie between 0 and 1")
    error = math.sqrt(one.variance + other.variance)
    if error == 0:
        raise ValueError("both lists are answered in full: nothing is left to chance")
    freedom = float(one.answers + other.answers - 2)
    return error, freedom, float(stdtrit(freedom, (1 + level) / 2))

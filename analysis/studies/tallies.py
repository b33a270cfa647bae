"""How often intervals held what they should have held, counted run by run."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The runs of a study so far; `width` is the sum of the intervals' widths.

    `error` and `squared_error` are sums of estimate − truth and its square, in studies of bias.
    """

    runs: int = 0
    covered: int = 0
    width: float = 0.0
    error: float = 0.0
    squared_error: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            runs=self.runs + other.runs,
            covered=self.covered + other.covered,
            width=self.width + other.width,
            error=self.error + other.error,
            squared_error=self.squared_error + other.squared_error,
        )

    @classmethod
    def of(cls, estimate: float, interval: tuple[float, float], truth: float) -> "Tally":
        """Give the tally of one run."""
        low, high = interval
        return cls(
            runs=1,
            covered=int(low <= truth <= high),
            width=high - low,
            error=estimate - truth,
            squared_error=(estimate - truth) ** 2,
        )

    @property
    def coverage(self) -> float:
        """The share of runs that covered the truth; NaN before the first."""
        return self.covered / self.runs if self.runs else math.nan

    @property
    def monte_carlo_error(self) -> float:
        """The standard error of the coverage that comes from the number of runs."""
        if not self.runs:
            return math.nan
        # Shares of 0 and 1 have an error too: one run more could have missed (Agresti & Coull).
        share = (self.covered + 2) / (self.runs + 4)
        return math.sqrt(share * (1 - share) / (self.runs + 4))

    @property
    def mean_width(self) -> float:
        """The mean width of the intervals, in the unit of the study."""
        return self.width / self.runs if self.runs else math.nan

    @property
    def bias(self) -> float:
        """The mean of estimate − truth; NaN before the first run."""
        return self.error / self.runs if self.runs else math.nan

    @property
    def standard_error(self) -> float:
        """The standard deviation of the estimates about their mean; NaN before the second run."""
        if self.runs < 2:
            return math.nan
        spread = self.squared_error - self.runs * self.bias**2
        return math.sqrt(max(spread, 0.0) / (self.runs - 1))

    @property
    def bias_error(self) -> float:
        """The standard error of the bias that comes from the number of runs."""
        return self.standard_error / math.sqrt(self.runs) if self.runs else math.nan

"""How often intervals held what they should have held, counted run by run."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The runs of a study so far; `width` is the sum of the intervals' widths."""

    runs: int = 0
    covered: int = 0
    width: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            runs=self.runs + other.runs,
            covered=self.covered + other.covered,
            width=self.width + other.width,
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

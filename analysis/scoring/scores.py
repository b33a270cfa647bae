"""The values of a score sheet: group cells, leaves, units, and all of them with covariance."""

from dataclasses import dataclass
from fractions import Fraction

from analysis.intervals import interval
from analysis.scoring.columns import FloatArray
from analysis.scoring.weighting import GroupState, LeafState


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCell:
    """One group's part in one leaf of one unit.

    `mean` and `effective_weight` (ω*) are exact, in [0, 1]; where `n` is 0, `mean`, its standard
    error and degrees of freedom are None.
    `counts[column]` are the option counts in the order of the options, then don't know, not
    applicable, blank and not asked.
    """

    group: int
    n: int
    mean: Fraction | None
    effective_weight: Fraction
    state: GroupState
    counts: dict[int, tuple[int, ...]]
    standard_error: float | None
    degrees_of_freedom: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Give the interval of the mean, within [0, 1]; None where there is no mean."""
        if self.mean is None or self.standard_error is None or self.degrees_of_freedom is None:
            return None
        return interval(
            float(self.mean),
            self.standard_error,
            self.degrees_of_freedom,
            maximum=1.0,
            respondents=self.n,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafScore:
    """One leaf of one unit; `points` is None where it is not measurable; `cover` is κ."""

    code: str
    maximum: Fraction
    points: Fraction | None
    cover: Fraction
    state: LeafState
    groups: tuple[GroupCell, ...]
    standard_error: float | None
    degrees_of_freedom: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitScore:
    """One unit.

    `points` = Σ b, rescaled to `maximum` where leaves are not measurable (`rescaled`);
    `rankable` is False where the measured leaves carry less than the stated share of points.
    `ballots` were asked something, `valid` count on at least one leaf; `lost` is the share of
    ballots that fell to the half rule on some leaf.
    """

    unit: int
    leaves: tuple[LeafScore, ...]
    maximum: Fraction
    measured: Fraction
    points: Fraction | None
    rescaled: bool
    rankable: bool
    blocked: bool
    standard_error: float | None
    degrees_of_freedom: float | None
    interval: tuple[float, float] | None
    ballots: int
    valid: int
    lost: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Every unit's score with the covariance of all of them, shape (units, units).

    `merged_strata` are (stratum of one respondent, stratum it joined), in the order done.
    """

    units: tuple[UnitScore, ...]
    covariance: FloatArray
    merged_strata: tuple[tuple[int, int], ...]

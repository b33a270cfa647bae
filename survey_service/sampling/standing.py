"""What one person of a stratum stands for: its population, and the design weight."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from survey_service.sampling.contacts import Standing
from survey_service.sampling.summary import StratumSummary, Summary

_WEIGHT_PLACES: Final = 12


def standing_of(stratum: StratumSummary) -> Standing:
    """Give the population and design weight of a stratum's people."""
    chance = Fraction(stratum.probability)
    return Standing(
        population=stratum.people,
        weight=_decimal(1 / chance) if chance else "1",
    )


def standings_of(summary: Summary) -> Mapping[str, Standing]:
    """Give the population and design weight of every stratum's people."""
    return {stratum.stratum: standing_of(stratum) for stratum in summary.strata}


def _decimal(value: Fraction) -> str:
    """Write a fraction with at most 12 decimals, half-up."""
    scale = 10**_WEIGHT_PLACES
    scaled = (2 * value.numerator * scale + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(scaled, scale)
    return f"{whole}.{rest:0{_WEIGHT_PLACES}d}".rstrip("0").rstrip(".")

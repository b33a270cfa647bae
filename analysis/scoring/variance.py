"""Linearised variance from influence values, with the covariance of all units.

Woodruff (1971); Lumley (2010), Complex Surveys, §2.2 and appendix A: the variance of a smooth
figure is that of the total of its influence values. Sums run in a fixed order (bincount), so
that a recomputation gives the same bits.
"""

from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import FloatArray, IntArray
from analysis.scoring.design import Design


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Variance and Satterthwaite degrees of freedom, one of each per figure; 0 where none."""

    variance: FloatArray
    degrees_of_freedom: FloatArray


def sum_by(place: IntArray, value: FloatArray, size: int) -> FloatArray:
    """Sum the values that share a place, one after the other; places run from 0 to size − 1."""
    return np.bincount(place, value, size).astype(np.float64, copy=False)


def group_sums(design: Design, influence: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum Σt and Σt² per domain from the influence of each ballot on its own unit."""
    t = sum_by(design.pair, influence, len(design.pair_unit))
    domains = len(design.domain_unit)
    return (
        sum_by(design.pair_domain, t, domains),
        sum_by(design.pair_domain, t * t, domains),
    )


def group_spread(design: Design, sums: tuple[FloatArray, FloatArray], groups: int) -> Spread:
    """Give the spread of each group's own mean on each unit, both of shape (groups, units)."""
    areas, area = design.areas, design.area_of_domain
    first, second = sums
    part = areas.factor[area] * (second - areas.centre[area] * first**2 / areas.n[area])
    place = design.domain_group * design.units + design.domain_unit
    spread = _spread(place, part, areas.n[area], groups * design.units)
    return Spread(
        variance=spread.variance.reshape(groups, design.units),
        degrees_of_freedom=spread.degrees_of_freedom.reshape(groups, design.units),
    )


def combined_spread(
    design: Design, sums: tuple[FloatArray, FloatArray], weight: FloatArray
) -> Spread:
    """Give each unit's spread of Σ_g weight[g, u] · mean[g, u]."""
    areas = design.areas
    size = len(areas.unit)
    times = weight[design.domain_group, design.domain_unit]
    first = sum_by(design.area_of_domain, times * sums[0], size)
    second = sum_by(design.area_of_domain, times * times * sums[1], size)
    part = areas.factor * (second - areas.centre * first**2 / areas.n)
    return _spread(areas.unit, part, areas.n, design.units)


def _spread(place: IntArray, part: FloatArray, n: FloatArray, size: int) -> Spread:
    """Sum the strata's parts V_h per place.

    ν = V² / Σ_h V_h²/(n_h − 1) (Satterthwaite 1946, eq. 17).
    """
    part = np.maximum(part, 0.0)
    variance = sum_by(place, part, size)
    squares = sum_by(place, part**2 / np.maximum(n - 1, 1), size)
    known = squares > 0
    return Spread(
        variance=variance,
        degrees_of_freedom=np.where(known, variance**2 / np.where(known, squares, 1.0), 0.0),
    )


def covariance(design: Design, influence: FloatArray) -> FloatArray:
    """Give the covariance of all units' figures, shape (units, units), positive semidefinite.

    V_uu' = Σ_h (1 − f_h)·n_h/(n_h − 1)·Σ_j (t_ju − t̄_u)(t_ju' − t̄_u'). Where each person got
    a random subset of units, deviations are from the mean of those who got the unit, and a
    pair of units takes the geometric mean of its two factors.
    """
    areas, units = design.areas, design.units
    area = design.area_of_domain[design.pair_domain]
    t = sum_by(design.pair, influence, len(design.pair_unit))
    first = sum_by(area, t, len(areas.unit))
    own_mean = np.where(areas.subset == 1, areas.centre * first / areas.n, 0.0)
    deviation = (t - own_mean[area]) * np.sqrt(areas.factor)[area]
    whole = areas.subset == 0
    mean = (first * areas.centre * np.sqrt(areas.factor / areas.n))[whole]
    return _products(design.pair_respondent, design.pair_unit, deviation, units) - _products(
        areas.stratum[whole], areas.unit[whole], mean, units
    )


def _products(owner: IntArray, unit: IntArray, value: FloatArray, units: int) -> FloatArray:
    """Sum value·value' over the pairs of units of the same owner; owners are runs."""
    total = sum_by(unit * units + unit, value * value, units * units)
    for lag in range(1, len(owner)):
        same = np.flatnonzero(owner[lag:] == owner[:-lag])
        if not same.size:
            break
        later = same + lag
        product = value[same] * value[later]
        total += sum_by(unit[same] * units + unit[later], product, units * units)
        total += sum_by(unit[later] * units + unit[same], product, units * units)
    return total.reshape(units, units)

"""Alpha, item-rest correlations, omega and Mahalanobis distances on psych's bfi."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analysis.linear import FloatArray
from analysis.quality.consistency import alpha, consistency, feldt_interval
from analysis.quality.moments import Matrix, moments, spread, spread_within
from analysis.quality.omega import omega_total, one_factor
from analysis.quality.outlying import squared_distances
from analysis.scoring.columns import IntArray
from benchmarks.r_survey.families import Data, Family, Figures, numbers

KEYED = {"A": (1,), "C": (4, 5), "E": (1, 2), "N": (), "O": (2, 5)}
"""The reverse-worded items of each scale."""


def answers(data: Data, scale: str) -> IntArray:
    """Give a scale's complete answers as whole numbers, its reverse-worded items turned round."""
    items = [numbers(data["bfi"], f"{scale}{place}") for place in range(1, 6)]
    table = np.column_stack(items)
    table = table[~np.isnan(table).any(axis=1)].astype(np.int64)
    for item in KEYED[scale]:
        table[:, item - 1] = 7 - table[:, item - 1]
    return table


def _each(data: Data, part: Callable[[IntArray], dict[str, ArrayLike]]) -> Figures:
    return {
        f"{name}({scale})": {"value": value}
        for scale in KEYED
        for name, value in part(answers(data, scale)).items()
    }


def alphas(data: Data) -> Figures:
    """Compute alpha in its forms, with Feldt's interval; of pairs and within groups too."""

    def of(table: IntArray) -> dict[str, ArrayLike]:
        found = consistency(spread(moments(table)))
        if found.alpha is None or found.standardised is None:
            raise ValueError("the items of a scale do not vary")
        return {
            "raw": float(found.alpha),
            "standardised": found.standardised,
            "feldt": feldt_interval(found.alpha, len(table), table.shape[1]),
        }

    pair = of(answers(data, "N")[:, :2])
    columns = ("N1", "N2", "N3", "N4", "N5", "gender")
    sexes = np.column_stack([numbers(data["bfi"], name) for name in columns])
    sexes = sexes[~np.isnan(sexes).any(axis=1)].astype(np.int64)
    within = alpha(spread_within(sexes[:, :5], sexes[:, 5]))
    if within is None:
        raise ValueError("nothing varies within the sexes")
    return {
        **_each(data, of),
        "raw(pair)": {"value": pair["raw"]},
        "standardised(pair)": {"value": pair["standardised"]},
        "raw(within)": {"value": float(within)},
    }


def by_item(data: Data) -> Figures:
    """Compute each item's correlation with the rest, and alpha without it."""

    def of(table: IntArray) -> dict[str, ArrayLike]:
        found = consistency(spread(moments(table))).items
        return {
            "item_rest": [one.rest_correlation or np.nan for one in found],
            "if_deleted": [float(one.alpha_if_deleted or 0) for one in found],
        }

    return _each(data, of)


def omegas(data: Data) -> Figures:
    """Compute omega total, over the model's variance and over the observed one."""

    def of(table: IntArray) -> dict[str, ArrayLike]:
        matrix = spread(moments(table))
        correlations = _correlations(matrix)
        model = one_factor(correlations)
        total = omega_total(matrix)
        if model is None or total is None:
            raise ValueError("one factor does not fit")
        observed = 1 - float(model.unique.sum()) / float(correlations.sum())
        return {"omega_ml": total, "omega_observed": observed}

    return _each(data, of)


def distances(data: Data) -> Figures:
    """Compute the squared Mahalanobis distances of the first 200 people."""

    def of(table: IntArray) -> dict[str, ArrayLike]:
        found = squared_distances(table)
        if found is None:
            raise ValueError("the covariance is singular")
        return {"distances": found[:200]}

    return _each(data, of)


def _correlations(matrix: Matrix) -> FloatArray:
    raw = np.array([[float(entry) for entry in row] for row in matrix])
    sd = np.sqrt(np.diagonal(raw))
    return raw / (sd[:, None] * sd[None, :])


FAMILIES: tuple[Family, ...] = (
    Family(name="alpha", tolerance=1e-10, compute=alphas),
    Family(name="items against the rest", tolerance=1e-10, compute=by_item),
    Family(name="omega total", tolerance=1e-8, compute=omegas),
    Family(name="Mahalanobis distance", tolerance=1e-10, compute=distances),
)

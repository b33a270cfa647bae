"""Variances, covariances and correlations of values in the population."""

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import SurveyDesign
from analysis.estimation.estimates import Estimate, columns
from analysis.estimation.means import means


def pairs(figures: int) -> list[tuple[int, int]]:
    """List the pairs (i, j) of columns with i ≤ j, row by row: the order of `covariances`."""
    return [(i, j) for i in range(figures) for j in range(i, figures)]


def variances(design: SurveyDesign, values: ArrayLike) -> Estimate:
    """Estimate the population variance of each column; values of shape (n,) or (n, k).

    Mean of (y − ȳ)²·n/(n − 1) with n rows in the domain (R survey's svyvar).
    """
    table = columns(design, values)
    centred = table - means(design, table).values
    return means(design, centred**2 * _unbiased(design))


def covariances(design: SurveyDesign, values: ArrayLike) -> Estimate:
    """Estimate the covariance of all `pairs` of columns, with their own covariance."""
    table = columns(design, values)
    centred = table - means(design, table).values
    products = [centred[:, i] * centred[:, j] for i, j in pairs(table.shape[1])]
    return means(design, np.stack(products, axis=1) * _unbiased(design))


def correlations(design: SurveyDesign, values: ArrayLike) -> Estimate:
    """Estimate the correlations of the pairs of different columns, i < j, row by row.

    Linearised from the covariances. Raises ValueError where a column does not vary.
    """
    spread = covariances(design, values)
    figures = np.asarray(values).shape[1] if np.ndim(values) == 2 else 1
    place = {pair: number for number, pair in enumerate(pairs(figures))}
    own = [float(spread.values[place[i, i]]) for i in range(figures)]
    if figures < 2 or min(own) <= 0:
        raise ValueError("a correlation needs two columns that vary")
    chosen = list(combinations(range(figures), 2))
    gradient = np.zeros((len(chosen), len(place)))
    correlation = np.zeros(len(chosen))
    for row, (i, j) in enumerate(chosen):
        scale = 1 / np.sqrt(own[i] * own[j])
        correlation[row] = spread.values[place[i, j]] * scale
        gradient[row, place[i, j]] = scale
        gradient[row, place[i, i]] = -correlation[row] / (2 * own[i])
        gradient[row, place[j, j]] = -correlation[row] / (2 * own[j])
    return spread.smooth(correlation, gradient)


def _unbiased(design: SurveyDesign) -> float:
    rows = int(design.inside.sum())
    if rows < 2:
        raise ValueError("a variance needs two rows or more")
    return rows / (rows - 1)

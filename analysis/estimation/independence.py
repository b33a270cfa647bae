"""Tests of independence in a two-way table of weighted shares."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from analysis.estimation.comparisons import FTest, f_test, quadratic
from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.estimates import Estimate, classes
from analysis.estimation.means import means, totals


@dataclass(frozen=True, slots=True, kw_only=True)
class RaoScott:
    """Pearson's X² of a table and its corrections for the design.

    `pearson` is X² of the weighted shares at so many rows, with (r − 1)(c − 1) `cells` free;
    `first_order` its p-value by X²/δ̄ ~ χ²; `second_order` the F of X²/Σδ with Satterthwaite's
    degrees of freedom (Rao & Scott 1984; Thomas & Rao 1987), δ the generalised design effects.
    """

    pearson: float
    cells: int
    first_order: float
    second_order: FTest


def rao_scott_test(
    design: SurveyDesign, rows: ArrayLike, columns: ArrayLike, *, sample_size: int | None = None
) -> RaoScott:
    """Test whether two classifications, labels of shape (n,), are independent.

    X² is taken at the rows of the domain; another sample size scales it and changes no p-value
    (R's svychisq counts the rows with a missing answer too). Raises ValueError where one of the
    classifications has a single class in the domain.
    """
    cells, shape = _cells(design, rows, columns, means)
    share = cells.values.reshape(shape)
    expected = share.sum(axis=1, keepdims=True) * share.sum(axis=0)
    size = int(design.inside.sum()) if sample_size is None else sample_size
    pearson = float(size * ((share - expected) ** 2 / expected).sum())
    contrast = _interaction(shape)
    filled = cells.values > 0
    inverse = np.where(filled, 1 / np.where(filled, cells.values, 1.0), 0.0)
    weighted = contrast * inverse[:, None]
    simple = contrast.T @ weighted / size
    effects = np.linalg.solve(simple, weighted.T @ cells.covariance @ weighted)
    trace = float(effects.trace())
    numerator = trace**2 / float((effects @ effects).trace())
    free = (shape[0] - 1) * (shape[1] - 1)
    return RaoScott(
        pearson=pearson,
        cells=free,
        first_order=float(chdtrc(free, pearson * free / trace)),
        second_order=f_test(
            pearson / trace, numerator, numerator * cells.design.degrees_of_freedom
        ),
    )


def wald_independence(
    design: SurveyDesign, rows: ArrayLike, columns: ArrayLike, *, adjusted: bool = False
) -> FTest:
    """Test independence by the Wald statistic of the residual cell totals.

    Koch, Freeman & Freeman (1975); the residuals are T_ij − T_i.·T_.j/T, linearised.
    `adjusted` corrects it for few degrees of freedom (Fellegi 1980; R's "adjWald").
    """
    cells, (high, wide) = _cells(design, rows, columns, totals)
    count = cells.values.reshape(high, wide)
    above, beside, size = count.sum(axis=1), count.sum(axis=0), count.sum()
    residual = count - above[:, None] * beside / size
    gradient = np.zeros((high, wide, high, wide))
    for i in range(high):
        for j in range(wide):
            gradient[i, j] += above[i] * beside[j] / size**2
            gradient[i, j, i, j] += 1
            gradient[i, j, i, :] -= beside[j] / size
            gradient[i, j, :, j] -= above[i] / size
    free = gradient[1:, 1:].reshape(-1, high * wide)
    tested = cells.smooth(residual[1:, 1:].ravel(), free)
    number, df = len(tested.values), tested.degrees_of_freedom
    statistic = quadratic(tested.covariance, tested.values) / number
    if not adjusted:
        return f_test(statistic, number, df)
    left = df - number + 1
    return f_test(statistic * left / df, number, left)


def _cells(
    design: SurveyDesign,
    rows: ArrayLike,
    columns: ArrayLike,
    statistic: Callable[[SurveyDesign, ArrayLike], Estimate],
) -> tuple[Estimate, tuple[int, int]]:
    """Estimate the shares or totals of all cells, row by row, and the shape of the table."""
    above, row = classes(design, rows)
    beside, column = classes(design, columns)
    high, wide = len(above), len(beside)
    if high < 2 or wide < 2:
        raise ValueError("a table to test has two rows and two columns or more")
    cell = row * wide + column
    return statistic(design, cell[:, None] == np.arange(high * wide)), (high, wide)


def _interaction(shape: tuple[int, int]) -> FloatArray:
    """Span the (r − 1)(c − 1) interaction contrasts, orthogonal to both margins."""
    high, wide = (np.eye(size)[:, 1:] - 1 / size for size in shape)
    return np.asarray(np.kron(high, wide), dtype=np.float64)

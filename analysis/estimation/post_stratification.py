"""Post-stratification: weights scaled within each class to its known size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray
from analysis.estimation.margins import Margin, refuse_unreachable
from analysis.estimation.residuals import RegressionResiduals


@dataclass(frozen=True, slots=True, kw_only=True)
class PostStratified:
    """Weights that add up to the size of every class.

    `weights` has shape (n,), `factors` (new ÷ old) one entry per class; `step` is for
    `design.adjusted`.
    """

    weights: FloatArray
    factors: FloatArray
    step: RegressionResiduals


def post_stratify(weights: ArrayLike, classes: Margin) -> PostStratified:
    """Scale weights of shape (n,) to the total of each class; cross variables with `crossed`.

    Raises ValueError, naming the class, where one has a total but no rows, or rows but no total
    (Holt & Smith 1979, JRSS A 142(1); equals R survey's `postStratify`).
    """
    base = np.array(weights, dtype=np.float64)
    refuse_unreachable(base, (classes,))
    sums = classes.sums(base)
    factors = np.divide(classes.totals, sums, out=np.ones_like(sums), where=sums > 0)
    fitted = base * factors[classes.category]
    return PostStratified(
        weights=fitted,
        factors=factors,
        step=RegressionResiduals(
            auxiliary=np.eye(len(classes.labels)),
            row=classes.category,
            leverage=base,
            weights=fitted,
        ),
    )

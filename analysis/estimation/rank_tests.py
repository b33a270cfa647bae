"""Rank tests for weighted samples (Lumley & Scott 2013): two groups or several."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from analysis.estimation.comparisons import FTest, TTest, difference_test, wald_test
from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.estimates import by_group, columns
from analysis.estimation.means import means

Score = Literal["rank", "normal", "median"]
Ties = Literal["middle", "row order"]


def rank_scores(
    design: SurveyDesign, values: ArrayLike, *, score: Score = "rank", ties: Ties = "middle"
) -> FloatArray:
    """Give each row, shape (n,), the score of its estimated rank in the population.

    "rank" is the share below plus half its own (Wilcoxon, Kruskal-Wallis), "normal" the normal
    quantile of that (van der Waerden), "median" whether it passes one half. Tied rows share the
    middle of their weights; "row order" averages their ranks in the order of the rows instead,
    as R survey does, so that equal data in another order give other figures.
    """
    column = columns(design, values)[:, 0]
    inside = np.flatnonzero(design.inside)
    order = inside[np.argsort(column[inside], kind="stable")]
    weights = design.weights[order]
    place = np.unique(column[order], return_inverse=True)[1]
    rank = np.cumsum(weights) - weights / 2
    share = np.ones(len(order)) if ties == "row order" else weights
    rank = np.bincount(place, share * rank) / np.bincount(place, share)
    position = np.zeros(len(design))
    position[order] = rank[place] / weights.sum()
    if score == "normal":
        position[inside] = ndtri(position[inside])
    if score == "median":
        position = (position > 1 / 2).astype(np.float64)
    return position


def two_group_rank_test(
    design: SurveyDesign,
    values: ArrayLike,
    groups: ArrayLike,
    *,
    score: Score = "rank",
    ties: Ties = "middle",
) -> TTest:
    """Test whether two groups, labels of shape (n,), differ in the mean score of their ranks."""
    return difference_test(design, rank_scores(design, values, score=score, ties=ties), groups)


def rank_test(
    design: SurveyDesign,
    values: ArrayLike,
    groups: ArrayLike,
    *,
    score: Score = "rank",
    ties: Ties = "middle",
) -> FTest:
    """Test whether any of several groups differs in the mean score of its ranks.

    Wald F of the differences from the first group with the design's degrees of freedom less
    their number (R's svyranktest for more than two groups).
    """
    scores = rank_scores(design, values, score=score, ties=ties)
    grouped = by_group(design, groups, lambda domain: means(domain, scores))
    others = len(grouped.labels) - 1
    if others < 1:
        raise ValueError("a rank test compares two groups or more")
    differences = np.hstack([-np.ones((others, 1)), np.eye(others)])
    return wald_test(
        grouped.joint.contrast(differences), denominator=design.degrees_of_freedom - others
    )

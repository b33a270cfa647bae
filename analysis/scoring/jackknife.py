"""The delete-one jackknife of a unit's score, an independent check on the linearised error."""

from collections.abc import Sequence

import numpy as np

from analysis.scoring.blocks import lay_out
from analysis.scoring.columns import Ballots, FloatArray, IndexColumns, Stratum
from analysis.scoring.counting import read_leaf
from analysis.scoring.design import design_of
from analysis.scoring.scores import Scores
from analysis.scoring.variance import sum_by


def jackknife_variance(
    ballots: Ballots, strata: Sequence[Stratum], index: IndexColumns, scores: Scores, unit: int
) -> float:
    """Give the stratified jackknife variance (JKn) of a unit's score.

    Each respondent in turn is left out and the rest of the stratum weighted by n_h/(n_h − 1);
    the effective weights ω* stay those of `scores`. V = Σ (1 − f_h)(n_h − 1)/n_h (θ_r − θ̄)²
    about the mean of all replicates (Rust & Rao 1996, eq. 2; R survey's `mse = FALSE`). Strata of
    one respondent are merged as in scoring, and one that stays alone adds nothing; a stratum
    whose people were given a subset of units takes no f_h.
    """
    layout = lay_out(ballots, index)
    design = design_of(layout.ballots, strata, len(index.unit_class))
    people, row_person = np.unique(layout.ballots.respondent, return_inverse=True)
    stratum = np.zeros(len(people), dtype=np.int64)
    stratum[row_person] = design.pair_stratum[design.pair]
    n = np.bincount(stratum, minlength=len(strata)).astype(np.float64)
    grown = (n / np.maximum(n - 1, 1))[stratum]

    def without_each(part: FloatArray) -> FloatArray:
        """Sum a part of every respondent over the sample, each respondent left out in turn."""
        own = sum_by(stratum, part, len(strata))[stratum]
        return float(part.sum()) - own + grown * (own - part)

    score = scores.units[unit]
    replicate = np.zeros(len(people))
    for leaf, leaf_score in zip(index.leaves[index.unit_class[unit]], score.leaves, strict=True):
        for cell in leaf_score.groups:
            if not cell.effective_weight:
                continue
            block = next(
                one
                for one in layout.blocks
                if one.group == cell.group and one.unit_class == index.unit_class[unit]
            )
            answers = read_leaf(layout, block, leaf, index.values, half_rule=index.half_rule)
            mine = answers.valid & (layout.ballots.unit[block.rows] == unit)
            weight = np.where(mine, block.row_weights, 0.0)
            person = row_person[block.rows]
            sums = without_each(sum_by(person, weight * answers.score, len(people)))
            base = without_each(sum_by(person, weight, len(people)))
            share = float(leaf.maximum * cell.effective_weight)
            mean = 0.0 if cell.mean is None else float(cell.mean)
            gone = base <= 0
            replicate += share * np.where(gone, mean, sums / np.where(gone, 1.0, base))
    replicate *= float(score.maximum / score.measured) if score.measured else 0.0
    population = np.array(
        [np.inf if s.population is None or s.subset else s.population for s in design.pooled]
    )
    factor = ((1 - n / population) * (n - 1) / np.maximum(n, 1))[stratum]
    return float((factor * (replicate - replicate.mean()) ** 2).sum())

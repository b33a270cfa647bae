from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import small

from analysis.scoring.columns import Ballots, Stratum
from analysis.scoring.design import design_of
from analysis.scoring.item_means import ItemMeans, item_means
from analysis.scoring.scoring import score, score_parts
from analysis.scoring.unit_means import item_values, unit_means

WORTH = [float(worth) for worth in small.LINEAR]


def means_of(ballots: Ballots, strata: tuple[Stratum, ...]) -> ItemMeans:
    columns = ballots.answers.shape[1]
    design = design_of(ballots, strata, 4)
    return item_means(ballots, design, range(columns), [WORTH] * columns)


@pytest.mark.parametrize("seed", range(12))
def test_counts_give_what_the_ballots_give(seed: int) -> None:
    ballots, strata, _ = small.random_survey(seed)
    found = means_of(ballots, strata)
    design = design_of(ballots, strata, 4)
    for column in range(5):
        value, valid = item_values(ballots, column, WORTH)
        one = unit_means(ballots, design, value, valid)
        assert np.array_equal(found.n[column], one.n)
        np.testing.assert_allclose(found.mean[column], one.mean, rtol=1e-12)
        known = one.n > 0
        np.testing.assert_allclose(
            found.standard_error[column][known], one.standard_error[known], rtol=1e-10, atol=1e-15
        )


def test_the_order_of_the_ballots_changes_no_bit() -> None:
    ballots, strata, _ = small.random_survey(3)
    turned = replace(
        ballots,
        **{
            name: getattr(ballots, name)[::-1]
            for name in ("respondent", "stratum", "group", "unit", "weight", "answers")
        },
    )
    one, other = means_of(ballots, strata), means_of(turned, strata)
    assert np.array_equal(one.mean, other.mean, equal_nan=True)
    assert np.array_equal(one.standard_error, other.standard_error, equal_nan=True)


def test_an_item_nobody_answered_has_no_mean() -> None:
    ballots = small.ballots([(0, 0, 0, [-1]), (1, 0, 0, [-1])])
    found = item_means(ballots, design_of(ballots, (Stratum(population=9),), 1), [0], [WORTH])
    assert np.isnan(found.mean).all()
    assert np.isnan(found.standard_error).all()
    assert found.n.tolist() == [[0]]


def test_what_counts_cannot_tell_is_refused() -> None:
    free = (Stratum(population=None),)
    twice = small.ballots([(0, 0, 0, [1]), (0, 0, 0, [2])])
    with pytest.raises(ValueError, match="two ballots about one unit"):
        item_means(twice, design_of(twice, free, 1), [0], [WORTH])
    beyond = small.ballots([(0, 0, 0, [6])])
    with pytest.raises(ValueError, match="column 0 holds an option beyond 5"):
        item_means(beyond, design_of(beyond, free, 1), [0], [WORTH])


@pytest.mark.parametrize("seed", range(8))
def test_a_part_scores_as_an_index_of_its_own_to_the_last_bit(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    whole, parts = score_parts(ballots, strata, index, {("component", "B"): {0: {"2"}}})
    assert whole.units == score(ballots, strata, index).units
    alone = score(ballots, strata, replace(index, leaves=((index.leaves[0][1],),)))
    part = parts["component", "B"]
    assert part.units == alone.units
    assert np.array_equal(part.covariance, alone.covariance)


def test_integers_beyond_64_bits_are_still_exact() -> None:
    odd = tuple(Fraction(4 - place, 4) + Fraction(0, 1) for place in range(4))
    values = (*odd, Fraction(1, 2**61 - 1))
    one = small.leaf(items=[[0, 1, 2]])
    index = replace(small.index(one, columns=3), values=(values,) * 3)
    ballots = small.ballots([(0, 0, 0, [1, 2, 5]), (1, 0, 0, [4, 5, 5])])
    unit = score(ballots, (Stratum(population=None),), index).units[0]
    low = values[4]
    first = (values[0] + values[1] + low) / 3
    assert unit.points == (first + (values[3] + 2 * low) / 3) / 2

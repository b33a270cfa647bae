from dataclasses import replace

import numpy as np
import pytest
import small

from analysis.scoring.blocks import lay_out
from analysis.scoring.scoring import score


@pytest.mark.parametrize("seed", range(6))
def test_the_numbers_that_stand_for_people_do_not_matter(seed: int) -> None:
    """Small numbers are counted, great ones sorted, and too great ones sorted key by key."""
    ballots, strata, index = small.random_survey(seed)
    plain = score(ballots, strata, index)
    for names in (ballots.respondent * 10**6 + 7, ballots.respondent + (2**62)):
        named = score(replace(ballots, respondent=names), strata, index)
        assert named.units == plain.units
        assert np.array_equal(named.covariance, plain.covariance)


def test_ballots_lie_by_group_unit_weight_and_respondent() -> None:
    ballots, _, index = small.random_survey(4)
    laid = lay_out(ballots, index).ballots
    keys = [
        tuple(key)
        for key in np.stack([laid.group, laid.unit, laid.weight, laid.respondent], axis=1).tolist()
    ]
    assert keys == sorted(keys)
    assert np.array_equal(lay_out(ballots, index).columns.T, laid.answers)


def test_more_ballots_than_are_turned_at_a_time_are_all_there() -> None:
    n = 9000
    rows = [(person, 0, 0, [1 + person % 5]) for person in range(n)]
    ballots = small.ballots(rows)
    laid = lay_out(ballots, small.index(small.leaf()))
    assert laid.columns.shape == (1, n)
    assert sorted(laid.columns[0].tolist()) == sorted(ballots.answers[:, 0].tolist())

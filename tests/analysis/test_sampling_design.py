"""The design: lone strata, populations, units given at random, several ballots of a pair."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
import small
import synth

from analysis.scoring.columns import Stratum
from analysis.scoring.design import design_of
from analysis.scoring.jackknife import jackknife_variance
from analysis.scoring.scoring import score
from analysis.scoring.unit_means import item_values, unit_means
from analysis.scoring.variance import covariance

Row = tuple[int, int, int, list[int]]


def merged(rows: Sequence[Row], strata: Sequence[int]) -> tuple[tuple[int, int], ...]:
    listed = tuple(Stratum(population=100) for _ in range(max(strata) + 1))
    return design_of(small.ballots(rows, strata=strata), listed, 9).merged


def test_a_lone_stratum_joins_the_nearest_that_rated_the_same_unit() -> None:
    # Stratum 2 is alone; 1 is nearer than 0, but only 0 rated the same unit.
    rows: list[Row] = [(0, 0, 5, [1]), (1, 0, 5, [2]), (2, 0, 6, [1]), (3, 0, 6, [1]),
                       (4, 0, 5, [3])]  # fmt: skip
    assert merged(rows, [0, 0, 1, 1, 2]) == ((2, 0),)


def test_a_lone_stratum_joins_the_nearest_of_its_group_otherwise() -> None:
    rows: list[Row] = [(0, 0, 1, [1]), (1, 0, 1, [2]), (2, 1, 2, [1]), (3, 1, 2, [1]),
                       (4, 0, 3, [3])]  # fmt: skip
    assert merged(rows, [0, 0, 1, 1, 2]) == ((2, 0),)


def test_of_two_equally_near_strata_the_earlier_is_joined() -> None:
    rows: list[Row] = [(0, 0, 1, [1]), (1, 0, 1, [2]), (2, 0, 1, [1]), (3, 0, 1, [1]),
                       (4, 0, 1, [3])]  # fmt: skip
    assert merged(rows, [0, 0, 1, 2, 2]) == ((1, 0),)


def test_lone_strata_join_each_other_and_count_together() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 0, 0, [5]), (2, 0, 0, [2])]
    strata = [Stratum(population=n) for n in (30, 40, None)]
    design = design_of(small.ballots(rows, strata=[0, 1, 2]), strata, 1)
    assert design.merged == ((0, 1), (2, 1))
    assert design.strata == {1: 3}
    assert design.pooled[1] == Stratum(population=None)
    two = design_of(small.ballots(rows[:2], strata=[0, 1]), strata, 1)
    assert two.pooled[1] == Stratum(population=70)


def test_a_stratum_alone_in_its_group_is_compared_with_the_grand_mean() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 0, 0, [3]), (2, 1, 0, [5])]
    ballots = small.ballots(rows)
    design = design_of(ballots, (Stratum(population=None), Stratum(population=4)), 1)
    assert design.merged == ()
    value, valid = item_values(ballots, 0, [1, 0.75, 0.5, 0.25, 0])
    z = (np.array([1, 0.5, 0]) - 0.5) / 3
    means = unit_means(ballots, design, value, valid)
    away = z[:2] - z[:2].mean()
    assert means.covariance[0, 0] == pytest.approx(2 * (away**2).sum() + 3 / 4 * z[2] ** 2)


def test_merged_strata_are_reported_with_the_scores() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 0, 0, [2]), (2, 0, 0, [4])]
    strata = (Stratum(population=None),) * 2
    scores = score(
        small.ballots(rows, strata=[0, 0, 1]), strata, small.index(small.leaf(), units=1)
    )
    assert scores.merged_strata == ((1, 0),)


def test_more_respondents_than_people_are_refused() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 0, 0, [2])]
    with pytest.raises(ValueError, match="stratum 0 holds 2 respondents"):
        design_of(small.ballots(rows), (Stratum(population=1),), 1)


@pytest.mark.parametrize("column", ["group", "stratum"])
def test_a_respondent_in_two_groups_or_strata_is_refused(column: str) -> None:
    groups = (0, 1) if column == "group" else (0, 0)
    rows: list[Row] = [(0, group, unit, [1]) for unit, group in enumerate(groups)]
    strata = [0, 0] if column == "group" else [0, 1]
    with pytest.raises(ValueError, match="one stratum and one group"):
        design_of(small.ballots(rows, strata=strata), (Stratum(population=None),) * 2, 2)


def test_two_ballots_of_a_person_on_a_unit_are_one_cluster() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (0, 0, 0, [1]), (1, 0, 0, [3]), (2, 0, 0, [5])]
    ballots, free = small.ballots(rows), (Stratum(population=None),)
    unit = score(ballots, free, small.index(small.leaf())).units[0]
    t = np.array([2 * (1 - 0.625), 0.5 - 0.625, 0 - 0.625]) / 4
    assert unit.standard_error == pytest.approx((3 / 2 * (t**2).sum()) ** 0.5)


def test_respondents_without_a_valid_answer_count_in_their_stratum() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 0, 0, [3]), (2, 0, 0, [-1]), (3, 0, 1, [2])]
    unit = score(
        small.ballots(rows), (Stratum(population=None),), small.index(small.leaf(), units=2)
    ).units[0]
    t = np.array([0.125, -0.125, 0, 0])
    assert unit.standard_error == pytest.approx((4 / 3 * (t**2).sum()) ** 0.5)


def test_units_given_at_random_count_only_those_who_got_them() -> None:
    """The factor is n_hu/(n_hu − 1) with f = n_hu/N_h, deviations from the mean of those asked."""
    rows: list[Row] = [(0, 0, 0, [1]), (0, 0, 1, [2]), (1, 0, 0, [3]), (2, 0, 0, [4]),
                       (2, 0, 1, [5]), (3, 0, 1, [1])]  # fmt: skip
    ballots = small.ballots(rows)
    z = np.array([0.3, 0.1, -0.2, 0.0, 0.4, -0.3])
    design = design_of(ballots, (Stratum(population=10, subset=True),), 2)
    got = covariance(design, z)
    first, second = z[[0, 2, 3]] - z[[0, 2, 3]].mean(), z[[1, 4, 5]] - z[[1, 4, 5]].mean()
    factor = (1 - 3 / 10) * 3 / 2
    assert got[0, 0] == pytest.approx(factor * (first**2).sum())
    assert got[1, 1] == pytest.approx(factor * (second**2).sum())
    assert got[0, 1] == pytest.approx(factor * (first[0] * second[0] + first[2] * second[1]))


def test_random_subsets_keep_the_covariance_semidefinite() -> None:
    for seed in range(40):
        ballots, _, index = small.random_survey(seed, units=6)
        strata = (Stratum(population=60, subset=True),) * 3
        matrix = score(ballots, strata, index).covariance
        assert np.linalg.eigvalsh(matrix).min() > -1e-9


def test_a_unit_given_to_one_person_of_a_subset_stratum_keeps_a_finite_error() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 0, 1, [3]), (2, 0, 1, [5]), (3, 1, 0, [5])]
    strata = (Stratum(population=None, subset=True),) * 2
    one = small.leaf(weights=(50, 50))
    unit = score(small.ballots(rows), strata, small.index(one, units=2)).units[0]
    assert unit.points == Fraction(1, 2)
    assert unit.standard_error == 0


def test_the_subset_rule_covers_where_the_plain_correction_does_not() -> None:
    """A list that answers in full, 8 of 20 units each: the truth is the mean over all people."""
    rng = np.random.default_rng(11)
    people, units, given = 40, 20, 8
    caught = {True: 0, False: 0}
    runs = 150
    for _ in range(runs):
        opinion = np.clip(rng.normal(2.5, 1.0, (people, units)).round(), 1, 5).astype(int)
        rows: list[Row] = [
            (person, 0, unit, [int(opinion[person, unit])])
            for person in range(people)
            for unit in rng.permutation(units)[:given].tolist()
        ]
        ballots = small.ballots(rows)
        value, valid = item_values(ballots, 0, [1, 2, 3, 4, 5])
        for subset in caught:
            design = design_of(ballots, (Stratum(population=people, subset=subset),), units)
            means = unit_means(ballots, design, value, valid)
            away = np.abs(means.mean - opinion.mean(axis=0))
            caught[subset] += int((away <= 2.13 * means.standard_error).sum())
    assert caught[True] / (runs * units) > 0.92
    assert caught[False] / (runs * units) < 0.05  # n_h = N_h leaves no error at all


def test_the_jackknife_agrees_with_the_linearised_error() -> None:
    ballots, strata = synth.survey()
    scores = score(ballots, strata, synth.index())
    for unit in scores.units[:4]:
        other = jackknife_variance(ballots, strata, synth.index(), scores, unit.unit)
        assert unit.standard_error is not None
        assert other**0.5 == pytest.approx(unit.standard_error, rel=0.05)


def test_the_jackknife_corrects_for_the_list_but_not_where_units_are_given_at_random() -> None:
    ballots, _, index = small.random_survey(4)

    def variance(population: int | None, *, subset: bool) -> float:
        strata = (Stratum(population=population, subset=subset),) * 3
        scores = score(ballots, strata, index)
        return jackknife_variance(ballots, strata, index, scores, 0)

    free = variance(None, subset=False)
    assert variance(60, subset=False) < 0.99 * free
    assert variance(60, subset=True) == free


def test_the_jackknife_keeps_a_mean_that_only_one_person_gave() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 1, 0, [5]), (2, 1, 1, [1]), (3, 0, 0, [2])]
    strata = (Stratum(population=None),) * 2
    ballots, index = small.ballots(rows), small.index(small.leaf(weights=(50, 50)), units=2)
    scores = score(ballots, strata, index)
    variance = jackknife_variance(ballots, strata, index, scores, 0)
    theta = np.array([0.375, 0.5, 0.4375, 0.4375])
    assert variance == pytest.approx((((theta - theta.mean()) ** 2) / 2).sum())


def test_means_of_units_without_valid_ballots_are_nan() -> None:
    rows: list[Row] = [(0, 0, 0, [1]), (1, 0, 0, [3])]
    ballots = small.ballots(rows)
    design = design_of(ballots, (Stratum(population=None),), 2)
    means = unit_means(ballots, design, *item_values(ballots, 0, [1, 1, 0, 0, 0]))
    assert means.mean[0] == 0.5
    assert np.isnan(means.mean[1])
    assert np.isnan(means.design_effect[1])
    assert means.n.tolist() == [2, 0]

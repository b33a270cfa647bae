"""What must hold of any survey's scores, whatever the answers."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import small
from hypothesis import given
from hypothesis import strategies as st

from analysis.scoring.columns import BLANK, DONT_KNOW, Ballots, IndexColumns, Stratum
from analysis.scoring.scoring import score

SEEDS = st.integers(0, 10_000)


def shuffled(ballots: Ballots, seed: int) -> Ballots:
    order = np.random.default_rng(seed).permutation(len(ballots.unit))
    return replace(
        ballots,
        respondent=ballots.respondent[order],
        stratum=ballots.stratum[order],
        group=ballots.group[order],
        unit=ballots.unit[order],
        weight=ballots.weight[order],
        answers=ballots.answers[order],
    )


def doubled(ballots: Ballots) -> Ballots:
    """Add a twin of every respondent."""
    twins = ballots.respondent + ballots.respondent.max() + 1
    return replace(
        ballots,
        respondent=np.concatenate([ballots.respondent, twins]),
        stratum=np.tile(ballots.stratum, 2),
        group=np.tile(ballots.group, 2),
        unit=np.tile(ballots.unit, 2),
        weight=np.tile(ballots.weight, 2),
        answers=np.tile(ballots.answers, (2, 1)),
    )


@given(seed=SEEDS)
def test_covariance_equals_the_definition(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    _, influence = small.plain_points(ballots, index)
    want = small.plain_covariance(ballots, strata, influence)
    got = score(ballots, strata, index).covariance
    assert np.allclose(got, want, rtol=1e-10, atol=1e-13)
    assert np.array_equal(got, got.T)


@given(seed=SEEDS)
def test_the_order_of_rows_changes_no_bit(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    one, two = (score(b, strata, index) for b in (ballots, shuffled(ballots, seed)))
    assert one.units == two.units
    assert one.covariance.tobytes() == two.covariance.tobytes()


@given(seed=SEEDS)
def test_doubling_the_answers_keeps_the_points_and_narrows_the_error(seed: int) -> None:
    ballots, _, index = small.random_survey(seed)
    free = (Stratum(population=None),) * 3
    one, two = (score(b, free, index) for b in (ballots, doubled(ballots)))
    for before, after in zip(one.units, two.units, strict=True):
        assert after.points == before.points
        if before.standard_error:
            assert after.standard_error is not None
            assert 0.5 * before.standard_error <= after.standard_error < before.standard_error


@given(seed=SEEDS, option=st.integers(1, 5))
def test_equal_answers_give_their_value_without_error(seed: int, option: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    same = replace(ballots, answers=np.full_like(ballots.answers, option))
    for unit in score(same, strata, index).units:
        if unit.points is not None:
            assert unit.interval is not None
            assert unit.points == 30 * small.LINEAR[option - 1]
            assert unit.standard_error == 0
            assert 0 <= unit.interval[0] <= float(unit.points) <= unit.interval[1] <= 30
            assert unit.interval[0] < unit.interval[1]


@given(seed=SEEDS)
def test_intervals_hold_the_figure_and_stay_inside(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    for unit in score(ballots, strata, index).units:
        for one in (unit, *unit.leaves):
            if one.points is not None:
                assert one.interval is not None
                low, high = one.interval
                assert 0 <= low <= float(one.points) + 1e-12
                assert float(one.points) - 1e-12 <= high <= float(one.maximum)


@given(seed=SEEDS)
def test_a_group_has_the_error_of_a_leaf_on_which_it_weighs_alone(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    open_to_all = replace(index, minimum_cover=Fraction(0))
    whole = score(ballots, strata, open_to_all)
    for group in range(len(index.leaves[0][0].weights)):
        alone = score(ballots, strata, _only(open_to_all, group))
        for unit, single in zip(whole.units, alone.units, strict=True):
            for leaf, one in zip(unit.leaves, single.leaves, strict=True):
                cell = next((cell for cell in leaf.groups if cell.group == group), None)
                if cell is None:
                    continue
                if cell.mean is None:
                    assert (cell.standard_error, cell.degrees_of_freedom, cell.interval) == (
                        None, None, None,
                    )  # fmt: skip
                elif one.points is not None:
                    scale = float(one.maximum)
                    assert cell.interval is not None
                    assert cell.standard_error == pytest.approx((one.standard_error or 0) / scale)
                    assert cell.degrees_of_freedom == pytest.approx(one.degrees_of_freedom)
                    assert [scale * end for end in cell.interval] == pytest.approx(one.interval)


def _only(index: IndexColumns, group: int) -> IndexColumns:
    """Let one group carry the whole weight of every leaf on which it has any."""
    return replace(
        index,
        leaves=tuple(
            tuple(
                replace(
                    leaf,
                    weights=tuple(
                        Fraction(at == group and weight > 0)
                        for at, weight in enumerate(leaf.weights)
                    ),
                )
                for leaf in leaves
            )
            for leaves in index.leaves
        ),
    )


@given(seed=SEEDS)
def test_only_dont_know_and_blanks_measure_nothing(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    nothing = np.where(ballots.answers % 2 == 0, DONT_KNOW, BLANK).astype(np.int16)
    scores = score(replace(ballots, answers=nothing), strata, index)
    assert not scores.covariance.any()
    for unit in scores.units:
        assert (unit.points, unit.interval, unit.standard_error) == (None, None, None)
        assert (unit.valid, unit.rankable, unit.lost) == (0, False, 0)
        assert {cell.state for leaf in unit.leaves for cell in leaf.groups} == {"empty"}


def test_a_unit_nobody_rated_has_no_points() -> None:
    ballots, strata, index = small.random_survey(3, units=4)
    scores = score(ballots, strata, replace(index, unit_class=(0,) * 5))
    alone = scores.units[4]
    assert (alone.points, alone.ballots, alone.measured, alone.rankable) == (None, 0, 0, False)
    assert not scores.covariance[4].any()
    assert scores.units[:4] == score(ballots, strata, index).units


def test_no_ballots_at_all_score_nothing() -> None:
    scores = score(small.ballots([]), (), small.index(small.leaf(), units=2))
    assert [unit.points for unit in scores.units] == [None, None]
    assert not scores.covariance.any()


def test_a_unit_of_one_group_scores_by_it_alone() -> None:
    rows = [(i, 1, 0, [1 + i % 3]) for i in range(12)]
    one = small.leaf(maximum=30, weights=(0, 100), items=((), (0,)))
    strata = (Stratum(population=None),) * 2
    unit = score(small.ballots(rows), strata, small.index(one)).units[0]
    assert unit.points == 30 * Fraction(3, 4)
    assert [cell.group for cell in unit.leaves[0].groups] == [1]
    t = 30 * (np.array([1.0, 0.75, 0.5] * 4) - 0.75) / 12
    assert unit.standard_error == pytest.approx(float((12 / 11 * (t**2).sum()) ** 0.5))
    assert unit.degrees_of_freedom == pytest.approx(11)


def test_unit_classes_have_leaves_of_their_own() -> None:
    rows = [(i, 0, i % 2, [1, 5]) for i in range(8)]
    first, second = small.leaf("a", maximum=3), small.leaf("b", maximum=5, items=((1,),))
    index = replace(
        small.index(first, units=2, columns=2),
        leaves=((first,), (first, second)),
        unit_class=(0, 1),
    )
    units = score(small.ballots(rows), (Stratum(population=None),), index).units
    assert [(u.maximum, u.points, len(u.leaves)) for u in units] == [(3, 3, 1), (8, 3, 2)]

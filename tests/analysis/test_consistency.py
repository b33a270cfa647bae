"""Alpha and omega: figures of R's psych and factanal, and what must hold for any answers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.quality.consistency import alpha, consistency, feldt_interval
from analysis.quality.moments import covariance, moments, spread, spread_within
from analysis.quality.omega import omega_total, one_factor

TWELVE = np.array(
    [
        [5, 4, 5, 4], [3, 3, 2, 3], [4, 4, 4, 5], [2, 1, 2, 2], [5, 5, 4, 5], [1, 2, 1, 3],
        [3, 4, 3, 2], [4, 3, 5, 4], [2, 2, 3, 1], [5, 5, 5, 4], [3, 2, 3, 3], [4, 5, 4, 5],
    ]
)  # fmt: skip
ANSWERS = arrays.arrays(
    np.int64, st.tuples(st.integers(2, 12), st.integers(2, 5)), elements=st.integers(1, 5)
)


def test_alpha_and_its_parts_equal_psych() -> None:
    found = consistency(spread(moments(TWELVE)))
    assert found.alpha is not None
    assert float(found.alpha) == pytest.approx(0.9186474723803146, rel=1e-15)
    assert found.standardised == pytest.approx(0.9187642697006204, rel=1e-14)
    assert [one.rest_correlation for one in found.items] == pytest.approx(
        [0.9310570700812734, 0.8172708784757683, 0.7789008208994544, 0.7312219763782009], rel=1e-14
    )
    assert [float(one.alpha_if_deleted or 0) for one in found.items] == pytest.approx(
        [0.8531941031941033, 0.8930481283422460, 0.9057562076749436, 0.9214285714285715], rel=1e-14
    )
    assert feldt_interval(found.alpha, 12, 4) == pytest.approx(
        (0.8037561527951440, 0.9737345032045909), rel=1e-12
    )


def test_one_factor_equals_factanal() -> None:
    neurotic = np.array(
        [
            [1, 0.72, 0.57, 0.41, 0.38], [0.72, 1, 0.55, 0.39, 0.35],
            [0.57, 0.55, 1, 0.52, 0.43], [0.41, 0.39, 0.52, 1, 0.4], [0.38, 0.35, 0.43, 0.4, 1],
        ]
    )  # fmt: skip
    model = one_factor(neurotic)
    assert model is not None
    assert model.proper
    assert model.unique == pytest.approx(
        [0.3023946021, 0.3447592571, 0.4867470470, 0.6968767821, 0.7549265239], abs=2e-8
    )


@given(st.lists(st.floats(0.3, 0.95), min_size=3, max_size=8))
def test_items_of_one_factor_give_their_loadings_back(loadings: list[float]) -> None:
    true = np.array(loadings)
    correlations = true[:, None] * true[None, :]
    np.fill_diagonal(correlations, 1.0)
    model = one_factor(correlations)
    assert model is not None
    assert model.loadings == pytest.approx(true, abs=1e-6)


def test_items_that_one_factor_does_not_fit_have_no_omega() -> None:
    assert omega_total(spread(moments(TWELVE))) is None


def test_two_items_have_the_spearman_brown_coefficient_and_no_omega() -> None:
    two = spread(moments(TWELVE[:, :2]))
    found = consistency(two)
    r = found.items[0].rest_correlation
    assert r is not None
    assert found.standardised == pytest.approx(2 * r / (1 + r))
    assert [one.alpha_if_deleted for one in found.items] == [None, None]
    assert omega_total(two) is None


def test_omega_of_raw_items_does_not_change_with_their_units() -> None:
    chance = np.random.default_rng(5)
    factor = chance.normal(size=400)
    columns = [np.rint(3 * factor + chance.normal(scale=2, size=400)) for _ in range(4)]
    answers = np.column_stack(columns).astype(np.int64)
    raw, tenfold = (omega_total(spread(moments(table))) for table in (answers, 10 * answers))
    assert raw is not None
    assert 0.8 < raw < 0.95
    assert tenfold == pytest.approx(raw, rel=1e-9)


def test_answers_that_are_all_the_same_have_no_alpha() -> None:
    found = consistency(spread(moments(np.full((9, 3), 4))))
    assert (found.alpha, found.standardised) == (None, None)
    assert {one.rest_correlation for one in found.items} == {None}
    assert omega_total(spread(moments(np.full((9, 3), 4)))) is None


def test_one_item_and_one_respondent_are_refused() -> None:
    with pytest.raises(ValueError, match="two items"):
        consistency(spread(moments(TWELVE[:, :1])))
    with pytest.raises(ValueError, match="respondents"):
        feldt_interval(Fraction(1, 2), 1, 4)
    with pytest.raises(ValueError, match="two ballots"):
        covariance(moments(TWELVE[:1]))


def test_differences_of_units_raise_alpha_and_centring_takes_them_out() -> None:
    chance = np.random.default_rng(3)
    unit = np.repeat(np.arange(5), 40)
    noise = chance.integers(0, 3, size=(200, 4))
    answers = noise + 3 * unit[:, None]
    across, within = alpha(spread(moments(answers))), alpha(spread_within(answers, unit))
    assert across is not None
    assert within is not None
    assert across > Fraction(9, 10)
    assert within < Fraction(4, 10)
    assert within == alpha(spread_within(noise, unit))


@given(ANSWERS, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_order_and_doubling_of_ballots_change_nothing(table: np.ndarray, chance: object) -> None:
    rows = list(range(len(table)))
    getattr(chance, "shuffle")(rows)  # noqa: B009
    found = alpha(spread(moments(table)))
    assert alpha(spread(moments(table[rows]))) == found
    assert alpha(spread(moments(np.vstack([table, table])))) == found
    assert found is None or found <= 1


@given(ANSWERS)
@settings(max_examples=60)
def test_covariances_are_numpys(table: np.ndarray) -> None:
    assert covariance(moments(table)) == pytest.approx(np.cov(table, rowvar=False), abs=1e-12)

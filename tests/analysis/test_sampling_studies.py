import math
import os
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sampling.lot import fpc_population
from analysis.studies.catalogue import BOUNDS, Study, batches
from analysis.studies.design_catalogue import DESIGN_STUDIES
from analysis.studies.populations import Correction, Population, Target, population
from analysis.studies.tallies import Tally

SOAK = bool(os.environ.get("SOAK"))
LONG, SHORT = 20_000, {"two-stage": 10}
KNOWN_NOT_TO_HOLD = {"people-fpc", "one-class"}
"""Kinds that show what goes wrong where the lot or the response classes are forgotten."""


@pytest.mark.soak
@pytest.mark.parametrize("study", DESIGN_STUDIES, ids=lambda study: study.name)
def test_weighted_means_are_unbiased_and_their_intervals_hold_the_truth(study: Study) -> None:
    runs = LONG if SOAK else SHORT.get(study.kind, 30)
    tally = sum(batches(study, runs=runs, seed=7), Tally())
    assert tally.runs == runs
    assert 0 < tally.mean_width < 0.2
    if SOAK:
        assert study.holds(tally) is (study.kind not in KNOWN_NOT_TO_HOLD)
        return
    low, high = BOUNDS[study.kind]
    slack = 4 * tally.monte_carlo_error
    assert low - slack <= tally.coverage <= high + slack
    assert abs(tally.bias) <= 4 * tally.bias_error


def made() -> Population:
    return population(np.random.default_rng(5), np.array([700, 500]))


def test_a_lot_over_each_persons_transactions_stands_for_people() -> None:
    people = made()
    taken = people.lot(np.random.default_rng(6), 4000)
    owner = np.repeat(np.arange(len(people.cases)), people.cases)
    assert (owner[taken] == np.arange(len(people.cases))).all()
    means = people.value[taken].mean(axis=1)
    assert means.mean() == pytest.approx(
        people.truth("people"), abs=4 * means.std() / math.sqrt(4000)
    )
    # Frequent users are less content: to forget the weights would be seen.
    assert people.truth("transactions") < people.truth("people") - 0.01
    weighted = (people.value[taken] * people.cases).sum(axis=1) / people.cases.sum()
    assert weighted.mean() == pytest.approx(
        people.truth("transactions"), abs=4 * weighted.std() / math.sqrt(4000)
    )


def test_strata_count_for_the_correction_as_the_lot_leaves_them() -> None:
    people = made()
    person = np.flatnonzero(np.isin(people.cases, (1, 2)))
    chosen = np.concatenate(
        [person[people.cases[person] == 1][:6], person[people.cases[person] == 2][:4]]
    )
    code = np.zeros(10, dtype=np.int64)
    # Six with one transaction and four with two: Σm = 14, Σ1/m = 8, Σm² = 22.
    expected: tuple[tuple[Target, Correction, int], ...] = (
        ("people", "people", 10),
        ("people", "lot", math.ceil(100 / 8)),
        ("transactions", "people", 10),
        ("transactions", "lot", math.ceil(10 * 22 / 14)),
    )
    for target, rule, listed in expected:
        assert people.listed(code, chosen, 1, target, rule).tolist() == [listed]
        assert rule == "people" or fpc_population({1: 6, 2: 4}, target) == listed


@given(st.dictionaries(st.integers(1, 20), st.integers(0, 500)))
def test_the_correction_never_counts_fewer_than_the_people(people: dict[int, int]) -> None:
    for target in get_args(Target):
        listed = fpc_population(people, target)
        assert listed >= sum(people.values())
        assert listed == sum(people.values()) or any(m > 1 for m, n in people.items() if n)


def test_nobody_in_a_frame_is_without_a_transaction() -> None:
    with pytest.raises(ValueError, match="one transaction or more"):
        fpc_population({0: 3}, "people")


def test_the_lots_own_variance_is_what_the_number_of_people_leaves_out() -> None:
    (study,) = (one for one in DESIGN_STUDIES if one.name == "people-fpc-transactions-all")
    tally = sum(batches(study, runs=500, seed=3), Tally())
    assert tally.coverage < 0.935


def test_one_response_class_leaves_a_bias() -> None:
    (study,) = (one for one in DESIGN_STUDIES if one.name == "one-class-people-classes")
    tally = sum(batches(study, runs=500, seed=3), Tally())
    assert tally.bias > 4 * tally.bias_error
    assert not study.holds(tally)


def test_a_tally_states_its_bias() -> None:
    tally = Tally.of(0.5, (0.4, 0.6), 0.6) + Tally.of(0.8, (0.7, 0.9), 0.6)
    assert (tally.runs, tally.covered) == (2, 1)
    assert tally.mean_width == pytest.approx(0.2)
    assert tally.bias == pytest.approx(0.05)
    assert tally.standard_error == pytest.approx(0.15 * math.sqrt(2))
    assert tally.bias_error == pytest.approx(0.15)
    assert math.isnan(Tally().bias)
    assert math.isnan(Tally().bias_error)
    assert math.isnan(Tally(runs=1).standard_error)

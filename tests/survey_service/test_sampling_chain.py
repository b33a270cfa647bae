import os
from typing import get_args

import numpy as np
import pytest
from simulated_samples import K, Simulated, Way, plan_of

from analysis.sampling.lot import Target
from analysis.studies.tallies import Tally

SOAK = bool(os.environ.get("SOAK"))
RUNS, POPULATIONS = (2_000, 100) if SOAK else (20, 2)
LOW, HIGH = 0.935, 0.965
ALLOWED = 3.0 if SOAK else 4.0
"""Monte-Carlo errors that count as chance; seeds are fixed."""
OF_BANDS = 0.25
"""The part of its standard error by which a mean over transactions may be off: whoever had three
transactions and whoever had five weigh the same where few had either."""


def surveyed(way: Way, target: Target, people: int, band: int) -> Tally:
    rng = np.random.default_rng([*f"{way} {target} {people}".encode()])
    plan = plan_of(way, target, people)
    tally = Tally()
    for _ in range(POPULATIONS):
        simulated = Simulated.of(rng, target)
        for _ in range(RUNS // POPULATIONS):
            tally += simulated.run(rng, plan, band=band)
    assert tally.runs >= RUNS
    return tally


@pytest.mark.soak
@pytest.mark.parametrize("part", [0.3, 0.7])
@pytest.mark.parametrize("target", get_args(Target))
@pytest.mark.parametrize("way", get_args(Way))
def test_what_the_service_draws_and_weights_is_unbiased_and_its_intervals_hold(
    way: Way, target: Target, part: float
) -> None:
    people = round(part * (400 if way == "two-stage" else 1200))
    tally = surveyed(way, target, people, K)
    slack = ALLOWED * tally.monte_carlo_error
    assert LOW - slack <= tally.coverage <= HIGH + slack
    banded = OF_BANDS * tally.standard_error if target == "transactions" else 0
    assert abs(tally.bias) <= ALLOWED * tally.bias_error + banded


@pytest.mark.soak
@pytest.mark.parametrize("way", ["simple", "proportional", "rolling"])
def test_without_bands_a_mean_over_transactions_is_unbiased(way: Way) -> None:
    tally = surveyed(way, "transactions", 360, 1)
    assert abs(tally.bias) <= ALLOWED * tally.bias_error

"""People with several transactions each, who tell of one: a population whose truth is known."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.scoring.columns import AnswerArray, BoolArray, FloatArray, IntArray
from analysis.studies.opinions import WORTHS, Opinion

Target = Literal["people", "transactions"]
Correction = Literal["people", "lot"]

OPINION = Opinion(shares=(0.45, 0.30, 0.15, 0.07, 0.03))
ITEMS = 3
CASES, CASE_SHARES = (1, 2, 3, 5), (0.60, 0.25, 0.10, 0.05)
"""How many transactions people have, and how many people have so many."""
LIKENESS = 0.4
"""The correlation of the feelings about two transactions of one person."""
OF_CASES, OF_SERVICE, OF_CHANNEL, OF_DAY, OF_UNIT = -0.10, 0.15, 0.30, 0.20, 0.15
"""How much better (in standard deviations) people feel per transaction more, for the second
service, for the second channel, from the first to the last day, and from unit to unit."""
RESPONSE, BY_UNIT = (0.42, 0.62), 0.05
"""How many answer, by channel, and how far units lie from that."""
AT_HOME = 0.8
"""The share of transactions that people have in their own unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """J people with T transactions, those of a person in a row.

    `cases` and `first`, shape (J,): how many each has, and the place of the first. Per
    transaction, shape (T,): `unit`, `cell` (unit × service × channel), `day` in [0, 1), `value`,
    the mean of the `answers` (T, 3), and `willing`, the chance of an answer.
    """

    cases: IntArray
    first: IntArray
    unit: IntArray
    cell: IntArray
    day: FloatArray
    answers: AnswerArray
    value: FloatArray
    willing: FloatArray

    def truth(self, target: Target) -> float:
        """Give the mean over transactions, or over people of the mean of theirs."""
        if target == "transactions":
            return float(self.value.mean())
        return float((self.value / np.repeat(self.cases, self.cases)).sum() / len(self.cases))

    def lot(self, rng: np.random.Generator, runs: int) -> IntArray:
        """Take one transaction of each person, shape (runs, J), as places among the T."""
        return self.first + (rng.random((runs, len(self.cases))) * self.cases).astype(np.int64)

    def listed(
        self, code: IntArray, person: IntArray, strata: int, target: Target, rule: Correction
    ) -> IntArray:
        """Give the N_h that a stratum's finite-population correction counts, shape (strata,).

        "people": M_h as the lot left them. "lot": `analysis.sampling.lot.fpc_population`.
        """
        m = self.cases[person].astype(np.float64)
        people = np.bincount(code, minlength=strata)
        if rule == "people":
            return people
        if target == "people":
            shares = np.bincount(code, 1 / m, strata)
            listed = people**2 / np.where(shares > 0, shares, 1.0)
        else:
            cases = np.bincount(code, m, strata)
            squares = np.bincount(code, m**2, strata)
            listed = people * squares / np.where(cases > 0, cases, 1.0)
        # What is whole but for the last binary digits is not rounded up to the next.
        return np.ceil(listed - 1e-9).astype(np.int64)


def population(rng: np.random.Generator, sizes: IntArray) -> Population:
    """Make units of so many people each, two services and two channels.

    Who has more transactions is less content and more often online, so that people and
    transactions differ in the mean, and drawing without heed to either is biased.
    """
    home = np.repeat(np.arange(len(sizes)), sizes)
    cases = rng.choice(CASES, size=len(home), p=CASE_SHARES).astype(np.int64)
    owner = np.repeat(np.arange(len(home)), cases)
    count = len(owner)
    at_home: BoolArray = rng.random(count) < AT_HOME
    unit = np.where(at_home, home[owner], rng.integers(0, len(sizes), count))
    service = (rng.random(count) < 0.4).astype(np.int64)
    online = (rng.random(count) < 0.3 + 0.08 * cases[owner]).astype(np.int64)
    day = rng.random(count)
    quality = (
        OF_CASES * (cases[owner] - 1)
        + OF_SERVICE * service
        + OF_CHANNEL * online
        + OF_DAY * day
        + OF_UNIT * rng.standard_normal(len(sizes))[unit]
    )
    willing = rng.uniform(-BY_UNIT, BY_UNIT, len(sizes))
    own = np.sqrt(1 - LIKENESS) * rng.standard_normal(count)
    leaning = np.sqrt(LIKENESS) * rng.standard_normal(len(home))[owner] + own
    answers = OPINION.draw(rng, leaning, ITEMS, quality)
    return Population(
        cases=cases,
        first=np.cumsum(cases) - cases,
        unit=unit,
        cell=(unit * 2 + service) * 2 + online,
        day=day,
        answers=answers,
        value=np.array(WORTHS)[answers - 1].mean(axis=1),
        willing=np.array(RESPONSE)[online] + willing[unit],
    )

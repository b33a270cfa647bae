"""Persons out of transactions: who came more often could be drawn more often.

Generalised weight share (Lavallée 2007, Indirect Sampling, ch. 2): where the list is of
transactions and the target is people, a drawn transaction carries 1/m of a person who has m.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWeights:
    """Weights of people, from weights of their transactions.

    `weights` has shape (n,), one per drawn transaction; `person` is each row's place among
    `people`, whose sums of weights are `totals`.
    """

    weights: FloatArray
    person: IntArray
    people: tuple[str, ...]
    totals: FloatArray

    @property
    def estimated_people(self) -> float:
        """Estimate how many people the list of transactions has."""
        return float(self.totals.sum())


def share_weights(weights: ArrayLike, person: ArrayLike, transactions: ArrayLike) -> PersonWeights:
    """Divide each transaction's weight by the number of its person's transactions on the list.

    All arrays have shape (n,): weight, person's label, and how many transactions of the period
    that person has on the whole list. Keep the person as the sampling unit of the design, or
    errors come out too small. Raises ValueError, naming the person, where the number is not a
    whole one from 1 on, differs between rows, or is less than what was drawn of them.
    """
    base = np.array(weights, dtype=np.float64)
    count = np.array(transactions, dtype=np.float64)
    names, place = np.unique(np.asarray(person), return_inverse=True)
    if base.ndim != 1 or not base.shape == count.shape == place.shape or not len(base):
        raise ValueError("weights, persons and their transactions must be of one length above 0")
    if not (np.isfinite(base) & (base > 0)).all():
        raise ValueError("the weight of each drawn transaction must be above 0")
    people = tuple(str(each) for each in names.tolist())
    whole = np.isfinite(count) & (count >= 1) & (count == np.floor(count))
    if not whole.all():
        row = int(np.argmin(whole))
        raise ValueError(f"person {people[place[row]]} has {count[row]:g} transactions on the list")
    known = np.zeros(len(people))
    known[place] = count
    if (known[place] != count).any():
        row = int(np.argmax(known[place] != count))
        raise ValueError(
            f"person {people[place[row]]} has {count[row]:g} transactions in one row, "
            f"{known[place[row]]:g} in another"
        )
    drawn = np.bincount(place)
    if (drawn > known).any():
        worst = int(np.argmax(drawn > known))
        raise ValueError(
            f"person {people[worst]} was drawn {drawn[worst]} times "
            f"but has {known[worst]:g} transactions on the list"
        )
    shared = base / count
    return PersonWeights(
        weights=shared,
        person=place,
        people=people,
        totals=np.bincount(place, shared).astype(np.float64),
    )

"""The lot that takes one of each person's transactions: what of the correction it leaves."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Literal, assert_never

Target = Literal["people", "transactions"]


def fpc_population(people: Mapping[int, int], target: Target) -> int:
    """Give the N_h that the finite population correction of a stratum counts, in whole people.

    `people` says how many of the stratum's M have each number m of transactions. Where n of them
    are drawn after the lot, and a person's transactions are no more alike than those of others,
    the part f = n/M of the variance that the correction would take away comes back but for
    f·mean(1/m), or f·Σm/Σm² where m weights the person (Särndal, Swensson & Wretman 1992, §4.3,
    with clusters of equal variance and one element drawn of each). So it is M/mean(1/m), or
    M·Σm²/Σm, rounded up: never below M. Raises ValueError where somebody has no transaction.
    """
    if any(m < 1 or count < 0 for m, count in people.items()):
        raise ValueError("a person has one transaction or more")
    everybody = sum(people.values())
    if not everybody:
        return 0
    match target:
        case "people":
            shares = sum((Fraction(count, m) for m, count in people.items()), Fraction(0))
            return ceil(everybody**2 / shares)
        case "transactions":
            squares = sum(count * m**2 for m, count in people.items())
            cases = sum(count * m for m, count in people.items())
            return ceil(Fraction(everybody * squares, cases))
    assert_never(target)

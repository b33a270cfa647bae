"""The columns that everything here reads: ballots, strata, and the index as arrays."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
AnswerArray = NDArray[np.int16]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BLANK = 0
DONT_KNOW = -1
NOT_APPLICABLE = -2
NOT_ASKED = -3
"""Answer codes; an option is its place in its scale, from 1, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballots:
    """One row per ballot (respondent × rated unit), n rows.

    `respondent`, `stratum`, `group`, `unit` are indices from 0, shape (n,); a respondent has one
    stratum and one group. `weight` indexes `weights`, the distinct exact sampling weights.
    `answers` has shape (n, q). A respondent who rated nobody validly still has rows: they count
    in the stratum's n_h (domain estimation; see Lumley 2010, §2.2).
    """

    respondent: IntArray
    stratum: IntArray
    group: IntArray
    unit: IntArray
    weight: IntArray
    weights: tuple[Fraction, ...]
    answers: AnswerArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A stratum of the design.

    `population` is N_h, None where there is no list (N_h = ∞). `subset` tells that each person
    was given a random subset of units, so that t = 0 by assignment for the others.
    """

    population: int | None
    subset: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafColumns:
    """A scored leaf of one unit class.

    `weights`, `items` and `minimum` run over the groups: share of the leaf (sum 1), the answer
    columns asked of that group, and the least number of valid ballots for the share to count.
    """

    code: str
    maximum: Fraction
    weights: tuple[Fraction, ...]
    items: tuple[tuple[int, ...], ...]
    minimum: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexColumns:
    """The index as arrays: what each unit is scored on and what each option is worth.

    `leaves[c]` are the leaves of unit class c, `unit_class[u]` the class of unit u, and
    `values[q]` the worth of column q's options in [0, 1], best first (empty where column q is
    not scored).
    """

    leaves: tuple[tuple[LeafColumns, ...], ...]
    unit_class: tuple[int, ...]
    values: tuple[tuple[Fraction, ...], ...]
    half_rule: bool = True
    below_minimum: Literal["renormalise", "block", "flag"] = "renormalise"
    minimum_cover: Fraction = Fraction(1, 2)
    minimum_measured: Fraction = Fraction(4, 5)

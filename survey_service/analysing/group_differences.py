"""Differences between respondent groups on every leaf, over the units on which all count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import FloatArray
from analysis.significance import holm
from analysis.understanding.cells import cell_means
from analysis.understanding.group_differences import Difference, group_differences
from analysis.understanding.leaf_values import LeafValues, leaf_values
from analysis.understanding.rank_tests import compare_ranks
from questionnaires.index import Code, Leaf, UnitClass
from survey_service.analysing.basis import Basis
from survey_service.analysing.class_rows import ClassRows
from survey_service.analysing.clearance import FEWEST_FOR_A_STATISTIC
from survey_service.analysing.percents import percent
from survey_service.findings.answers import DunnPair, GroupDifference, RankTest
from survey_service.results.figures import written

TABLE = "answers.group_differences"
LEAST_PERCENT = Fraction(5)
"""The smallest difference worth telling of, in percent of the maximum."""
LEVEL = 0.05
_P_PLACES = 4
_TEST_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A leaf with at least two groups, the units compared, and what the ballots say.

    Those are the units on which every group counts where `class_rows` lets that be told, else
    those of which the sheet shows every group.
    """

    unit_class: Code
    place: int
    leaf: Leaf
    groups: tuple[int, ...]
    units: tuple[int, ...]
    values: LeafValues


def compared_leaves(basis: Basis, rows: ClassRows) -> Iterator[Compared]:
    """Walk the leaves on which groups can be compared; the others are noted as hidden."""
    for place, unit_class in basis.classes():
        for at, leaf in enumerate(unit_class.survey_leaves()):
            groups = _weighted(basis, leaf)
            if len(groups) < 2:
                continue
            units = rows.differences.get(
                (unit_class.code, leaf.code)
            ) or basis.clearance.shown_units(basis.analysed.members(unit_class), leaf.code)
            if not units:
                basis.clearance.hide(TABLE, figures=len(groups) * (len(groups) - 1) // 2)
                continue
            yield Compared(
                unit_class=unit_class.code,
                place=place,
                leaf=leaf,
                groups=groups,
                units=units,
                values=leaf_values(basis.sample, place, at),
            )


def differences(basis: Basis, leaves: Sequence[Compared]) -> tuple[GroupDifference, ...]:
    """Compare every two groups on every leaf; Holm's list is the table of one class."""
    rows: list[GroupDifference] = []
    for _, unit_class in basis.classes():
        rows += _table(basis, unit_class, leaves)
    return tuple(rows)


def _table(
    basis: Basis, unit_class: UnitClass, leaves: Sequence[Compared]
) -> Iterator[GroupDifference]:
    found = [
        (one, difference)
        for one in leaves
        if one.unit_class == unit_class.code
        for difference in group_differences(
            basis.sample,
            cell_means(basis.sample, one.values.value, one.values.valid),
            one.place,
            one.units,
            one.groups,
        )
    ]
    tested = [(of.leaf.code, one) for of, one in found if _is_sampled(basis, one)]
    adjusted = holm([one.p for _, one in tested])
    p_of = {(leaf, one.one, one.other): p for (leaf, one), p in zip(tested, adjusted, strict=True)}
    for of, one in found:
        p = p_of.get((of.leaf.code, one.one, one.other))
        difference = percent(one.difference)
        yield GroupDifference(
            unit_class=unit_class.code,
            leaf=of.leaf.code,
            one=basis.groups[one.one],
            other=basis.groups[one.other],
            difference=difference,
            standard_error=None if p is None else percent(one.standard_error, 2),
            p=None if p is None else written(Fraction(p), _P_PLACES),
            clear=p is not None and p < LEVEL and abs(Fraction(difference)) >= LEAST_PERCENT,
            units=len(of.units),
            of=len(basis.analysed.members(unit_class)),
        )


def rank_tests(basis: Basis, leaves: Sequence[Compared]) -> Iterator[RankTest]:
    """Test every leaf by ranks, one mean per respondent over the units shown, unweighted."""
    for one in leaves:
        samples = [_people_means(basis, one, group) for group in one.groups]
        if sum(map(len, samples)) < FEWEST_FOR_A_STATISTIC or not all(
            basis.clearance.is_enough(len(sample)) for sample in samples
        ):
            basis.clearance.hide("answers.rank_tests")
            continue
        tested = compare_ranks(samples)
        yield RankTest(
            unit_class=one.unit_class,
            leaf=one.leaf.code,
            statistic=written(Fraction(tested.statistic), _TEST_PLACES),
            degrees_of_freedom=tested.degrees_of_freedom,
            p=written(Fraction(tested.p), _P_PLACES),
            pairs=tuple(
                DunnPair(
                    one=basis.groups[one.groups[pair.one]],
                    other=basis.groups[one.groups[pair.other]],
                    z=written(Fraction(pair.z), _TEST_PLACES),
                    p=written(Fraction(pair.p), _P_PLACES),
                )
                for pair in tested.pairs
            ),
        )


def _weighted(basis: Basis, leaf: Leaf) -> tuple[int, ...]:
    return tuple(
        place for place, group in enumerate(basis.groups) if leaf.weights.get(group, 0) > 0
    )


def _is_sampled(basis: Basis, one: Difference) -> bool:
    return one.standard_error > 0 and basis.nominated.isdisjoint({one.one, one.other})


def _people_means(basis: Basis, one: Compared, group: int) -> FloatArray:
    """Average each respondent's leaf scores over the units, in the order of respondents."""
    ballots = basis.sample.ballots
    rows = one.values.valid & (ballots.group == group) & np.isin(ballots.unit, one.units)
    sums = np.bincount(ballots.respondent[rows], one.values.value[rows])
    counts = np.bincount(ballots.respondent[rows])
    # Rounding takes away what the order of addition left, so that equal means tie.
    return np.round(sums[counts > 0] / counts[counts > 0], 12)

"""Which figures about services may be shown, so that no small cell follows from them.

A unit is told of where the sheet shows the group's own row of every leaf behind the index, or the
leaf where nobody else judged it. It is open where each of its services has enough people on every
leaf too: then any set of its shown rows holds enough. The totals of services, and of their
channels, cross the units: `services_totals` looks at both margins as a table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import BoolArray, IntArray
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.services_sample import ServiceSample
from survey_service.analysing.services_scoring import valid_counts
from survey_service.analysing.services_totals import Total, all_enough, totals


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownServices:
    """What may be shown of one class: units, those open by service, and totals over units.

    `totals` are those of services, `channelled` those of services told apart by channel. `people`
    of shape (units, services) counts those behind a row: of the leaf most answered.
    """

    units: frozenset[int]
    open: frozenset[int]
    totals: Mapping[int, Total]
    channelled: Mapping[int, Total]
    people: IntArray


def shown_services(sample: ServiceSample, place: int, clearance: Clearance) -> ShownServices:
    """Decide for the class of units at a place what is shown of its units' services."""
    services, channels = len(sample.services), len(sample.channels)
    units = len(sample.basis.units)
    inside = sample.unit_class == place
    cell = (sample.unit * services + sample.service) * channels + sample.channel
    counts = valid_counts(
        sample, np.where(inside, cell, -1), units * services * channels, place
    ).reshape(-1, units, services, channels)
    by_service = counts.sum(axis=3)
    told = frozenset(
        unit
        for unit in np.flatnonzero(counts.any(axis=(0, 2, 3))).tolist()
        if _is_told(sample, place, unit, counts[:, unit].sum(axis=(1, 2)), clearance)
    )
    opened = frozenset(
        unit for unit in told if all_enough(by_service[:, unit], clearance.threshold)
    )
    whole, channelled = totals(counts, told, opened, clearance.threshold)
    return ShownServices(
        units=told,
        open=opened,
        totals=whole,
        channelled=channelled,
        people=by_service.max(axis=0),
    )


def _is_told(
    sample: ServiceSample, place: int, unit: int, counts: IntArray, clearance: Clearance
) -> bool:
    """Tell whether the sheet says as much; its row must be of the same people."""
    scored = {leaf.code: leaf for leaf in sample.basis.analysed.unit(unit).leaves}
    for leaf, n in zip(sample.leaves(place), counts.tolist(), strict=True):
        behind = {cell.group: cell.n for cell in scored[leaf.code].groups}
        alone = sum(behind.values()) == n and clearance.shows_leaf(unit, leaf.code)
        if behind.get(sample.group) != n or not clearance.is_enough(n):
            return False
        if not (alone or clearance.shows_groups(unit, leaf.code)):
            return False
    return True


def enough_left(counts: Mapping[int, int], threshold: int, *, beside: int = 0) -> frozenset[int]:
    """Choose the rows of one column to show, so that what is left over is none or enough.

    `counts` are the people behind each row, `beside` those in no row; a row of too few is never
    shown, and the least of the others are hidden with it until enough are left over.
    """
    shown = sorted((row for row in counts if counts[row] >= threshold), key=lambda row: counts[row])
    left = beside + sum(counts.values()) - sum(counts[row] for row in shown)
    while shown and 0 < left < threshold:
        left += counts[shown.pop(0)]
    return frozenset(shown)


def marked(units: IntArray, chosen: frozenset[int]) -> BoolArray:
    """Mark the ballots about some units."""
    return np.isin(units, np.array(sorted(chosen), dtype=np.int64))

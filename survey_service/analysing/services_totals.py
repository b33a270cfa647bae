"""Which units the totals of services, and of their channels, may be made of.

Known are the row of every unit, the rows by service of open units, and the totals. They are the
margins of a table of units by services, or by services and channels, whose cells are hidden; the
services that are not added up stand in one column, for their sum follows. No cut of the table may
part too few people (`analysis.disclosure.two_way`), leaf by leaf. A finer table has every cut of
a coarser one, so that one total more never mends what others tell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure.two_way import margins_tell
from analysis.scoring.columns import BoolArray, IntArray

Services = frozenset[int]
ROUNDED_TO = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The units that a total is made of.

    `exact` tells that every cell behind it holds enough, so that its number tells nothing.
    """

    units: frozenset[int]
    exact: bool


def totals(
    counts: IntArray, told: frozenset[int], opened: frozenset[int], threshold: int
) -> tuple[Mapping[int, Total], Mapping[int, Total]]:
    """Choose the units of every service's total, and of its totals by channel.

    `counts` of shape (leaves, units, services, channels) are people; service and channel 0 are
    those not known. All units `told` of, or else the open ones.
    """
    services = range(1, counts.shape[2])
    people = counts.sum(axis=3).max(axis=0)[sorted(told)].sum(axis=0)
    largest = sorted(services, key=lambda service: (-int(people[service]), service))

    def is_safe(whole: Services, split: Services) -> bool:
        return not any(
            margins_tell(_table(leaf, told, opened, whole, split), threshold) for leaf in counts
        )

    whole = chosen(largest, lambda some: is_safe(some, frozenset()))
    split: Services = frozenset()
    if counts.shape[3] > 1:
        parted = [service for service in largest if service in whole]
        split = chosen(parted, lambda some: is_safe(whole, some))
    made: dict[int, Total] = {}
    channelled: dict[int, Total] = {}
    for service in services:
        of_service = counts[:, :, service]
        units = _having(of_service, told if service in whole else opened)
        made[service] = Total(units=units, exact=units <= opened)
        if service in split:
            exact = units <= opened and _all_wide(of_service, units, threshold)
            channelled[service] = Total(units=units, exact=exact)
        else:
            channelled[service] = _channelled(of_service, opened, threshold)
    return made, channelled


def told_number(n: int, threshold: int, *, exact: bool) -> int:
    """Round the people behind a total down where their number would tell of others."""
    return n if exact else max(n // ROUNDED_TO * ROUNDED_TO, threshold)


def chosen(largest: Sequence[int], is_safe: Callable[[Services], bool]) -> Services:
    """Take all of them where that is safe, else one after the other as long as it is."""
    every = frozenset(largest)
    if is_safe(every):
        return every
    some: Services = frozenset()
    for one in largest:
        if is_safe(some | {one}):
            some |= {one}
    return some


def all_enough(counts: IntArray, threshold: int) -> bool:
    """Tell whether every cell with people, shape (leaves, cells), has enough on each leaf."""
    some = counts.any(axis=0)
    return bool((counts[:, some] >= threshold).all())


def _table(
    leaf: IntArray, told: frozenset[int], opened: frozenset[int], whole: Services, split: Services
) -> IntArray:
    """Lay the margins out: a row per unit, or per service of an open one; a column per total."""
    units, (services, channels) = len(leaf), leaf[0].shape
    of_told = np.where(_marks(told, units)[:, np.newaxis, np.newaxis], leaf, 0)
    unit, service, channel = np.nonzero(of_told)
    row = unit * services + np.where(_marks(opened, units)[unit], service, 0)
    column = np.where(_marks(whole, services)[service], service * channels, 0)
    column += np.where(_marks(split, services)[service], channel, 0)
    table = np.zeros((units * services, services * channels), dtype=np.int64)
    np.add.at(table, (row, column), of_told[unit, service, channel])
    return table[table.any(axis=1)][:, table.any(axis=0)]


def _marks(places: frozenset[int], size: int) -> BoolArray:
    marks = np.zeros(size, dtype=np.bool_)
    marks[sorted(places)] = True
    return marks


def _having(counts: IntArray, units: frozenset[int]) -> frozenset[int]:
    return frozenset(unit for unit in units if counts[:, unit].any())


def _all_wide(counts: IntArray, units: frozenset[int], threshold: int) -> bool:
    return all(all_enough(counts[:, unit], threshold) for unit in units)


def _channelled(counts: IntArray, opened: frozenset[int], threshold: int) -> Total:
    """Find the open units whose channels may be added up for a service, all if they may.

    `counts` has shape (leaves, units, channels).
    """
    own = _having(counts, opened)
    wide = frozenset(unit for unit in own if all_enough(counts[:, unit], threshold))
    if wide == own:
        return Total(units=own, exact=True)
    if any(margins_tell(leaf[sorted(own)], threshold) for leaf in counts):
        return Total(units=wide, exact=True)
    return Total(units=own, exact=False)

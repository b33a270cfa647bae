"""Tiers: a ranked list cut where the rank sets let it be cut."""

from collections.abc import Sequence
from itertools import groupby

from analysis.standing.ranking import RankSet


def tiers(ranks: Sequence[int], sets: Sequence[RankSet]) -> tuple[int, ...]:
    """Give each unit its tier, from 1 at the top, by its rank and its simultaneous rank set.

    The list is walked from the top. A tier takes every unit whose set overlaps that of the tier's
    first; the next unit opens a new tier (the leader partition; Hartigan 1975, Clustering
    Algorithms, ch. 3). Units that share a rank share a tier: their sets are joined.
    Two disjoint simultaneous sets mean that one unit is above the other at the level of the table
    (directly, or through a unit between them), so the first unit of each tier is surely above
    the first of the next. A tier's border does not say that its two neighbours differ.
    Chains of overlapping sets are not followed: units in small steps would be one tier although
    its ends surely differ. Cliques of overlapping sets are not used: a unit would be in several.
    Raises ValueError where there is not one set per rank.
    """
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    if len(sets) != len(ranks):
        raise ValueError(f"{len(ranks)} ranks need as many rank sets, not {len(sets)}")
    given = [0] * len(ranks)
    tier, worst_of_first = 0, 0
    for _, tied in groupby(order, key=ranks.__getitem__):
        block = list(tied)
        if min(sets[unit][0] for unit in block) > worst_of_first:
            tier += 1
            worst_of_first = max(sets[unit][1] for unit in block)
        for unit in block:
            given[unit] = tier
    return tuple(given)

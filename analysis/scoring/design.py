"""The sampling design behind the ballots: respondents as sampling units within strata."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import Ballots, FloatArray, IntArray, Stratum

_DENSE = 4
"""Codes up to so many times their number are marked in a table instead of sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """Each (stratum, unit) with ballots: its unit, stratum and the factors of its variance.

    The contribution of an area is `factor` · (Σt² − `centre`·(Σt)²/`n`): n_h respondents and
    (1 − n_h/N_h)·n_h/(n_h − 1) as a rule; n_hu instead of n_h where units were given at random
    (`subset`); a lone respondent is compared with the grand mean, which is 0 (`centre` 0).
    """

    stratum: IntArray
    unit: IntArray
    n: FloatArray
    factor: FloatArray
    centre: FloatArray
    subset: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Respondents, strata and the (respondent, unit) pairs of the ballots.

    `pair[i]` is the pair of ballot i; pairs are sorted by respondent, then unit. `domain` is
    the (stratum, group, unit) of a pair; `area_of_domain` its (stratum, unit). `strata` gives
    n_h of the strata after merging, `respondents` their sum; `pooled` are the strata with the
    populations of those that joined them.
    """

    units: int
    pair: IntArray
    pair_respondent: IntArray
    pair_unit: IntArray
    pair_stratum: IntArray
    pair_domain: IntArray
    domain_group: IntArray
    domain_unit: IntArray
    area_of_domain: IntArray
    areas: Areas
    strata: dict[int, int]
    pooled: tuple[Stratum, ...]
    merged: tuple[tuple[int, int], ...]

    @property
    def respondents(self) -> int:
        """Count the sampling units of the whole design."""
        return sum(self.strata.values())

    @property
    def degrees_of_freedom(self) -> int:
        """Count sampling units less strata (R survey's degf)."""
        return self.respondents - len(self.strata)


def design_of(ballots: Ballots, strata: Sequence[Stratum], units: int) -> Design:
    """Read the design from the ballots; n_h counts every respondent of a stratum.

    Raises ValueError where a respondent has two strata or two groups, or where a stratum
    holds more respondents than its population.
    """
    place, stratum, group = _people(ballots, strata)
    merged = merge_lone_strata(ballots, stratum, group, len(strata))
    root = np.arange(len(strata), dtype=np.int64)
    for lone, host in merged:
        root[root == lone] = host
    stratum = root[stratum]
    pooled = _pool(strata, root)
    codes, pair = np.unique(place * units + ballots.unit, return_inverse=True)
    person, pair_unit = codes // units, codes % units
    pair_stratum, pair_group = stratum[person], group[person]
    groups = int(group.max(initial=0)) + 1
    domains, pair_domain = _places((pair_stratum * units + pair_unit) * groups + pair_group)
    areas, area_of_domain = np.unique(domains // groups, return_inverse=True)
    n_h = np.bincount(stratum, minlength=len(strata))
    n_hu = np.bincount(area_of_domain[pair_domain], minlength=len(areas))
    return Design(
        units=units,
        pair=pair,
        pair_respondent=person,
        pair_unit=pair_unit,
        pair_stratum=pair_stratum,
        pair_domain=pair_domain,
        domain_group=domains % groups,
        domain_unit=(domains // groups) % units,
        area_of_domain=area_of_domain,
        areas=_areas(areas // units, areas % units, n_h, n_hu, pooled),
        strata={h: n for h, n in enumerate(n_h.tolist()) if n},
        pooled=tuple(pooled),
        merged=merged,
    )


def _people(ballots: Ballots, strata: Sequence[Stratum]) -> tuple[IntArray, IntArray, IntArray]:
    """Give the place of each ballot's respondent, and the stratum and group of each place."""
    respondent, place = _places(ballots.respondent)
    stratum, group = np.zeros((2, len(respondent)), dtype=np.int64)
    stratum[place], group[place] = ballots.stratum, ballots.group
    if (stratum[place] != ballots.stratum).any() or (group[place] != ballots.group).any():
        raise ValueError("a respondent has one stratum and one group")
    if stratum.size and not (stratum.min() >= 0 and stratum.max() < len(strata)):
        raise ValueError(f"a ballot's stratum is not in 0..{len(strata) - 1}")
    return place, stratum, group


def _places(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Give the different codes, ascending, and the place of each code among them."""
    if not codes.size or codes.min() < 0 or codes.max() > _DENSE * codes.size:
        return np.unique(codes, return_inverse=True)
    # Codes without great gaps need no sorting.
    known = np.zeros(int(codes.max()) + 1, dtype=np.bool_)
    known[codes] = True
    return np.flatnonzero(known), (np.cumsum(known) - 1)[codes]


def merge_lone_strata(
    ballots: Ballots, stratum: IntArray, group: IntArray, strata: int
) -> tuple[tuple[int, int], ...]:
    """Join every stratum of one respondent to its nearest, as (lone, host) in the order done.

    Nearest is the stratum of the same group in which one of the same units was rated, else
    any of the same group, closest by its place in the list (the earlier one of two). Where
    the group has no other stratum the lone one stays and is compared with the grand mean.
    `stratum` and `group` are those of each respondent.
    """
    sizes = np.bincount(stratum, minlength=strata).tolist()
    if 1 not in sizes:
        return ()
    groups: dict[int, set[int]] = {}
    units: dict[int, set[int]] = {}
    for h, g in zip(stratum.tolist(), group.tolist(), strict=True):
        groups.setdefault(h, set()).add(g)
    for h, u in zip(ballots.stratum.tolist(), ballots.unit.tolist(), strict=True):
        units.setdefault(h, set()).add(u)
    merged: list[tuple[int, int]] = []
    for lone in range(strata):
        if sizes[lone] != 1:
            continue
        hosts = [h for h in groups if h != lone and groups[h] & groups[lone]]
        if not hosts:
            continue
        host = min(hosts, key=lambda h: (not units[h] & units[lone], abs(h - lone), h))
        merged.append((lone, host))
        sizes[host] += 1
        groups[host] |= groups.pop(lone)
        units[host] |= units.pop(lone)
    return tuple(merged)


def _pool(strata: Sequence[Stratum], root: IntArray) -> list[Stratum]:
    """Add up the populations of merged strata; one without a list leaves none."""
    pooled = list(strata)
    for h, stratum in enumerate(root.tolist()):
        host = int(stratum)
        if h != host:
            one, other = pooled[host], strata[h]
            known = one.population is not None and other.population is not None
            pooled[host] = Stratum(
                population=(one.population or 0) + (other.population or 0) if known else None,
                subset=one.subset or other.subset,
            )
    return pooled


def _areas(
    stratum: IntArray, unit: IntArray, n_h: IntArray, n_hu: IntArray, strata: Sequence[Stratum]
) -> Areas:
    subset = np.array([s.subset for s in strata], dtype=np.int64)[stratum]
    population = np.array(
        [np.inf if s.population is None else float(s.population) for s in strata]
    )[stratum]
    if (n_h[stratum] > population).any():
        worst = int(stratum[np.argmax(n_h[stratum] > population)])
        raise ValueError(
            f"stratum {worst} holds {n_h[worst]} respondents, "
            f"more than its population of {strata[worst].population}"
        )
    n = np.where(subset == 1, n_hu, n_h[stratum]).astype(np.float64)
    lone = n < 2
    return Areas(
        stratum=stratum,
        unit=unit,
        n=n,
        factor=(1 - n / population) * np.where(lone, 1.0, n / np.maximum(n - 1, 1)),
        centre=np.where(lone, 0.0, 1.0),
        subset=subset,
    )

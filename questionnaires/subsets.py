"""Random subsets of units, balanced so that every unit has about as many raters."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping

from questionnaires.index import Code


def shuffled(codes: Iterable[Code], draw: Callable[[], float]) -> list[Code]:
    """Order codes by lot; the outcome depends on the order in which they come."""
    return [code for _, code in sorted((draw(), code) for code in codes)]


def balanced(
    pools: Mapping[str, tuple[Code, ...]], size: int, draw: Callable[[], float]
) -> dict[str, tuple[Code, ...]]:
    """Draw `size` units of each person's pool: the least taken so far, ties by lot; then even out.

    `draw` gives numbers in [0, 1). A pool of `size` units or fewer is taken whole.
    """
    taken = Counter(dict.fromkeys((code for pool in pools.values() for code in pool), 0))
    chosen: dict[str, set[Code]] = {}
    for key in shuffled(pools, draw):
        lots = sorted((taken[code], draw(), code) for code in pools[key])
        chosen[key] = {code for _, _, code in lots[:size]}
        taken.update(chosen[key])
    while _even_out(pools, chosen, taken):
        pass
    return {key: tuple(sorted(chosen[key])) for key in pools}


def _even_out(
    pools: Mapping[str, tuple[Code, ...]], chosen: dict[str, set[Code]], taken: Counter[Code]
) -> bool:
    """Move one rating from a unit to one at least two behind, if any swaps lead there.

    An assignment that leaves no such move has the least sum of squares (a negative cycle of the
    flow with convex costs is exactly such a path; Ahuja, Magnanti and Orlin 1993, ch. 14).
    """
    for unit in sorted(taken, key=lambda code: (-taken[code], code)):
        swaps = _swaps(unit, pools, chosen, taken)
        for key, given_up, gained in swaps:
            chosen[key].remove(given_up)
            chosen[key].add(gained)
        if swaps:
            taken[unit] -= 1
            taken[swaps[-1][2]] += 1
            return True
    return False


def _swaps(
    start: Code,
    pools: Mapping[str, tuple[Code, ...]],
    chosen: Mapping[str, set[Code]],
    taken: Counter[Code],
) -> list[tuple[str, Code, Code]]:
    """Find people who hand a rating on, from `start` to a unit at least two behind it."""
    if taken[start] - min(taken.values()) < 2:
        return []
    came: dict[Code, tuple[str, Code]] = {}
    waiting = deque([start])
    while waiting:
        unit = waiting.popleft()
        for key, pool in pools.items():
            if unit not in chosen[key]:
                continue
            for other in pool:
                if other == start or other in came or other in chosen[key]:
                    continue
                came[other] = (key, unit)
                if taken[start] - taken[other] >= 2:
                    return _walk_back(start, other, came)
                waiting.append(other)
    return []


def _walk_back(
    start: Code, end: Code, came: Mapping[Code, tuple[str, Code]]
) -> list[tuple[str, Code, Code]]:
    swaps: list[tuple[str, Code, Code]] = []
    while end != start:
        key, unit = came[end]
        swaps.append((key, unit, end))
        end = unit
    return swaps[::-1]

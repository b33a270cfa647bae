"""Drawing from 1,000,000 people in 500 strata: numbers, stratified and systematic samples."""

import numpy as np

from analysis.planning.allocation import PlannedStratum, allocate
from analysis.sampling.numbers import label_numbers, permanent_numbers
from analysis.sampling.selection import stratified, systematic
from benchmarks.scoring import seconds

PEOPLE, STRATA = 1_000_000, 500
SEED = bytes(range(32))


def run() -> list[tuple[str, float, str]]:
    """Measure the steps of a draw, as (name, figure, unit)."""
    rng = np.random.default_rng(7)
    people = [rng.bytes(16) for _ in range(PEOPLE)]
    stratum = rng.integers(0, STRATA, PEOPLE).astype(np.int32)
    day = rng.integers(0, 365, PEOPLE).astype(np.int32)
    numbers = permanent_numbers(people, SEED)
    starts = label_numbers((f"{place}" for place in range(STRATA)), SEED).tolist()
    planned = [
        PlannedStratum(population=n, floor=10) for n in np.bincount(stratum, None, STRATA).tolist()
    ]
    sizes = allocate(planned, PEOPLE // 20, "proportional")
    reserves = [n // 5 for n in sizes]
    return [
        ("1,000,000 permanent numbers", seconds(lambda: permanent_numbers(people, SEED)), "s"),
        (
            "50,000 people shared out over 500 strata",
            1000 * seconds(lambda: allocate(planned, PEOPLE // 20, "proportional")),
            "ms",
        ),
        (
            "a stratified sample with reserves",
            seconds(lambda: stratified(numbers, stratum, sizes, reserves=reserves)),
            "s",
        ),
        (
            "a systematic sample with reserves",
            seconds(
                lambda: systematic(
                    numbers, stratum, sizes, keys=(day,), starts=starts, reserves=reserves
                )
            ),
            "s",
        ),
    ]


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name:60} {figure:8.3f} {unit}")

"""From figures to pixels: an axis, its round figures, and labels that keep their distance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis from the figure `low` at the pixel `start` to `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, figure: float) -> float:
        """Give the pixel of a figure."""
        return self.start + (figure - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, most: int) -> tuple[int, ...]:
    """Give the multiples of 1, 2 or 5 times a power of ten within an axis, at most so many.

    Raises ValueError where `most` is under 2 or the axis has no length.
    """
    if most < 2 or not low < high:
        raise ValueError(f"no ticks for {low} to {high}, at most {most}")
    power = 0
    while True:
        for leading in (1, 2, 5):
            step = leading * 10**power
            first, last = math.ceil(low / step), math.floor(high / step)
            if last - first < most:
                return tuple(step * place for place in range(first, last + 1))
        power += 1


def spread(wanted: Sequence[float], gaps: Sequence[float]) -> tuple[float, ...]:
    """Move places apart as little as possible, in their order, so that labels do not overlap.

    `wanted` rises; place n + 1 comes to lie at least `gaps[n]` after place n. The squares of the
    moves sum to the least (pool adjacent violators, Ayer et al. 1955).
    """
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    blocks: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        mean, size = place - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    means = [mean for mean, size in blocks for _ in range(size)]
    return tuple(mean + offset for mean, offset in zip(means, offsets, strict=True))

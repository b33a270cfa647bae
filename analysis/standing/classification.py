"""The class (xếp loại) of a published figure."""

from collections.abc import Mapping
from decimal import Decimal


def classify(figure: Decimal, bands: Mapping[str, Decimal]) -> str | None:
    """Find the highest band whose lower bound the figure reaches, the bound included.

    `figure` and the bounds are both percents or both points, as published: a figure is rounded
    before it is classed. None where it reaches no band.
    """
    reached = [(bound, code) for code, bound in bands.items() if figure >= bound]
    return max(reached)[1] if reached else None

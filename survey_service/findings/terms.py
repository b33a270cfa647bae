"""The words that every part of the findings uses: figures, intervals, and why one is missing."""

from typing import Annotated, Literal

import msgspec

Figure = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
"""A decimal as text, exactly as published."""
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Missing = Literal["suppressed", "not_measurable", "too_few", "not_applicable"]
"""Why there is no figure: it would tell of too few people; nobody could be measured; there are
enough people to show, but too few for this statistic; it is not foreseen here."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of every value of the findings: frozen, by keyword, closed to unknown fields."""


class Interval(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A 95 % interval, rounded as the figure that it belongs to."""

    low: Figure
    high: Figure

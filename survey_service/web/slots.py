"""A page rendered once, with slots that are filled for each respondent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from markupsafe import Markup

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private-use characters: no keyboard types them, and autoescaping leaves them alone."""


def slot(name: str) -> Markup:
    """Give what a template holds where a respondent's value is to stand."""
    return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704 - names are ours, values are escaped when filled


def blank_slot(name: str) -> Markup:
    """Give a slot that stays empty where it has no value."""
    return slot(f"?{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """The fixed pieces of a page in UTF-8, and between them the slots by name."""

    pieces: tuple[bytes, ...]
    """One more than the slots."""
    slots: tuple[str, ...]

    @classmethod
    def build(cls, page: str) -> Self:
        """Split a rendered page at its slots."""
        first, *rest = page.split(_OPEN)
        named = [part.partition(_CLOSE) for part in rest]
        return cls(
            pieces=tuple(piece.encode() for piece in (first, *(after for _, _, after in named))),
            slots=tuple(name for name, _, _ in named),
        )

    def fill(self, values: Mapping[str, str]) -> bytes:
        """Give the page with values that are HTML already; raises KeyError for one not given."""
        joined = [self.pieces[0]]
        for name, piece in zip(self.slots, self.pieces[1:], strict=True):
            if name[0] != "?":
                joined.append(values[name].encode())
            elif value := values.get(name[1:]):
                joined.append(value.encode())
            joined.append(piece)
        return b"".join(joined)

"""One body of a letter, encoded once, with slots that are filled for each recipient."""

import binascii
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private-use characters: no keyboard types them, and no template engine touches them."""
_SLOT = re.compile(f"{_OPEN}([a-z][a-z0-9_]*){_CLOSE}")
_NEWLINE = re.compile(r"\r\n|\r")
_SOFT_BREAK = b"=\r\n"


def slot(name: str) -> str:
    """Give what a body holds where a recipient's value is to stand: text and HTML alike."""
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A body in quoted-printable: fixed pieces, and between them the slots by name.

    Every piece and every value stands on lines of its own, joined by soft line breaks, so that
    what is put in can neither run into its neighbours nor make a line too long.
    """

    pieces: tuple[bytes, ...]
    """One more than the slots."""
    slots: tuple[str, ...]
    markup: bool
    """True for HTML: values are escaped."""

    def fill(self, values: Mapping[str, str]) -> bytes:
        """Give the encoded body with values that `one_line` has tidied.

        Raises KeyError for a slot without a value.
        """
        joined = [self.pieces[0]]
        for name, piece in zip(self.slots, self.pieces[1:], strict=True):
            value = values[name]
            joined.append(_encode(html.escape(value) if self.markup else value))
            joined.append(piece)
        return _SOFT_BREAK.join(joined)

    def model(self, values: Mapping[str, str], body: str) -> str:
        """Give the text that a reader must find in the filled part: the plain substitution."""

        def value(found: re.Match[str]) -> str:
            plain = values[found[1]]
            return html.escape(plain) if self.markup else plain

        return _SLOT.sub(value, _NEWLINE.sub("\n", body))


def build_part(body: str, *, markup: bool) -> Part:
    """Encode a rendered body (RFC 2045 sec. 6.7); its lines may end in any way."""
    fixed = _SLOT.split(_NEWLINE.sub("\n", body))
    return Part(
        pieces=tuple(map(_encode, fixed[0::2])),
        slots=tuple(fixed[1::2]),
        markup=markup,
    )


def has_stray_marks(body: str) -> bool:
    """Tell whether a body holds a slot's marks outside any well-formed slot."""
    rest = _SLOT.sub("", body)
    return _OPEN in rest or _CLOSE in rest


def _encode(text: str) -> bytes:
    return binascii.b2a_qp(text.encode()).replace(b"\n", b"\r\n")

"""Header values as bytes: encoded, folded, and never able to start a header of their own."""

import base64
import re
import unicodedata
from dataclasses import dataclass

from mailer.reason import Reason, RefusedError

_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
"""Words that need no encoding in a phrase or a subject (RFC 5322 atoms)."""
_PLAIN_LENGTH = 48
_WORD_OCTETS = 42
"""Octets of UTF-8 in one encoded word: 56 of base64 and 12 around them, within the 75 allowed
(RFC 2047 sec. 2) and within a line of 78 after the name of a header."""
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Unicode's categories Cc, Cs, Zl and Zp, and the marks that turn the writing direction."""
_ASCII_TEXT = re.compile(r"[\x20-\x7e]*")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f-\x9f]{1,64}@[A-Za-z0-9.-]{1,253}")


def one_line(text: str) -> str:
    """Give a one-line value in NFC with its spaces tidied.

    Raises RefusedError for control characters, line breaks, lone surrogates and marks that turn
    the writing direction.
    """
    if not _ASCII_TEXT.fullmatch(text):
        if _FORBIDDEN.search(text):
            raise RefusedError(
                Reason(
                    code="control-character",
                    vi=f"Giá trị {text!a} có ký tự điều khiển hoặc xuống dòng; "
                    "đề nghị gõ lại giá trị này.",
                    en=f"The value {text!a} holds a control character or line break; "
                    "please type it again.",
                )
            )
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def phrase(text: str) -> bytes:
    """Encode a one-line value for a subject or a display name.

    Plain where it may be, else as encoded words (RFC 2047), folded between them.
    """
    text = one_line(text)
    if len(text) <= _PLAIN_LENGTH and _PLAIN.fullmatch(text):
        return text.encode()
    return b"\r\n ".join(map(_encoded_word, _chunks(text)))


def _chunks(text: str) -> list[bytes]:
    octets = text.encode()
    chunks: list[bytes] = []
    while len(octets) > _WORD_OCTETS:
        end = _WORD_OCTETS
        # A word must not end inside a character (RFC 2047 sec. 5).
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        chunks.append(octets[:end])
        octets = octets[end:]
    return [*chunks, octets] if octets else chunks


def _encoded_word(octets: bytes) -> bytes:
    return b"=?utf-8?b?" + base64.b64encode(octets) + b"?="


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address in its wire form, and the name to show beside it."""

    address: str
    name: str = ""


def mailbox(box: Mailbox) -> bytes:
    """Encode a mailbox for From, To or Reply-To; raises RefusedError for what is no address.

    An address that is not ASCII is written in UTF-8 (RFC 6532); it asks for SMTPUTF8.
    """
    if not _ADDRESS.fullmatch(box.address):
        raise RefusedError(
            Reason(
                code="address-malformed",
                vi=f"{box.address!a} không phải là địa chỉ thư điện tử.",
                en=f"{box.address!a} is no e-mail address.",
            )
        )
    bracketed = b"<" + box.address.encode() + b">"
    name = phrase(box.name)
    if not name:
        return bracketed
    # With a header's name in front the line would grow past 78.
    space = b" " if len(name) + len(bracketed) < 64 else b"\r\n "
    return name + space + bracketed

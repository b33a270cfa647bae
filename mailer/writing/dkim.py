"""A letter's DKIM signature: its domain stands for it, and nobody altered it on the way."""

import hashlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

SigningKey = RSAPrivateKey | Ed25519PrivateKey

SIGNED: Final = (
    *("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language"),
    *("MIME-Version", "Content-Type"),
)
"""What is signed where it is there; RFC 8058 sec. 4 demands both headers of unsubscribing."""
OVERSIGNED: Final = ("From", "To", "Subject", "Date", "Reply-To", "Content-Type")
"""Named once more than they occur, so that a second one, set before ours for a mail program to
show, breaks the signature (RFC 6376 sec. 8.15)."""
_LINE = 70


@dataclass(frozen=True, slots=True)
class DkimSigner:
    """Signs letters for a domain by an RSA or Ed25519 key (RFC 6376, RFC 8463)."""

    domain: str
    selector: str
    key: SigningKey

    def sign(self, message: bytes, *, at: datetime) -> bytes:
        """Give the message with its signature on top (relaxed/relaxed, SHA-256).

        Raises ValueError for a body that is not 7-bit: a server that recodes it would break it.
        """
        head, blank, body = message.partition(b"\r\n\r\n")
        if not blank or not body.isascii():
            raise ValueError("only a message with a 7-bit body can be signed")
        fields: defaultdict[str, list[bytes]] = defaultdict(list)
        for line in _unfolded(head).split(b"\r\n"):
            name, _, value = line.partition(b":")
            fields[name.decode().strip().lower()].append(value)
        names = list(_named(fields))
        unsigned = self._unsigned(names, body, at)
        # Of a header that occurs several times the lowest comes first; one that is named and not
        # there adds nothing (sec. 5.4.2).
        canonical = [
            _relaxed(name, fields[name.lower()].pop()) for name in names if fields[name.lower()]
        ]
        canonical.append(_relaxed("DKIM-Signature", _unfolded(unsigned)))
        signature = self._signature(b"\r\n".join(canonical))
        return b"DKIM-Signature:" + unsigned + _folded(b64encode(signature)) + b"\r\n" + message

    def _unsigned(self, names: Collection[str], body: bytes, at: datetime) -> bytes:
        algorithm = "rsa" if isinstance(self.key, RSAPrivateKey) else "ed25519"
        digest = b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        tags = (
            f" v=1; a={algorithm}-sha256; c=relaxed/relaxed; t={at.timestamp():.0f};",
            f"d={self.domain}; s={self.selector};",
            *_lines_of_names(names),
            f"bh={digest};",
            "b=",
        )
        return "\r\n ".join(tags).encode()

    def _signature(self, canonical: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(canonical, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(canonical).digest())


def _named(present: Collection[str]) -> Iterator[str]:
    yield from (name for name in SIGNED if name.lower() in present)
    yield from OVERSIGNED


def _lines_of_names(names: Collection[str]) -> Iterator[str]:
    line = "h="
    for number, name in enumerate(names, 1):
        following = name + (";" if number == len(names) else ":")
        if len(line) + len(following) > _LINE:
            yield line
            line = ""
        line += following
    yield line


def _folded(encoded: bytes) -> bytes:
    # White space inside the value is ignored (sec. 3.5).
    return b"\r\n ".join(
        (b"", *(encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)))
    )


def _unfolded(head: bytes) -> bytes:
    return head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")


def _relaxed(name: str, value: bytes) -> bytes:
    return name.lower().encode() + b":" + _single_spaced(value).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    body = _single_spaced(body).replace(b" \r\n", b"\r\n").rstrip(b" ")
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body else body


def _single_spaced(octets: bytes) -> bytes:
    octets = octets.replace(b"\t", b" ")
    while b"  " in octets:
        octets = octets.replace(b"  ", b" ")
    return octets

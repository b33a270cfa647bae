"""Tokens: a signed public id that opens one invitation, and the receipt for what came in."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import partial

from itsdangerous import BadSignature, Signer

from survey_service.keys import KeyRing

PUBLIC_ID_BYTES = 8
TOKEN_LENGTH = 35
SALTS = {False: b"survey-service.invitation", True: b"survey-service.correction"}
"""What a token is signed for, by whether its link is a correcting one."""
_blake2s_128 = partial(hashlib.blake2s, digest_size=16)


@dataclass(frozen=True, slots=True)
class Link:
    """What a valid token says: which invitation, which issue of its link, and what it opens.

    A `correcting` link is given for the receipt code; it opens a response that is being corrected,
    which the link of the letter does not show.
    """

    public_id: bytes
    generation: int
    correcting: bool = False


def _encode(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _decode(written: bytes) -> bytes:
    # Base64 leaves spare bits in the last letter, so several spellings decode alike; only the
    # one that encoding gives back is a token.
    raw = base64.urlsafe_b64decode(written + b"=" * (-len(written) % 4))
    if _encode(raw) != written:
        raise ValueError("not the canonical spelling")
    return raw


class Links:
    """Signs and opens invitation tokens, and makes receipt codes.

    A token is itsdangerous' `Signer` over 9 bytes (8 random + 1 generation), 35 characters,
    with a salt per purpose and key rotation; a wrong one is refused without the database.
    """

    def __init__(self, keys: KeyRing, public_url: str) -> None:
        self._signers = {
            correcting: Signer(
                keys.secrets("link"),
                salt=salt,
                sep=".",
                key_derivation="hmac",
                digest_method=_blake2s_128,
            )
            for correcting, salt in SALTS.items()
        }
        self._receipt_key = keys.secrets("receipt")[-1]
        self._public_url = public_url

    def token(self, public_id: bytes, generation: int, *, correcting: bool = False) -> str:
        """Sign an invitation's public id (8 bytes) and generation (0–255)."""
        said = _encode(public_id + bytes([generation]))
        return self._signers[correcting].sign(said).decode()

    def open(self, token: str) -> Link | None:
        """Give what a token says, or None where it is not one that this service signed."""
        if len(token) != TOKEN_LENGTH or not token.isascii():
            return None
        for correcting, signer in self._signers.items():
            try:
                raw = _decode(signer.unsign(token.encode()))
                _decode(token.rpartition(".")[2].encode())
            except (BadSignature, binascii.Error, ValueError):
                continue
            return Link(raw[:PUBLIC_ID_BYTES], raw[PUBLIC_ID_BYTES], correcting)
        return None

    def url(self, public_id: bytes, generation: int) -> str:
        """Give the link that a letter carries, from the configured public address."""
        return f"{self._public_url}/p/{self.token(public_id, generation)}"

    def receipt(self, public_id: bytes) -> str:
        """Give the receipt code of an invitation: 12 letters and digits in groups of four."""
        digest = hmac.new(self._receipt_key, b"receipt|" + public_id, hashlib.sha256).digest()
        code = base64.b32encode(digest)[:12].decode()
        return f"{code[:4]}-{code[4:8]}-{code[8:]}"

    def is_receipt(self, public_id: bytes, code: str) -> bool:
        """Tell in constant time whether a code typed by a person is the invitation's receipt."""
        plain = "".join(letter for letter in code.upper() if letter.isalnum())
        expected = self.receipt(public_id).replace("-", "")
        return hmac.compare_digest(plain.encode(), expected.encode())

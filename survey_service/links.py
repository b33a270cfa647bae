"""Tokens: a signed public id that opens one invitation, and the receipt for what came in."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from itsdangerous import BadSignature, Signer

from questionnaires.text import Language
from survey_service.keys import KeyRing

PUBLIC_ID_BYTES = 8
TOKEN_LENGTH = 35
LONGEST_TRIAL = 200
"""Characters: two codes of 40 letters and the signature stay below."""

Purpose = Literal["invitation", "correction", "one-click", "opt-out", "trial"]
SALTS: Final[dict[Purpose, bytes]] = {
    "invitation": b"survey-service.invitation",
    "correction": b"survey-service.correction",
    "one-click": b"survey-service.one-click",
    "opt-out": b"survey-service.opt-out",
    "trial": b"survey-service.trial",
}
"""What a token is signed for; a token of one purpose opens nothing of another."""
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


@dataclass(frozen=True, slots=True)
class TrialLink:
    """What a trial's token says: whose form is shown; an empty `group` is the wave's first."""

    wave: str
    language: Language
    group: str = ""


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
    """Signs and opens tokens, and makes receipt codes.

    A token is itsdangerous' `Signer` over 9 bytes (8 random + 1 generation), 35 characters,
    with a salt per purpose and key rotation; a wrong one is refused without the database. A
    trial's token is about nobody and says the wave, the language and the group instead.
    """

    def __init__(self, keys: KeyRing, public_url: str) -> None:
        self._signers = {
            purpose: Signer(
                keys.secrets("link"),
                salt=salt,
                sep=".",
                key_derivation="hmac",
                digest_method=_blake2s_128,
            )
            for purpose, salt in SALTS.items()
        }
        self._receipt_key = keys.secrets("receipt")[-1]
        self._public_url = public_url

    def token(self, public_id: bytes, generation: int, *, correcting: bool = False) -> str:
        """Sign an invitation's public id (8 bytes) and generation (0–255)."""
        purpose: Purpose = "correction" if correcting else "invitation"
        return self._sign(purpose, public_id + bytes([generation]))

    def open(self, token: str) -> Link | None:
        """Give what a token says, or None where it is not one that this service signed."""
        return self._open_link("invitation", token) or self._open_link("correction", token)

    def open_one_click(self, token: str) -> Link | None:
        """Give what the token of a letter's `List-Unsubscribe` says, or None."""
        return self._open_link("one-click", token)

    def open_opt_out(self, token: str) -> Link | None:
        """Give what the token of a letter's opt-out link says, or None."""
        return self._open_link("opt-out", token)

    def open_trial(self, token: str) -> TrialLink | None:
        """Give what a trial's token says, or None."""
        said = self._unsign("trial", token) if len(token) <= LONGEST_TRIAL else None
        if said is None:
            return None
        wave, language, group = said.decode().split("\n")
        return TrialLink(wave, "en" if language == "en" else "vi", group)

    def url(self, public_id: bytes, generation: int) -> str:
        """Give the link that a letter carries, from the configured public address."""
        return f"{self._public_url}/p/{self.token(public_id, generation)}"

    def one_click_url(self, public_id: bytes, generation: int) -> str:
        """Give the address that a mail provider posts to (RFC 8058), for the header alone."""
        said = public_id + bytes([generation])
        return f"{self._public_url}/u/{self._sign('one-click', said)}"

    def opt_out_url(self, public_id: bytes, generation: int) -> str:
        """Give the address of the page on which a person chooses to get no more mail."""
        return f"{self._public_url}/o/{self.opt_out_token(public_id, generation)}"

    def opt_out_token(self, public_id: bytes, generation: int) -> str:
        """Sign an invitation's public id and generation for that page alone."""
        return self._sign("opt-out", public_id + bytes([generation]))

    def trial_url(self, wave_code: str, language: Language, group: str = "") -> str:
        """Give the address of a form to try, which records nothing."""
        said = f"{wave_code}\n{language}\n{group}".encode()
        return f"{self._public_url}/try/{self._sign('trial', said)}"

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

    def _sign(self, purpose: Purpose, said: bytes) -> str:
        return self._signers[purpose].sign(_encode(said)).decode()

    def _open_link(self, purpose: Purpose, token: str) -> Link | None:
        said = self._unsign(purpose, token) if len(token) == TOKEN_LENGTH else None
        if said is None:
            return None
        return Link(said[:PUBLIC_ID_BYTES], said[PUBLIC_ID_BYTES], purpose == "correction")

    def _unsign(self, purpose: Purpose, token: str) -> bytes | None:
        if not token.isascii():
            return None
        try:
            raw = _decode(self._signers[purpose].unsign(token.encode()))
            _decode(token.rpartition(".")[2].encode())
        except (BadSignature, binascii.Error, ValueError):
            return None
        return raw

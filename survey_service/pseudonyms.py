"""Keyed digests: what can be compared without being read, by whoever has the key ring."""

import hashlib
import hmac
from typing import Literal, get_args

from survey_service.keys import KeyRing

DIGEST_BYTES = 16
Purpose = Literal["person", "short-code", "sampling-seed"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


class Pseudonyms:
    """Digests under keys derived from the ring (RFC 2104, HMAC-SHA-256), one key per purpose.

    The oldest receipt secret is the root: unlike the newest it stays when secrets are added, so
    that a person is known again.
    """

    def __init__(self, keys: KeyRing) -> None:
        root = keys.secrets("receipt")[0]
        self._keys = {
            purpose: hmac.digest(root, b"survey-service." + purpose.encode(), hashlib.sha256)
            for purpose in PURPOSES
        }

    def person(self, contact: str) -> bytes:
        """Give the digest of a normalised e-mail address or telephone number; 16 bytes."""
        return self._digest("person", contact.encode())[:DIGEST_BYTES]

    def short_code(self, code: str) -> bytes:
        """Give the digest by which a printed code finds its invitation; 16 bytes."""
        return self._digest("short-code", code.encode())[:DIGEST_BYTES]

    def sampling_seed(self, nonce: str) -> bytes:
        """Give the seed of a rolling sample, secret until it is revealed; 32 bytes."""
        return self._digest("sampling-seed", nonce.encode())

    def _digest(self, purpose: Purpose, value: bytes) -> bytes:
        return hmac.digest(self._keys[purpose], value, hashlib.sha256)

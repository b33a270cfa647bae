"""Drafts sealed against whoever holds the database and its backups, but not the key ring."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from survey_service.entropy import Entropy
from survey_service.keys import KeyRing

NONCE_BYTES = 12


class SealBrokenError(Exception):
    """A sealed draft was altered, or its key is no longer in the ring."""


class Seal:
    """AES-256-GCM under HKDF(seal key, invitation): RFC 5869, NIST SP 800-38D."""

    def __init__(self, keys: KeyRing, entropy: Entropy) -> None:
        self._keys = keys.secrets("seal")
        self._entropy = entropy

    @property
    def key_id(self) -> int:
        """The key that new drafts are sealed with."""
        return len(self._keys) - 1

    def close(self, public_id: bytes, plain: bytes) -> bytes:
        """Seal bytes for one invitation under the newest key."""
        nonce = self._entropy.token(NONCE_BYTES)
        return nonce + self._cipher(self.key_id, public_id).encrypt(nonce, plain, public_id)

    def open(self, key_id: int, public_id: bytes, sealed: bytes) -> bytes:
        """Open what was sealed; raises SealBrokenError."""
        try:
            cipher = self._cipher(key_id, public_id)
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], public_id)
        except (InvalidTag, IndexError) as error:
            raise SealBrokenError(str(key_id)) from error

    def _cipher(self, key_id: int, public_id: bytes) -> AESGCM:
        derived = HKDF(
            algorithm=SHA256(), length=32, salt=None, info=b"survey-service.draft|" + public_id
        )
        return AESGCM(derived.derive(self._keys[key_id]))

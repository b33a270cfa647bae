"""Where randomness comes from: `secrets` in production, a seed in the demo and in tests."""

import hashlib
import secrets
from typing import Protocol


class Entropy(Protocol):
    """Gives unpredictable bytes."""

    def token(self, size: int) -> bytes:
        """Give `size` bytes."""
        ...


class SystemEntropy:
    """The operating system's generator."""

    def token(self, size: int) -> bytes:
        """Give `size` bytes."""
        return secrets.token_bytes(size)


class SeededEntropy:
    """Bytes that follow from a seed, so that the same demo leaves the same files.

    BLAKE2b in counter mode; never used for a production wave.
    """

    def __init__(self, seed: int) -> None:
        self._key = hashlib.blake2b(str(seed).encode(), digest_size=32).digest()
        self._count = 0

    def token(self, size: int) -> bytes:
        """Give the next `size` bytes of the sequence (at most 64)."""
        self._count += 1
        block = hashlib.blake2b(self._count.to_bytes(8), key=self._key, digest_size=64).digest()
        return block[:size]

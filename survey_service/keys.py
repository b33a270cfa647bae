"""The key ring: secrets kept in a file outside the database and its backups."""

import contextlib
import os
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path

import msgspec

from survey_service.entropy import Entropy


class KeyRing(msgspec.Struct, frozen=True, kw_only=True):
    """Secrets by purpose, oldest first; the last one is used for what is new.

    `link` signs tokens, `seal` encrypts drafts (its place is the key id stored beside a draft),
    `receipt` makes receipt codes, `letter` makes Message-IDs.
    """

    link: tuple[str, ...]
    seal: tuple[str, ...]
    receipt: tuple[str, ...]
    letter: tuple[str, ...]

    def secrets(self, purpose: str) -> list[bytes]:
        """Give the secrets of a purpose, oldest first."""
        keys: tuple[str, ...] = getattr(self, purpose)
        return [b64decode(key) for key in keys]


def new_key_ring(entropy: Entropy) -> KeyRing:
    """Draw a fresh 256-bit secret for each purpose."""

    def draw() -> tuple[str, ...]:
        return (b64encode(entropy.token(32)).decode(),)

    return KeyRing(link=draw(), seal=draw(), receipt=draw(), letter=draw())


def open_key_ring(path: Path, entropy: Entropy) -> KeyRing:
    """Read the key ring, making it (owner-readable only) where there is none yet.

    Two processes that start at once agree: the file is created exclusively.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".keys.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(new_key_ring(entropy))))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        Path(fresh).unlink()
    return msgspec.json.decode(path.read_bytes(), type=KeyRing)

"""The manifest: what a publication consists of, from which dataset, by which software."""

from importlib.metadata import version
from typing import Literal

import msgspec

from survey_service.sheet.score_sheet import Method, Sha256

MANIFEST = "manifest.json"
MANIFEST_DIGEST = "manifest.sha256"
SOFTWARE = ("survey-service", "XlsxWriter")
"""The releases that the bytes of the files depend on."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The SHA-256 of every other file, the dataset's hash, and how the figures were made.

    The fingerprint of a publication is the SHA-256 of the manifest's canonical JSON.
    """

    files: dict[str, Sha256]
    dataset: Sha256
    software: dict[str, str]
    seed: int
    method: Method
    format: Literal["survey-publication/1"] = "survey-publication/1"


def installed_software() -> dict[str, str]:
    """Give the releases at work in this process."""
    return {name: version(name) for name in SOFTWARE}


def digest_line(fingerprint: str) -> bytes:
    """Write `manifest.sha256` as `sha256sum -c` reads it."""
    return f"{fingerprint}  {MANIFEST}\n".encode()

"""Style and icons, each under an address that names its content and never changes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

KINDS = {".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One static file; `digest` stands in its address."""

    name: str
    digest: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The static files by name."""

    by_name: Mapping[str, Asset]
    root: str

    @classmethod
    def load(cls, root: str) -> Self:
        """Read `templates/static`; `root` is the path that the public address begins with."""
        found: dict[str, Asset] = {}
        for file in files("templates").joinpath("static").iterdir():
            suffix = file.name[file.name.rfind(".") :]
            if suffix in KINDS:
                content = file.read_bytes()
                digest = hashlib.sha256(content).hexdigest()[:16]
                found[file.name] = Asset(
                    name=file.name, digest=digest, kind=KINDS[suffix], content=content
                )
        return cls(by_name=found, root=root)

    def address(self, name: str) -> str:
        """Give a file's address; raises KeyError."""
        return f"{self.root}/static/{self.by_name[name].digest}/{name}"

    def find(self, digest: str, name: str) -> Asset | None:
        """Find a file by its address."""
        asset = self.by_name.get(name)
        return asset if asset is not None and asset.digest == digest else None

"""Definitions that come with the service, each a folder of two TOML files."""

from importlib import resources
from pathlib import Path

from questionnaires.loading import FRAMEWORK_FILE

_HERE = Path(str(resources.files(__name__)))


def names() -> tuple[str, ...]:
    """List the catalogue, by folder name."""
    return tuple(sorted(file.parent.name for file in _HERE.glob(f"*/{FRAMEWORK_FILE}")))


def folder(name: str) -> Path:
    """Give the folder of an entry, for `load_definitions`; raises KeyError for an unknown name."""
    if name not in names():
        raise KeyError(name)
    return _HERE / name

"""The notebook that reproduces the score table, from its source of plain cells."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

import msgspec

SOURCE: Final = "exporting/notebook.txt"
_CELL: Final = "%% "


def notebook() -> bytes:
    """Write `reproduce.ipynb` (Jupyter notebook format 4.5), its cells not yet run."""
    document = {
        "cells": list(_cells(files("templates").joinpath(SOURCE).read_text("utf-8"))),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _cells(source: str) -> Iterator[dict[str, Any]]:
    """Cut the source at its lines `%% markdown` and `%% code`."""
    for place, part in enumerate(f"\n{source}".split(f"\n{_CELL}")[1:]):
        kind, _, text = part.partition("\n")
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": f"cell-{place}",
            "metadata": {},
            "source": text.strip("\n").splitlines(keepends=True),
        }
        yield cell if kind == "markdown" else cell | {"execution_count": None, "outputs": []}

"""The two-wave survey of reference/synth.csv as columns; unit w·8 + u is unit u in wave w."""

import csv
import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.scoring.columns import Ballots, IndexColumns, LeafColumns, Stratum

REFERENCE = Path(__file__).parent / "reference"
GROUPS = ("citizen", "business", "servant", "expert")
SHARES = tuple(Fraction(share, 10) for share in (5, 2, 2, 1))
CRITERIA = {"c1": (10, (0, 1, 2)), "c2": (8, (3, 4)), "c3": (7, (5, 6)), "c4": (5, (7,))}
UNITS = 8
LINEAR = tuple(Fraction(4 - place, 4) for place in range(5))


def expected() -> dict[str, dict[str, Any]]:
    entries = json.loads((REFERENCE / "synth_expected.json").read_text())
    return {entry["id"]: entry for entry in entries}


def index() -> IndexColumns:
    leaves = tuple(
        LeafColumns(
            code=code,
            maximum=Fraction(points),
            weights=SHARES,
            items=(items,) * len(GROUPS),
            minimum=(1,) * len(GROUPS),
        )
        for code, (points, items) in CRITERIA.items()
    )
    return IndexColumns(leaves=(leaves,), unit_class=(0,) * 2 * UNITS, values=(LINEAR,) * 8)


@cache
def survey() -> tuple[Ballots, tuple[Stratum, ...]]:
    with (REFERENCE / "synth.csv").open() as file:
        rows = list(csv.DictReader(file))
    people = {rid: place for place, rid in enumerate(dict.fromkeys(row["rid"] for row in rows))}
    populations = {row["stratum"]: row["N_h"] for row in rows}
    strata = {name: place for place, name in enumerate(populations)}
    weights = {text: place for place, text in enumerate(dict.fromkeys(row["w"] for row in rows))}
    ballots = Ballots(
        respondent=np.array([people[row["rid"]] for row in rows]),
        stratum=np.array([strata[row["stratum"]] for row in rows]),
        group=np.array([GROUPS.index(row["group"]) for row in rows]),
        unit=np.array([(int(row["wave"]) - 1) * UNITS + int(row["unit"][1]) - 1 for row in rows]),
        weight=np.array([weights[row["w"]] for row in rows]),
        weights=tuple(Fraction(text) for text in weights),
        answers=np.array(
            [[6 - int(row[f"q{q}"]) if row[f"q{q}"] else 0 for q in range(1, 9)] for row in rows],
            dtype=np.int16,
        ),
    )
    return ballots, tuple(
        Stratum(population=int(text) if text else None) for text in populations.values()
    )


def unlisted(strata: tuple[Stratum, ...]) -> tuple[Stratum, ...]:
    return tuple(replace(stratum, population=None) for stratum in strata)

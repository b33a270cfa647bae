"""Samples to estimate from: the nhanes and synth files, and random two-stage designs."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.estimation.design import FloatArray, Lonely, SurveyDesign, survey_design

REFERENCE = Path(__file__).parent / "reference"


@cache
def table(name: str) -> dict[str, list[str]]:
    with (REFERENCE / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def numbers(name: str, column: str) -> FloatArray:
    return np.array(
        [float(text) if text not in ("", "NA") else np.nan for text in table(name)[column]]
    )


@cache
def nhanes() -> SurveyDesign:
    rows = table("nhanes.csv")
    return survey_design(
        numbers("nhanes.csv", "WTMEC2YR"),
        strata=[rows["SDMVSTRA"]],
        clusters=[rows["SDMVPSU"]],
        nested=True,
    )


@cache
def nhanes_expected() -> dict[str, dict[str, Any]]:
    entries = json.loads((REFERENCE / "nhanes_expected.json").read_text())["entries"]
    return {entry["id"]: entry for entry in entries if "id" in entry}


@cache
def synth() -> SurveyDesign:
    rows, listed = table("synth.csv"), numbers("synth.csv", "N_h")
    return survey_design(
        numbers("synth.csv", "w"),
        strata=[rows["stratum"]],
        clusters=[rows["rid"]],
        populations=[np.where(np.isnan(listed), np.inf, listed)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoStage:
    """A two-stage sample of strata, clusters and rows, with two variables."""

    stratum: FloatArray
    cluster: FloatArray
    row: FloatArray
    weights: FloatArray
    clusters_there: FloatArray
    rows_there: FloatArray
    values: FloatArray

    def design(self, *, lonely: Lonely = "fail", listed: bool = True) -> SurveyDesign:
        return survey_design(
            self.weights,
            strata=[self.stratum],
            clusters=[self.cluster, self.row],
            populations=[self.clusters_there, self.rows_there] if listed else (),
            lonely=lonely,
        )

    def taken(self, rows: Any) -> "TwoStage":
        return TwoStage(
            **{name: getattr(self, name)[rows] for name in TwoStage.__dataclass_fields__}
        )


def two_stage(seed: int, *, least: int = 2, rows_least: int = 2) -> TwoStage:
    """Draw 2 or 3 strata of `least` to 4 clusters with `rows_least` to 4 rows each."""
    random = np.random.default_rng(seed)
    drawn: list[list[float]] = []
    cluster = 0
    for stratum in range(int(random.integers(2, 4))):
        sampled = int(random.integers(least, 5))
        there = sampled + int(random.integers(0, 6))
        for _ in range(sampled):
            size = int(random.integers(rows_least, 5))
            inside = size + int(random.integers(0, 5))
            drawn += [
                [stratum, cluster, row, random.uniform(1, 9), there, inside] for row in range(size)
            ]
            cluster += 1
    columns = np.array(drawn).T
    return TwoStage(
        stratum=columns[0],
        cluster=columns[1],
        row=columns[2],
        weights=columns[3],
        clusters_there=columns[4],
        rows_there=columns[5],
        values=random.normal(5, 2, size=(len(drawn), 2)),
    )

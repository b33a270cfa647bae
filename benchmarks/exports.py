"""An export read by other programs: R computes the scores anew, PSPP reads the SPSS file.

`python -m benchmarks.exports [DATASET]`; without a dataset folder it plays the demo round.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from survey_service.dataset.reading import read_dataset
from survey_service.exporting.package import write_export

Figures = list[tuple[str, float, str]]


def run(dataset: Path | None = None) -> Figures:
    """Export a dataset and give the seconds; raises RuntimeError where a program differs.

    R and PSPP come with Debian (r-base-core, r-cran-survey, pspp); what is not installed is
    said and left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = dataset or _played(Path(folder) / "demo")
        start = time.perf_counter()
        write_export(Path(folder) / "export", read_dataset(place), "vi")
        figures: Figures = [("exporting a dataset", time.perf_counter() - start, "s")]
        for program, check in (("Rscript", _by_r), ("pspp", _by_pspp)):
            if shutil.which(program) is None:
                figures.append((f"{program} is not installed", 0.0, ""))
            else:
                figures += check(Path(folder) / "export", place)
        return figures


def _played(out: Path) -> Path:
    program = "from survey_service.cli import main; main()"
    words = [sys.executable, "-c", program, "demo", "--seed", "7", "--out", str(out)]
    subprocess.run(words, capture_output=True, check=True)
    return out / "dataset"


def _by_r(export: Path, dataset: Path) -> Figures:
    start = time.perf_counter()
    done = subprocess.run(
        ["Rscript", str(export / "reproduce.R"), str(dataset)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or "REPRODUCED" not in done.stdout:
        raise RuntimeError(done.stdout[-1000:] + done.stderr[-1000:])
    compared = float(done.stdout.rsplit(" figures published", 1)[0].rsplit("\n", 1)[-1])
    return [
        ("R: figures equal to the published ones", compared, "figures"),
        ("R: the whole table anew", time.perf_counter() - start, "s"),
    ]


def _by_pspp(export: Path, dataset: Path) -> Figures:
    """Let PSPP write the file out again as codes, and compare every cell of every item."""
    back = export / "back.csv"
    syntax = (
        f"GET FILE='{export / 'ballots.sav'}'.\n"
        f"SAVE TRANSLATE /OUTFILE='{back}' /TYPE=CSV /REPLACE /FIELDNAMES /CELLS=VALUES.\n"
    )
    subprocess.run(["pspp", "-"], input=syntax, text=True, capture_output=True, check=True)
    with (export / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        numbers = {(row["variable"], row["code"]): row["number"] for row in csv.DictReader(file)}
    with back.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    with (dataset / "ballots.csv").open(encoding="utf-8", newline="") as file:
        ballots = list(csv.DictReader(file))
    compared = different = 0
    for one, other in zip(written, ballots, strict=True):
        for item, cell in other.items():
            number = numbers.get((item, cell))
            if item in one and number:
                compared += 1
                different += one[item] != number
    if different or not compared:
        raise RuntimeError(f"PSPP reads {different} of {compared} cells otherwise")
    return [("PSPP: cells equal to ballots.csv", float(compared), "cells")]


if __name__ == "__main__":
    named = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for title, figure, unit in run(named):
        print(f"  {title:<58} {figure:>12.3f} {unit}")

"""From the dataset folder to item means and the score, beside R survey and svy on the same file.

`Rscript` with survey (Debian: r-cran-survey) is used where it is installed, svy where the variable
SVY_PYTHON names an interpreter that has it.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from statistics import median

import numpy as np

from analysis.scoring.columns import FloatArray
from benchmarks.large_dataset import POPULATION, content
from benchmarks.memory import peak_memory
from survey_service.dataset.writing import write_dataset

HERE = Path(__file__).parent
SIZES = (25_000, 250_000)
ITEMS, RUNS, TOLERANCE = 40, 5, 1e-10
Figures = tuple[str, float, str]
Means = dict[tuple[str, str], tuple[float, float]]


def run() -> list[Figures]:
    """Measure reading, item means and the score in fresh processes, and the ratios to others."""
    found: list[Figures] = []
    with tempfile.TemporaryDirectory() as place:
        for ballots in SIZES:
            folder = Path(place) / f"{ballots}"
            write_dataset(folder, content(ballots))
            ours = _ours(folder)
            label = f"{ballots * ITEMS:,} answers"
            found += [
                (f"{label}: read the dataset folder, checked", ours["read"], "s"),
                (f"{label}: item means with SE, 40 units x 40 items", ours["items"], "s"),
                (f"{label}: whole score, exact, with covariance", ours["score"], "s"),
                (f"{label}: all of these", ours["work"], "s"),
                (f"{label}: with the start of the process", ours["process"], "s"),
                (f"{label}: peak of memory", ours["peak"], "MiB"),
            ]
            items = ITEMS if ballots == SIZES[0] else 0
            found += _compared(folder, Path(place), ours, items)
    return found


def _ours(folder: Path) -> dict[str, float]:
    """Give the medians of several fresh processes."""
    runs: list[dict[str, float]] = []
    for _ in range(RUNS):
        start = time.perf_counter()
        printed = subprocess.run(
            [sys.executable, "-m", "benchmarks.large_score", folder],
            check=True, capture_output=True, text=True, cwd=HERE.parent,
        ).stdout  # fmt: skip
        took = time.perf_counter() - start
        runs.append(json.loads(printed) | {"process": took})
    return {name: median(one[name] for one in runs) for name in runs[0]}


def measured(folder: Path, out: Path | None = None) -> dict[str, float]:
    """Do the work once in this process; its figures go into `out` where that is given."""
    from analysis.scoring.design import design_of  # noqa: PLC0415
    from analysis.scoring.item_means import item_means  # noqa: PLC0415
    from analysis.scoring.scoring import score  # noqa: PLC0415
    from survey_service.dataset.reading import read_dataset  # noqa: PLC0415
    from survey_service.results.columns import columns  # noqa: PLC0415

    import_module("scipy.special")  # imports are counted with the process, not with the work
    times = [time.perf_counter()]
    given = columns(read_dataset(folder).content)
    times.append(time.perf_counter())
    units = len(given.index.unit_class)
    design = design_of(given.ballots, given.strata, units)
    worths = [[float(worth) for worth in worths] for worths in given.index.values]
    means = item_means(given.ballots, design, range(ITEMS), worths)
    times.append(time.perf_counter())
    scores = score(given.ballots, given.strata, given.index)
    times.append(time.perf_counter())
    if out is not None:
        points = [float(unit.points or 0) for unit in scores.units]
        np.savez(out, mean=means.mean, se=means.standard_error, score=points,
                 covariance=scores.covariance)  # fmt: skip
    read, items, whole = np.diff(times).tolist()
    work = times[-1] - times[0]
    return {"read": read, "items": items, "score": whole, "work": work, "peak": peak_memory()}


def _compared(folder: Path, place: Path, ours: dict[str, float], items: int) -> list[Figures]:
    """Let R and svy work on the same file; raises AssertionError where a figure differs.

    Without items only the score is compared: R needs minutes for the means of ten million.
    """
    file = place / "ours.npz"
    measured(folder, file)
    figures: dict[str, FloatArray] = dict(np.load(file))
    shares = _shares(folder, place / "shares.csv")
    given = (folder, shares, str(items), place)
    found: list[Figures] = []
    if shutil.which("Rscript") and _succeeds("Rscript", "-e", "library(survey)"):
        _, averaging, scoring = _seconds("Rscript", HERE / "large_score.R", *given)
        with (place / "scores.csv").open(encoding="utf-8") as table:
            scores = [float(row["score"]) for row in csv.DictReader(table)]
        _check("score", figures["score"], np.array(scores))
        covariance = np.loadtxt(place / "covariance.csv", delimiter=",")
        _check("covariance", figures["covariance"], covariance)
        found += [
            ("  R survey: score by influence values", scoring, "s"),
            ("  R survey to ours: score", scoring / ours["score"], "×"),
        ]
        if items:
            _check_means(figures, place / "means.csv")
            both = (averaging + scoring) / (ours["items"] + ours["score"])
            found += [
                ("  R survey: item means with SE", averaging, "s"),
                ("  R survey to ours: item means", averaging / ours["items"], "×"),
                ("  R survey to ours: item means and score", both, "×"),
            ]
    else:
        print("  R survey is not installed (Debian: r-cran-survey): not compared")
    other = os.environ.get("SVY_PYTHON")
    if items and other and _succeeds(other, "-c", "import svy"):
        _, averaging = _seconds(other, HERE / "large_score_svy.py", *given)
        _check_means(figures, place / "means.csv")
        found += [
            ("  svy: item means with SE", averaging, "s"),
            ("  svy to ours: item means", averaging / ours["items"], "×"),
        ]
    elif items:
        print("  SVY_PYTHON names no interpreter with svy: not compared")
    return found


def _shares(folder: Path, file: Path) -> Path:
    """Write each group's share of a leaf and its population, for programs that read CSV."""
    framework = json.loads((folder / "framework.json").read_bytes())
    weights = framework["unit_classes"][0]["leaves"][0]["weights"]
    rows = [f"{group},{float(weight) / 100},{POPULATION}" for group, weight in weights.items()]
    file.write_text("\n".join(["group,share,population", *rows, ""]), encoding="ascii")
    return file


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _seconds(*command: str | Path) -> list[float]:
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(one) for one in printed.split()]


def _check_means(figures: dict[str, FloatArray], file: Path) -> None:
    """Compare every mean and standard error; units stand in order in ours."""
    with file.open(encoding="utf-8") as table:
        theirs: Means = {
            (row["item"], row["unit"]): (float(row["mean"]), float(row["se"]))
            for row in csv.DictReader(table)
        }
    items, units = (sorted({key[side] for key in theirs}) for side in (0, 1))
    for place, name in enumerate(("mean", "se")):
        other = np.array([[theirs[item, unit][place] for unit in units] for item in items])
        _check(name, figures[name], other)


def _check(name: str, ours: FloatArray, theirs: FloatArray) -> None:
    scale = np.abs(ours).max()
    if ours.shape != theirs.shape or not np.allclose(
        ours, theirs, rtol=TOLERANCE, atol=TOLERANCE * scale
    ):
        raise AssertionError(f"the programs disagree on the {name}")


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]))))

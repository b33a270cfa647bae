"""Compare every case with R and print the largest deviation of each family.

`python -m benchmarks.r_survey [--install] [case …]`; it ends with 1 if a figure is out of its
tolerance, if one side lacks a figure of the other, or if R is not there.
"""

import argparse
import json
import pkgutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.r_survey import cases
from benchmarks.r_survey.deviations import Deviation, Expected, deviation
from benchmarks.r_survey.families import Data, Family, Figures, read_table

HERE = Path(__file__).parent
PACKAGES = ("r-base-core", "r-cran-survey", "r-cran-mass", "r-cran-psych")


def main() -> None:
    """Run R and ours on the cases named, or on all of them."""
    names = sorted(module.name for module in pkgutil.iter_modules(cases.__path__))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.r_survey", description=__doc__)
    parser.add_argument("case", nargs="*", choices=[[], *names], help=f"of {', '.join(names)}")
    parser.add_argument("--install", action="store_true", help="install Debian's R packages first")
    parser.add_argument("--worst", action="store_true", help="name the worst figure of each family")
    options = parser.parse_args()
    if options.install:
        install()
    print(f"{'family':<34} {'figures':>8} {'largest deviation':>18} {'tolerance':>10}")
    results: list[Deviation] = []
    silent: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.case or names:
            expected, data = run_r(name, Path(folder))
            families: tuple[Family, ...] = import_module(f"{cases.__name__}.{name}").FAMILIES
            seen: set[str] = set()
            for family in families:
                computed: Figures = family.compute(data)
                seen |= computed.keys()
                result = deviation(family, computed, expected)
                results.append(result)
                print(
                    f"{family.name:<34} {result.figures:>8} {result.largest:>18.1e} "
                    f"{family.tolerance:>10.0e}{'' if result.within else '  OUT'}",
                    flush=True,
                )
                if options.worst or not result.within:
                    print(f"    {result.where}")
            silent += sorted(expected.keys() - seen)
    for command in silent:
        print(f"only R has: {command}")
    print(f"{'all':<34} {sum(result.figures for result in results):>8}")
    if silent or not all(result.within for result in results):
        sys.exit(1)


def install() -> None:
    """Install R, survey and psych from Debian's packages; needs the rights to do so."""
    subprocess.run(["apt-get", "update"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def run_r(case: str, folder: Path) -> tuple[Expected, Data]:
    """Run a case's R file; give its figures and the data sets it wrote to the folder."""
    command = ["Rscript", "--vanilla", str(HERE / "run.R"), str(HERE / "cases" / f"{case}.R")]
    try:
        subprocess.run([*command, str(folder)], check=True)
    except FileNotFoundError:
        sys.exit("Rscript is not here: run with --install, or install " + " ".join(PACKAGES))
    except subprocess.CalledProcessError:
        sys.exit(f"R could not finish {case}.R")
    data = {path.stem: read_table(path) for path in folder.glob("*.csv")}
    return json.loads((folder / f"{case}.json").read_text()), data


if __name__ == "__main__":
    main()

"""Item means by unit with the package svy: run by an interpreter that has it.

large_score_svy.py DATASET SHARES.csv ITEMS OUT: prints seconds, writes the figures to OUT.
"""

# pyright: basic, reportMissingImports=false
import sys
import time
from pathlib import Path

import polars as pl
import svy


def main() -> None:
    folder, shares, items, out = sys.argv[1:]
    names = [f"Q{item + 1:02d}" for item in range(int(items))]
    start = time.perf_counter()
    ballots = pl.read_csv(
        Path(folder) / "ballots.csv",
        columns=["respondent", "stratum", "unit", "weight", *names],
        schema_overrides=dict.fromkeys(names, pl.Float64) | {"respondent": pl.String},
    )
    reading = time.perf_counter() - start
    population = pl.read_csv(shares).select(stratum="group", N=pl.col("population").cast(float))
    ballots = ballots.join(population, on="stratum").with_columns(
        (pl.col(name) - 1) / 4 for name in names
    )
    start = time.perf_counter()
    design = svy.Design(stratum="stratum", psu="respondent", wgt="weight", pop_size="N")
    sample = svy.Sample(ballots, design)
    found = [one.to_polars() for one in sample.estimation.mean(names, by="unit", drop_nulls=True)]
    averaging = time.perf_counter() - start
    print(reading, averaging)
    pl.concat(
        one.select(pl.lit(name).alias("item"), "unit", mean="est", se="se")
        for name, one in zip(names, found, strict=True)
    ).write_csv(Path(out) / "means.csv")


if __name__ == "__main__":
    main()

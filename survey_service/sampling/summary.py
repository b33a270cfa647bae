"""What a draw came to, in counts: kept beside the sample, and the source of what is published."""

from typing import Literal

import msgspec

from questionnaires.index import Code, Mode


class StratumSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One finest stratum of a frame: what is in it and how much of it was drawn.

    `transactions` N and `people` M of the frame; `drawn` and `reserve` people. `fpc_population`
    is the N_h of the finite population correction (`analysis.sampling.lot`). `probability` is
    that with which each of the M was drawn, reserves aside, a fraction as text ("3/40");
    `first_stage` that of the stratum's unit in a two-stage sample, which `probability` contains.
    `unit`, `service` and `channel` are "" where the plan's strata do not go by them.
    """

    stratum: str
    unit: Code
    service: Code
    channel: Code
    mode: Mode
    transactions: int
    people: int
    fpc_population: int
    drawn: int
    reserve: int
    probability: str
    first_stage: str | None = None


class ExcludedCount(msgspec.Struct, frozen=True, kw_only=True):
    """Transactions of a unit left out by a rule."""

    rule: str
    unit: Code
    transactions: int


class CoverageCount(msgspec.Struct, frozen=True, kw_only=True):
    """Transactions of the list by one field, and those with an e-mail address or telephone only."""

    field: Literal["unit", "service", "channel", "month"]
    value: str
    transactions: int
    email: int
    telephone: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A draw in counts; lists are sorted by their texts."""

    strata: tuple[StratumSummary, ...] = ()
    excluded: tuple[ExcludedCount, ...] = ()
    coverage: tuple[CoverageCount, ...] = ()


# Taken in at the import: two threads in which msgspec meets a struct for the first time at once
# crash the process.
msgspec.json.Decoder(Summary)

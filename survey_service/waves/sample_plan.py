"""What a wave file decides about a sample that the service draws from lists of transactions."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

StratumField = Literal["unit", "service", "channel"]
Design = Literal["simple", "stratified", "systematic", "two-stage"]


class SampleSize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people to draw.

    `rule` "slovin": n = N/(1 + N·e²) with e = `error`; "width": an interval of ± `error` for a
    share p with standard deviation `sigma`; "total": `total` people; "all": everybody. The rule
    holds in each cell of the fields `each` (once over the whole frame where empty).
    `response_rate`, in percent, makes "slovin" and "width" count answers instead of invitations.
    """

    rule: Literal["slovin", "width", "total", "all"] = "slovin"
    error: Decimal = Decimal("0.05")
    sigma: Decimal = Decimal("0.5")
    total: int | None = None
    each: tuple[StratumField, ...] = ()
    response_rate: int = 100


class FirstStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first stage of a two-stage sample: `count` units, "proportional" to size or "equal"."""

    count: int
    chances: Literal["proportional", "equal"] = "proportional"


class Rolling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Asking day by day while the wave is open.

    A person is asked `days_after` days after their result was handed over, if lot takes them: with
    the chance `rate`, the same for everybody. A transaction that is delivered more than
    `latest_days` days after that is too late.
    """

    days_after: int = 3
    latest_days: int = 30
    rate: Decimal = Decimal(1)


class SamplePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which transactions, for which group, by which design people are drawn.

    The frame is the transactions of `sources` (all where empty) whose result was handed over from
    `from` to `to`, both days included. Everybody in it is drawn at most once, about one
    transaction, taken by lot from theirs. `target` says what a weight stands for: "people", or
    "transactions", where whoever had m of them counts m times. `sigmas` are standard deviations
    by stratum ("UNIT/SERVICE/online") for Neyman's allocation; others count 1. `reserve` is a
    share of the sample drawn in addition. Whoever was asked in the last `months_between` months is
    left out, and so is an address behind more than `most_per_person` transactions, or of a domain
    in `exclude_domains`. With `letters` people without an e-mail address are in the frame too, in
    strata of their own, and are asked by printed letters.
    """

    group: str
    since: date = msgspec.field(name="from")
    until: date = msgspec.field(name="to")
    sources: tuple[str, ...] = ()
    target: Literal["people", "transactions"] = "people"
    design: Design = "stratified"
    strata: tuple[StratumField, ...] = ("unit", "service", "channel")
    size: SampleSize = SampleSize()
    allocation: Literal["proportional", "neyman", "fixed"] = "proportional"
    sigmas: dict[str, Decimal] = {}
    floor: int = 0
    first_stage: FirstStage | None = None
    reserve: Decimal = Decimal("0.2")
    months_between: int = 6
    most_per_person: int = 20
    exclude_domains: tuple[str, ...] = ()
    letters: bool = False
    rolling: Rolling | None = None

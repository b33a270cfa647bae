"""The design of a wave as its dataset states it: units, strata, ballots issued, the seed."""

from typing import Final, Literal

import msgspec

from questionnaires.index import Code, Mode
from questionnaires.text import Text

ListKind = Literal["census", "drawn", "nominated", "volunteers"]
NOT_SAMPLED: Final[frozenset[ListKind]] = frozenset({"nominated", "volunteers"})
"""Lists that lot had no part in: what rests on them has no sampling error."""
Cause = Literal["stratum", "weight", "unit", "pattern"]


class WaveLabel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which wave this is; the year is that of the index, no other date is kept."""

    code: Code
    title: Text
    year: int


class DatasetUnit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rated unit; `successor_of` are the codes of the units that it replaced, by the register."""

    code: Code
    name: Text
    unit_class: Code = msgspec.field(name="class")
    successor_of: tuple[Code, ...] = ()


class DatasetStratum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stratum after coarsening.

    `population` is N_h, None where there is no list; `subset` tells that each person was given
    a random subset of units; `list_kind` how the list was made ("volunteers" came by themselves);
    `invited` how many were asked. `unit`, `service` and `channel` are those that everybody in it
    has in common, "" where they differ; `mode` is the door by which they came.
    """

    code: Code
    group: Code
    population: int | None
    subset: bool
    list_kind: ListKind
    invited: int
    unit: Code = ""
    service: Code = ""
    channel: Code = ""
    mode: Mode = "web"


class Issued(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ballots issued about a unit to a group; returned and valid ones follow from the rows."""

    unit: Code
    group: Code
    ballots: int


class StratumDispositions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of the people invited in a stratum, as it stood at the cut-off (AAPOR).

    The first seven add up to the stratum's `invited`; `not_eligible` are invitations revoked,
    which are not among them.
    """

    stratum: Code
    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown: int = 0
    unknown_other: int = 0
    not_eligible: int = 0

    @property
    def invited(self) -> int:
        """Add up those whose invitation stood."""
        answered = self.complete + self.partial
        return answered + self.refusal + self.non_contact + self.other + self.undecided

    @property
    def undecided(self) -> int:
        """Add up those of whom nothing is known."""
        return self.unknown + self.unknown_other


class Coarsening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stratum that stands for finer ones, which held fewer than k people."""

    stratum: Code
    merged: tuple[str, ...]


class Declaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What could not be coarsened: `people` may be narrowed to as few as `fewest`."""

    group: Code
    cause: Cause
    people: int
    fewest: int
    message: Text


class TransactionBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People asked in a stratum who had from so many to so many transactions, and their mean."""

    at_least: int
    at_most: int
    people: int
    mean: str


class SampledStratum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stratum of the dataset whose people were drawn from transactions.

    `transactions` N and `people` M of the frame, people `drawn` at first, reserves `called` in
    place of people `replaced`, and those who `answered`. `probability` is that with which each
    person was drawn, `weight` what an answer stands for where everybody had one transaction; both
    are decimals. `first_stage` is the probability of the stratum's unit in a two-stage sample.
    `classes` are the strata that this one was weighted together with for want of answers, `bands`
    what the weight is multiplied by, in their mean, where it stands for transactions.
    """

    stratum: Code
    transactions: int
    people: int
    drawn: int
    called: int
    replaced: int
    answered: int
    probability: str
    weight: str
    first_stage: str | None = None
    classes: tuple[Code, ...] = ()
    bands: tuple[TransactionBand, ...] = ()


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Transactions of a unit that were left out of the frame by a stated rule, and of how many."""

    rule: str
    unit: Code
    transactions: int


class Coverage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of the list's transactions have an e-mail address, how many a telephone only."""

    field: Literal["unit", "service", "channel", "month"]
    value: str
    transactions: int
    email: int
    telephone: int


class SampleChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done to a drawn sample by hand, or beside it, counted by unit and reason."""

    unit: Code
    change: Literal["replaced", "called", "passed", "reissued", "letter", "receipt"]
    reason: str
    count: int


class Sampling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people were drawn from transactions: whoever has the frame draws the same again.

    `frame` and `sample` are SHA-256 fingerprints. `intact` tells that the people asked are those
    drawn and called; where it is not so the sample was changed outside the service. `strangers`
    are people in the group's list who were not drawn: their ballots are left out. `draws` counts
    the draws that were made; all but the last were discarded, each with a reason in the journal.
    """

    group: Code
    target: Literal["people", "transactions"]
    design: Literal["simple", "stratified", "systematic", "two-stage", "rolling"]
    allocation: Literal["proportional", "neyman", "fixed"]
    seed: str
    commitment: str
    frame: str
    sample: str
    intact: bool
    draws: int
    strata: tuple[SampledStratum, ...]
    excluded: tuple[Exclusion, ...]
    coverage: tuple[Coverage, ...]
    changes: tuple[SampleChange, ...] = ()
    strangers: int = 0


class Design(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that scoring needs to know beside the ballots and the definitions.

    `seed` fixes the draws of the rank sets; `threshold` is the k that strata were coarsened to.
    `dispositions` are empty where the wave was frozen before they were kept; `sampling` is None
    where no group was drawn from transactions.
    """

    wave: WaveLabel
    units: tuple[DatasetUnit, ...]
    strata: tuple[DatasetStratum, ...]
    issued: tuple[Issued, ...]
    seed: int
    threshold: int
    coarsened: tuple[Coarsening, ...] = ()
    declared: tuple[Declaration, ...] = ()
    dispositions: tuple[StratumDispositions, ...] = ()
    sampling: Sampling | None = None
    format: Literal["survey-dataset/1"] = "survey-dataset/1"

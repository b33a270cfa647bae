"""The design of a wave as its dataset states it: units, strata, ballots issued, the seed."""

from typing import Literal

import msgspec

from questionnaires.index import Code
from questionnaires.text import Text

ListKind = Literal["census", "drawn", "nominated"]
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
    a random subset of units; `list_kind` how the list was made; `invited` how many were asked.
    """

    code: Code
    group: Code
    population: int | None
    subset: bool
    list_kind: ListKind
    invited: int


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


class Design(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that scoring needs to know beside the ballots and the definitions.

    `seed` fixes the draws of the rank sets; `threshold` is the k that strata were coarsened to.
    `dispositions` are empty where the wave was frozen before they were kept.
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
    format: Literal["survey-dataset/1"] = "survey-dataset/1"

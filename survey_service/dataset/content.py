"""What a dataset holds, as values: definitions, design, ballots, free text."""

from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from survey_service.dataset.design import Design


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotRow:
    """One response about one assigned unit, also where the person does not know the unit.

    `ballot` and `respondent` are random keys of 16 hexadecimal digits; `weight` is a decimal as
    text; `answers` is packed as `questionnaires.packing` does it.
    """

    ballot: str
    respondent: str
    stratum: Code
    unit: Code
    familiar: bool
    answers: bytes
    weight: str = "1"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FreeText:
    """One free answer, cut off from its ballot; `unit` is empty where it is about none."""

    item: Code
    unit: Code
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetContent:
    """A frozen wave; the order of ballots and texts carries no meaning and is not kept.

    Ballots that were read from files are `ballot_columns.BallotColumns`.
    """

    framework: Framework
    questionnaires: Questionnaires
    design: Design
    ballots: Sequence[BallotRow]
    free_text: Sequence[FreeText] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset as it was read back: its content, its hash, and its definitions byte for byte.

    The definitions' own bytes go into a publication, so that a later release, which may know
    more settings, republishes them unchanged.
    """

    content: DatasetContent
    hash: str
    framework_json: bytes
    questionnaires_json: bytes

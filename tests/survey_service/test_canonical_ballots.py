import random
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from generated import generated
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.problems import ProblemsError
from survey_service.dataset import canonical_ballots
from survey_service.dataset.ballot_columns import BallotColumns, ballot_columns
from survey_service.dataset.ballots import read_ballots, row_by_row
from survey_service.dataset.byte_fields import distinct, words
from survey_service.dataset.canonical_ballots import CanonicalReader
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.files import dataset_files

CONTENT = generated("two-units", seed=9)
TABLE = dataset_files(CONTENT)["ballots.csv"]
DEFINED = (CONTENT.framework, CONTENT.questionnaires, CONTENT.design)
ROUND = generated("par-index-2022", seed=2)


def at_once(table: bytes, content: DatasetContent = CONTENT) -> BallotColumns | None:
    return CanonicalReader(content.framework, content.questionnaires, content.design).read(table)


def agree(one: BallotColumns, other: BallotColumns) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in BallotColumns.__slots__
    )


@pytest.mark.parametrize("content", [CONTENT, ROUND])
def test_what_was_written_is_read_at_once_and_as_row_by_row(content: DatasetContent) -> None:
    table = dataset_files(content)["ballots.csv"]
    columns = at_once(table, content)
    assert columns is not None
    rows, problems = row_by_row(table, content.framework, content.questionnaires, content.design)
    assert not problems
    assert list(columns) == list(rows) == sorted(content.ballots, key=lambda row: row.ballot)
    assert isinstance(rows, BallotColumns)
    assert agree(columns, rows)
    assert agree(columns, ballot_columns(content))


def test_columns_are_a_sequence_of_rows() -> None:
    columns = at_once(TABLE)
    assert columns is not None
    assert len(columns) == len(CONTENT.ballots)
    assert columns[:3] == (columns[0], columns[1], columns[2])
    assert list(columns) == [columns[place] for place in range(len(columns))]
    assert next(reversed(columns)) == columns[-1]


def test_the_size_of_what_is_read_at_a_time_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = at_once(TABLE)
    monkeypatch.setattr(canonical_ballots, "CHUNK", 150)
    parts = at_once(TABLE)
    assert whole is not None
    assert parts is not None
    assert agree(whole, parts)


@pytest.mark.parametrize(
    "other",
    [
        TABLE.replace(b"\n", b"\r\n"),
        TABLE.removesuffix(b"\n"),
        TABLE.replace(b",XA1,", b',"XA1",'),
    ],
)
def test_another_spelling_is_read_row_by_row(other: bytes) -> None:
    assert at_once(other) is None
    rows, problems = read_ballots(other, *DEFINED)
    assert not problems
    assert list(rows) == sorted(CONTENT.ballots, key=lambda row: row.ballot)


def test_an_empty_table_has_no_ballots() -> None:
    header = TABLE[: TABLE.index(b"\n") + 1]
    rows, problems = read_ballots(header, *DEFINED)
    assert (len(rows), problems) == (0, ())
    assert ballot_columns(replace(CONTENT, ballots=rows)).answers.shape == (0, 8)


@given(st.integers(min_value=0), st.binary(min_size=0, max_size=3), st.integers(0, 3))
def test_nothing_is_read_at_once_that_row_by_row_would_refuse(
    place: int, put: bytes, gone: int
) -> None:
    at = place % len(TABLE)
    table = TABLE[:at] + put + TABLE[at + gone :]
    columns = at_once(table)
    if columns is not None:
        rows, problems = row_by_row(table, *DEFINED)
        assert not problems
        assert list(columns) == list(rows)


@pytest.mark.parametrize("seed", range(60))
def test_likely_mistakes_are_left_to_the_reading_row_by_row(seed: int) -> None:
    """Put a code of one cell into another, and see that both readings judge alike."""
    chance = random.Random(seed)
    lines = [line.split(b",") for line in TABLE.splitlines()]
    one, other = (chance.randrange(1, len(lines)) for _ in range(2))
    column = chance.randrange(len(lines[0]))
    spare = chance.choice([b"", b"~", b"dk", b"adk", b"0", b"31000", b"c;a", lines[other][column]])
    lines[one][column] = chance.choice([spare, lines[other][column]])
    table = b"\n".join([b",".join(line) for line in lines]) + b"\n"
    columns = at_once(table)
    try:
        rows, problems = row_by_row(table, *DEFINED)
    except ProblemsError:
        assert columns is None
        return
    assert (columns is None) == bool(problems)
    assert columns is None or list(columns) == list(rows)


def test_more_ballots_than_issued_and_more_people_than_invited_are_left_to_it() -> None:
    issued = tuple(msgspec.structs.replace(one, ballots=1) for one in CONTENT.design.issued)
    strata = tuple(msgspec.structs.replace(one, invited=1) for one in CONTENT.design.strata)
    for change in ({"issued": issued}, {"strata": strata}):
        design = msgspec.structs.replace(CONTENT.design, **change)
        assert at_once(TABLE, replace(CONTENT, design=design)) is None


def test_one_endless_cell_does_not_take_the_room_of_all_rows() -> None:
    line = TABLE.splitlines()[5]
    for cell in (b",1,1,", b",~,"):
        assert cell in line
        endless = TABLE.replace(line, line.replace(cell, cell + b"9" * 10**5, 1))
        assert at_once(endless) is None
        assert read_ballots(endless, *DEFINED)[1]


def test_fields_that_mix_alike_are_still_told_apart() -> None:
    spread = 0x9E3779B97F4A7C15
    fields = np.array([[0, spread], [1, 0], [0, spread]], dtype=np.uint64)
    _, which = distinct(fields)
    assert which[0] == which[2] != which[1]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_fields_come_back_as_they_are(texts: list[str]) -> None:
    spelt = [text.encode() for text in texts]
    ends = np.cumsum([len(one) for one in spelt], dtype=np.int64)
    text = np.frombuffer(b"".join(spelt) or b" ", dtype=np.uint8)
    starts = ends - np.array([len(one) for one in spelt], dtype=np.int64)
    fields = words(text, starts, ends)
    assert fields is not None
    found, which = distinct(fields)
    assert [found[place] for place in which] == spelt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.catalogue import folder
from questionnaires.loading import Definitions, load_definitions
from questionnaires.packing import Column, columns, decode, encode, pack, unpack

BANK = load_definitions(folder("two-units")).questionnaires
COLUMNS = columns(BANK)
SCALE = Column(item="S", kind="scale", options=("5", "4", "3", "2", "1"))
SEVERAL = Column(item="M", kind="multiple", options=("a", "b", "c"))
NUMBER = Column(item="N", kind="number", options=())


def answer(column: Column) -> st.SearchStrategy[str]:
    special = st.sampled_from(["", "dk", "na", "~"])
    if column.kind == "number":
        return special | st.integers(0, 30_000).map(str)
    if column.kind == "multiple":
        chosen = st.sets(st.sampled_from(column.options), min_size=1)
        return special | chosen.map(
            lambda codes: ";".join(code for code in column.options if code in codes)
        )
    return special | st.sampled_from(column.options)


ballots = st.fixed_dictionaries({column.item: answer(column) for column in COLUMNS})


@given(ballots)
def test_a_packed_ballot_reads_back_whole(answers: dict[str, str]) -> None:
    packed = pack(BANK, answers)
    assert len(packed) == 2 * len(COLUMNS)
    assert unpack(BANK, packed) == answers


def test_columns_are_the_items_of_the_bank_that_are_not_text(par_index: Definitions) -> None:
    assert [column.item for column in COLUMNS] == [
        *("S1", "S2", "S3", "S4", "TRE", "XIN-LOI", "SO-LAN", "UU-TIEN")
    ]
    assert len(columns(par_index.questionnaires)) == 52


def test_the_bytes_are_little_endian_and_items_left_out_were_not_asked() -> None:
    packed = pack(BANK, {"S1": "5", "S2": "dk", "S3": "", "SO-LAN": "299", "UU-TIEN": "ho-so"})
    assert packed.hex(" ", 2) == "0100 ffff 0000 fdff fdff fdff 2c01 0400"


@pytest.mark.parametrize(
    ("column", "readable", "packed"),
    [
        (SCALE, "5", 1),
        (SCALE, "1", 5),
        (SCALE, "", 0),
        (SCALE, "dk", -1),
        (SCALE, "na", -2),
        (SCALE, "~", -3),
        (SEVERAL, "a;c", 0b101),
        (NUMBER, "0", 1),
        (NUMBER, "30000", 30_001),
    ],
)
def test_each_answer_has_its_number(column: Column, readable: str, packed: int) -> None:
    assert encode(column, readable) == packed
    assert decode(column, packed) == readable


@pytest.mark.parametrize(
    ("column", "readable"),
    [(SCALE, "6"), (SEVERAL, "a;d"), (NUMBER, "30001"), (NUMBER, "-1"), (NUMBER, "ba")],
)
def test_an_answer_that_a_column_cannot_hold_is_refused(column: Column, readable: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        encode(column, readable)


@pytest.mark.parametrize(
    ("column", "packed"), [(SCALE, 6), (SCALE, -4), (SEVERAL, 8), (NUMBER, 30_002)]
)
def test_a_number_that_means_nothing_is_refused(column: Column, packed: int) -> None:
    with pytest.raises(ValueError, match="no such packed answer"):
        decode(column, packed)


def test_bytes_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes, not 14"):
        unpack(BANK, b"\0" * 14)

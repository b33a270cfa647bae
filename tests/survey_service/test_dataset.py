import csv
import io
import os
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from generated import generate, generated
from hand_made import write_files
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.fingerprint import canonical_json
from questionnaires.loading import Definitions
from questionnaires.problems import ProblemsError
from survey_service.dataset.content import DatasetContent, FreeText
from survey_service.dataset.files import CHECKSUMS, checksums, dataset_files
from survey_service.dataset.reading import dataset_from_files, read_dataset
from survey_service.dataset.tables import MOST_PROBLEMS, at_most, guard, unguard
from survey_service.dataset.writing import write_dataset
from survey_service.folders import digest

CONTENT = generated("two-units", seed=3)
FILES = dataset_files(CONTENT)
DESIGN = msgspec.json.decode(FILES["design.json"])


def refused(files: dict[str, bytes]) -> str:
    with pytest.raises(ProblemsError) as caught:
        dataset_from_files(files)
    for one in caught.value.problems:
        assert one.message.vi
        assert one.message.en
        assert one.message.vi != one.message.en
    return str(caught.value)


def listed(files: dict[str, bytes]) -> dict[str, bytes]:
    """List the files anew, as somebody who alters the whole dataset would."""
    return {**files, CHECKSUMS: checksums(files)}


def with_row(place: int, **cells: str) -> dict[str, bytes]:
    rows = list(csv.DictReader(io.StringIO(FILES["ballots.csv"].decode())))
    rows[place] |= cells
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return listed({**FILES, "ballots.csv": text.getvalue().encode()})


def with_design(path: tuple[str | int, ...], value: object) -> dict[str, bytes]:
    design = msgspec.json.decode(FILES["design.json"])
    place = design
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return listed({**FILES, "design.json": canonical_json(design)})


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    hash_ = write_dataset(tmp_path / "dataset", CONTENT)
    dataset = read_dataset(tmp_path / "dataset")
    assert dataset.hash == hash_ == digest((tmp_path / "dataset" / CHECKSUMS).read_bytes())
    assert list(dataset.content.ballots) == sorted(CONTENT.ballots, key=lambda row: row.ballot)
    assert replace(dataset.content, ballots=()) == replace(
        CONTENT, ballots=(), free_text=tuple(sorted(CONTENT.free_text))
    )
    assert dataset.framework_json == FILES["framework.json"]


def test_the_order_of_ballots_and_texts_leaves_no_trace() -> None:
    turned = replace(
        CONTENT,
        ballots=tuple(reversed(CONTENT.ballots)),
        free_text=tuple(reversed(CONTENT.free_text)),
    )
    assert dataset_files(turned) == FILES


def test_the_columns_hold_no_date_order_or_device() -> None:
    header = FILES["ballots.csv"].decode().splitlines()[0].split(",")
    assert header[:7] == ["ballot", "respondent", "group", "stratum", "unit", "weight", "familiar"]
    assert "GOP-Y" not in header
    assert header[7:] == ["S1", "S2", "S3", "S4", "TRE", "XIN-LOI", "SO-LAN", "UU-TIEN"]
    assert b"\r" not in FILES["ballots.csv"]
    assert not FILES["ballots.csv"].startswith(b"\xef\xbb\xbf")


def test_what_is_asked_once_stands_on_one_ballot_of_each_person() -> None:
    bank = CONTENT.questionnaires
    once = msgspec.structs.replace(bank.item("SO-LAN"), about="respondent", groups=("CX",))
    relation = bank.relation("CX")
    both = msgspec.structs.replace(relation.rates, except_own=False)
    asking = msgspec.structs.replace(
        bank,
        items=tuple(once if item.code == once.code else item for item in bank.items),
        relations=tuple(
            msgspec.structs.replace(one, rates=both) if one == relation else one
            for one in bank.relations
        ),
    )
    definitions = Definitions(framework=CONTENT.framework, questionnaires=asking)
    content = generate(definitions, CONTENT.design.units, {"CX": 20}, seed=1)
    files = dataset_files(content)
    answers: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(files["ballots.csv"].decode())):
        answers.setdefault(row["respondent"], {})[row["unit"]] = row["SO-LAN"]
    assert len(answers) > 5
    assert {tuple(sorted(own)) for own in answers.values()} == {("XA1", "XA2")}
    bearing = [[unit for unit, answer in own.items() if answer != "~"] for own in answers.values()]
    assert {len(units) for units in bearing} == {1}
    assert {unit for units in bearing for unit in units} == {"XA1", "XA2"}


def test_the_codebook_explains_every_column() -> None:
    codebook = msgspec.json.decode(FILES["codebook.json"])
    header = FILES["ballots.csv"].decode().splitlines()[0].split(",")
    assert [entry["column"] for entry in codebook["columns"]] == header


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are a matter of POSIX")
def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    write_dataset(tmp_path / "dataset", CONTENT)
    assert (tmp_path / "dataset").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "dataset").iterdir())


def test_writing_again_is_harmless_but_never_writes_over(tmp_path: Path) -> None:
    first = write_dataset(tmp_path / "dataset", CONTENT)
    assert write_dataset(tmp_path / "dataset", CONTENT) == first
    with pytest.raises(ProblemsError, match="never written over"):
        write_dataset(tmp_path / "dataset", generated("two-units", seed=4))
    assert read_dataset(tmp_path / "dataset").hash == first
    assert [entry.name for entry in tmp_path.iterdir()] == ["dataset"]


def test_a_dataset_that_contradicts_itself_is_never_written(tmp_path: Path) -> None:
    first, *rest = CONTENT.ballots
    doubled = replace(CONTENT, ballots=[first, replace(first, ballot="f" * 16), *rest])
    with pytest.raises(ProblemsError, match="one ballot about a unit"):
        write_dataset(tmp_path / "dataset", doubled)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_changed_byte_of_any_file_is_noticed(name: str) -> None:
    content = FILES[name]
    for place in {0, 1, len(content) // 3, len(content) // 2, len(content) - 1}:
        changed = bytearray(content)
        changed[place] ^= 0x20
        assert name in refused({**FILES, name: bytes(changed)})


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_noticed(name: str) -> None:
    assert "missing" in refused({other: FILES[other] for other in FILES if other != name})


def test_a_file_too_many_is_noticed() -> None:
    assert "note.txt" in refused({**FILES, "note.txt": b""})


def test_a_list_in_another_spelling_is_noticed() -> None:
    assert "byte for byte" in refused({**FILES, CHECKSUMS: FILES[CHECKSUMS] + b"\n"})
    assert "is not what was frozen" in refused({**FILES, CHECKSUMS: b"\xff"})


def test_folders_and_links_do_not_belong_in_it(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "dataset", FILES)
    (folder / "more").mkdir()
    with pytest.raises(ProblemsError, match="not a plain file"):
        read_dataset(folder)
    with pytest.raises(ProblemsError, match="no such folder"):
        read_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"ballot": "zz"}, "16 hexadecimal digits"),
        ({"ballot": "f" * 16}, "sorted by the ballot's key"),
        ({"unit": "XA9"}, "there is no unit “XA9”"),
        ({"stratum": "XX"}, "there is no stratum “XX”"),
        ({"group": "XX"}, "is not of group “XX”"),
        ({"weight": "0"}, "decimal above 0"),
        ({"weight": "1e3"}, "decimal above 0"),
        ({"familiar": "2"}, "familiar is 0 or 1"),
        ({"S1": "6"}, "column S1: there is no code “6”"),
        ({"S3": "5"}, "column S3: is not asked"),
        ({"familiar": "0"}, "is not asked on this ballot"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(cells: dict[str, str], message: str) -> None:
    rows = list(csv.DictReader(io.StringIO(FILES["ballots.csv"].decode())))
    place = next(
        at for at, row in enumerate(rows) if row["group"] == "CX" and row["S1"] not in {"", "~"}
    )
    text = refused(with_row(place, **cells))
    assert message in text
    assert "ballots.csv, dòng/row" in text


def test_one_person_has_one_stratum_and_weight() -> None:
    rows = list(csv.DictReader(io.StringIO(FILES["ballots.csv"].decode())))
    other = with_row(1, respondent=rows[0]["respondent"], weight="2")
    assert "one stratum and one weight" in refused(other)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ballot\n", "the header must be"),
        (FILES["ballots.csv"] + b"1,2\n", "has 2 cells"),
        (FILES["ballots.csv"] + b"\xff", "not well-formed CSV"),
        (FILES["ballots.csv"] + b'"', "not well-formed CSV"),
    ],
)
def test_a_table_must_be_whole(content: bytes, message: str) -> None:
    assert message in refused(listed({**FILES, "ballots.csv": content}))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("issued", 0, "ballots"), 0, "more than the 0 issued"),
        (("strata", 0, "invited"), 1, "more than were invited"),
        (("strata", 0, "population"), 1, "out of a list of 1"),
        (("strata", 0, "group"), "XX", "there is no code “XX”"),
        (("units", 0, "class"), "XX", "there is no code “XX”"),
        (("units",), [*DESIGN["units"], DESIGN["units"][0]], "given twice"),
        (("strata",), [*DESIGN["strata"], DESIGN["strata"][0]], "given twice"),
        (("issued",), [*DESIGN["issued"], DESIGN["issued"][0]], "given twice"),
        (("issued", 0, "unit"), "Q", "there is no code “Q”"),
        (("issued", 0, "group"), "Q", "there is no code “Q”"),
        (("more",), 1, "not a design of the known format"),
    ],
)
def test_a_design_must_agree_with_everything_else(
    path: tuple[str | int, ...], value: object, message: str
) -> None:
    assert message in refused(with_design(path, value))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"code":"two-units"', b'"code":"three-units"', "questionnaires.json"),
        (b'"max":"10.00"', b'"max":"11.00"', "framework.json"),
        (b'"year":2025', b'"year":"x"', "framework.json: year"),
    ],
)
def test_definitions_must_still_pass_the_checker(old: bytes, new: bytes, message: str) -> None:
    other = FILES["framework.json"].replace(old, new)
    assert other != FILES["framework.json"]
    assert message in refused(listed({**FILES, "framework.json": other}))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("GOP-Y,XA1,không rõ\n", "no open question “GOP-Y” about “XA1”"),
        ("S1,,không rõ\n", "no open question “S1”"),
        ("GOP-Y,,b\nGOP-Y,,a\n", "sorted by what they say"),
    ],
)
def test_free_text_is_checked(rows: str, message: str) -> None:
    table = f"item,unit,text\n{rows}".encode()
    assert message in refused(listed({**FILES, "free_text.csv": table}))


def test_every_mistake_is_told_at_once() -> None:
    text = refused(with_row(0, unit="XA9", weight="-1", familiar="x"))
    assert "XA9" in text
    assert "above 0" in text
    assert "familiar is 0 or 1" in text


def test_a_flood_of_mistakes_stays_readable() -> None:
    with pytest.raises(ProblemsError) as caught:
        dataset_from_files(
            listed({**FILES, "ballots.csv": FILES["ballots.csv"].replace(b",XA", b",XB")})
        )
    shown = at_most(caught.value.problems * MOST_PROBLEMS, "ballots.csv")
    assert len(shown) == MOST_PROBLEMS + 1
    assert "more" in shown[-1].message.en


def test_texts_that_look_like_formulas_come_back_unchanged() -> None:
    written = ("=1+1", "+84", "-", "@a", "\tx", "'quoted", "hai\ndòng", 'ngoặc "kép", phẩy', "")
    texts = [FreeText(item="GOP-Y", unit="", text=text) for text in written]
    content: DatasetContent = replace(CONTENT, free_text=texts)
    files = dataset_files(content)
    cells = [row[2] for row in csv.reader(io.StringIO(files["free_text.csv"].decode()))]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert dataset_from_files(files).content.free_text == tuple(sorted(texts))


@given(st.text())
def test_guarding_a_cell_is_exact(cell: str) -> None:
    assert unguard(guard(cell)) == cell

"""Free answers: out to a moderator, back with one decision each, and only then to the public."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hand_made import frozen, hand_made, two_units, with_rules, write_files
from xlsxwriter import Workbook

from questionnaires.problems import ProblemsError
from survey_service.analysing.analysed import analyse
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.comments import comments, stop_words
from survey_service.cli import main
from survey_service.dataset.content import Dataset, FreeText
from survey_service.dataset.files import dataset_files
from survey_service.findings.answers import Comments
from survey_service.frame.sheets import read_rows
from survey_service.moderating.decisions import Moderation
from survey_service.moderating.reading import LONGEST, read_moderation
from survey_service.moderating.workbook import moderation_xlsx, write_workbook

Cells = list[list[str]]
Spoil = Callable[[Cells], object]
WORDS = (
    "=CMD()|'/c calc'!A1",
    "Cần trả lời đúng hẹn",
    "Cần trả lời đúng hẹn",
    "Cần trả lời đúng hẹn",
    "Anh Nguyễn Văn A ở bàn số 2\nrất chậm, không trả lời đúng hẹn",
)


def dataset(words: tuple[str, ...] = WORDS, threshold: int = 3) -> Dataset:
    content = hand_made(
        [("CX", "XA1", 12, {"S1": "5", "S2": "5"})],
        framework=with_rules(two_units().framework, disclosure_threshold=threshold),
    )
    texts = [FreeText(item="GOP-Y", unit="", text=word) for word in words]
    return frozen(replace(content, free_text=texts))


def filled(path: Path, of: Dataset, decide: Callable[[str], tuple[str, str]]) -> Path:
    """Let a moderator fill in the workbook and save it anew."""
    path.with_suffix(".new.xlsx").write_bytes(moderation_xlsx(of))
    cells = [list(row.cells) for row in read_rows(path.with_suffix(".new.xlsx"))]
    for row in cells[1:]:
        row[6:8] = decide(row[5])
    return saved(path, cells)


def saved(path: Path, cells: Cells) -> Path:
    book: Any = Workbook(path, {"strings_to_formulas": False})
    page = book.add_worksheet()
    for number, row in enumerate(cells):
        for column, cell in enumerate(row):
            page.write_string(number, column, cell)
    book.close()
    return path


def kept(_text: str) -> tuple[str, str]:
    return "giữ", ""


def decided(text: str) -> tuple[str, str]:
    if "Nguyễn" in text:
        return "che", "Một công chức rất chậm"
    return ("bỏ", "") if "CMD" in text else ("Giữ", "")


def published(of: Dataset, moderation: Moderation | None = None) -> Comments:
    analysed = analyse(of)
    return comments(analysed, Clearance(analysed.scored), moderation)


def test_nothing_is_listed_before_moderation() -> None:
    assert published(dataset()) == Comments(received=5, moderated=False, listed=(), keywords=())


def test_what_a_moderator_let_through_is_listed_with_its_key_phrases(tmp_path: Path) -> None:
    of = dataset()
    moderation = read_moderation(filled(tmp_path / "duyet.xlsx", of, decided), of)
    found = published(of, moderation)
    assert [one.text for one in found.listed] == [
        "Cần trả lời đúng hẹn",
        "Cần trả lời đúng hẹn",
        "Cần trả lời đúng hẹn",
        "Một công chức rất chậm",
    ]
    assert (found.received, found.moderated) == (5, True)
    assert [(one.words, one.comments) for one in found.keywords] == [
        ("lời đúng hẹn", 3),
        ("trả lời đúng", 3),
    ]


def test_fewer_comments_than_the_threshold_are_neither_counted_nor_listed(tmp_path: Path) -> None:
    of = dataset(threshold=6)
    found = published(of, read_moderation(filled(tmp_path / "duyet.xlsx", of, kept), of))
    assert (found.received, found.listed, found.missing) == (None, (), "suppressed")


def test_a_wave_without_comments_has_none() -> None:
    assert published(dataset(())) == Comments(received=0, moderated=False, listed=(), keywords=())


def test_decisions_have_one_hash_however_the_workbook_is_saved(tmp_path: Path) -> None:
    of = dataset()
    first = filled(tmp_path / "duyet.xlsx", of, decided)
    cells = [list(row.cells) for row in read_rows(first)]
    again = saved(tmp_path / "again.xlsx", [cells[0], *reversed(cells[1:])])
    one, two = read_moderation(first, of), read_moderation(again, of)
    assert one == two
    assert one.hash == two.hash
    other = read_moderation(filled(tmp_path / "other.xlsx", of, kept), of)
    assert other.hash != one.hash


def test_the_workbook_has_the_same_bytes_and_no_formula(tmp_path: Path) -> None:
    of = dataset()
    assert moderation_xlsx(of) == moderation_xlsx(of)
    (tmp_path / "ds.xlsx").write_bytes(moderation_xlsx(of))
    texts = [row.cells[5] for row in read_rows(tmp_path / "ds.xlsx")][1:]
    assert "'=CMD()|'/c calc'!A1" in texts
    assert not any(text.startswith("=") for text in texts)


def test_a_moderation_of_another_dataset_is_refused(tmp_path: Path) -> None:
    of = dataset()
    moderation = read_moderation(filled(tmp_path / "duyet.xlsx", of, kept), of)
    with pytest.raises(ValueError, match="another dataset"):
        published(dataset(WORDS[:4]), moderation)


MISTAKES: list[tuple[Spoil, str]] = [
    (lambda cells: cells[1].__setitem__(6, ""), "must be one of: giữ, che, bỏ"),
    (lambda cells: cells[1].__setitem__(6, "có lẽ"), "must be one of: giữ, che, bỏ"),
    (lambda cells: cells[1].__setitem__(6, "che"), "needs a replacement"),
    (lambda cells: cells[1].__setitem__(slice(6, 8), ["che", "x" * (LONGEST + 1)]), "at most"),
    (lambda cells: cells[1].__setitem__(7, "khác"), "there is a replacement but not"),
    (lambda cells: cells[1].__setitem__(5, "khác"), "the comment was altered"),
    (lambda cells: cells[1].__setitem__(0, "f" * 64), "has no comment of this key"),
    (lambda cells: cells[1].__setitem__(1, "f" * 64), "of another dataset"),
    (lambda cells: cells.append(list(cells[1])), "stands here twice"),
    (lambda cells: cells.pop(), "1 comments of the dataset are missing"),
    (lambda cells: cells[0].__setitem__(6, "Ý"), "is not a moderation workbook"),
    (lambda cells: cells.clear(), "is not a moderation workbook"),
]


@pytest.mark.parametrize(("spoil", "wording"), MISTAKES)
def test_each_mistake_of_a_moderator_is_found_by_its_row(
    tmp_path: Path, spoil: Spoil, wording: str
) -> None:
    of = dataset()
    cells = [list(row.cells) for row in read_rows(filled(tmp_path / "duyet.xlsx", of, kept))]
    spoil(cells)
    with pytest.raises(ProblemsError) as refused:
        read_moderation(saved(tmp_path / "spoilt.xlsx", cells), of)
    (found,) = refused.value.problems
    assert wording in found.message.en
    assert found.message.vi
    assert found.where.startswith("spoilt.xlsx")


def test_the_commands_write_the_workbook_once_and_check_what_comes_back(tmp_path: Path) -> None:
    of = dataset()
    folder = write_files(tmp_path / "dataset", dataset_files(of.content))
    out = tmp_path / "comments.xlsx"
    runner = CliRunner()
    listing = ["comments", "list", str(folder), "--out", str(out), "--lang", "en"]
    done = runner.invoke(main, listing)
    assert (done.exit_code, done.output) == (0, f"{out}: 5 comments, 3 rows to decide on.\n")
    assert out.stat().st_mode & 0o777 == 0o600
    again = runner.invoke(main, listing)
    assert again.exit_code == 1
    assert "File exists" in again.output
    unfilled = runner.invoke(main, ["comments", "check", str(folder), str(out), "--lang", "vi"])
    assert unfilled.exit_code == 1
    assert "comments.xlsx, dòng/line 2" in unfilled.output
    good = filled(tmp_path / "duyet.xlsx", of, decided)
    checked = runner.invoke(main, ["comments", "check", str(folder), str(good), "--json"])
    assert checked.exit_code == 0
    assert json.loads(checked.output) == {
        "received": 5,
        "published": 4,
        "moderation": read_moderation(good, of).hash,
    }
    said = runner.invoke(main, ["comments", "check", str(folder), str(good), "--lang", "en"])
    assert said.output.startswith("All decided: 4 of 5 comments are published.")


def test_a_workbook_is_never_written_over(tmp_path: Path) -> None:
    write_workbook(tmp_path / "ds.xlsx", b"one")
    with pytest.raises(FileExistsError):
        write_workbook(tmp_path / "ds.xlsx", b"two")
    assert (tmp_path / "ds.xlsx").read_bytes() == b"one"


def test_the_stop_words_are_single_syllables() -> None:
    assert "của" in stop_words()
    assert all(len(word.split()) == 1 and word == word.lower() for word in stop_words())

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from generated import generated
from hand_made import frozen

from questionnaires.problems import ProblemsError
from survey_service.dataset.content import Dataset
from survey_service.dataset.files import dataset_files
from survey_service.exporting import extra
from survey_service.exporting.ballot_cells import ballot_cells
from survey_service.exporting.codebook import codebook_csv, codebook_html, labelled_csv
from survey_service.exporting.package import export_files
from survey_service.exporting.parquet import parquet
from survey_service.exporting.spss import sav
from survey_service.exporting.variables import MISSING, Variable, variables


@cache
def dataset() -> Dataset:
    return frozen(generated("par-index-2022", seed=7))


@cache
def files() -> dict[str, bytes]:
    return export_files(dataset(), "vi")


@pytest.fixture
def read_back(tmp_path: Path) -> tuple[dict[str, list[Any]], Any]:
    import pyreadstat  # noqa: PLC0415 - an extra, and slow to import

    path = tmp_path / "ballots.sav"
    path.write_bytes(files()["ballots.sav"])
    with path.open("rb") as file:
        columns, about = pyreadstat.read_sav(file, output_format="dict", user_missing=True)
    return {name: list(column) for name, column in columns.items()}, about


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def items(of: tuple[Variable, ...]) -> list[Variable]:
    return [one for one in of if one.kind not in {"text", "weight", "flag"}]


def test_the_spss_file_read_back_equals_the_csv(
    read_back: tuple[dict[str, list[Any]], Any],
) -> None:
    columns, _ = read_back
    ballots = rows(dataset_files(dataset().content)["ballots.csv"])
    of = variables(dataset().content)
    codes = {
        one.name: {category.number: category.code for category in one.categories} for one in of
    }
    assert list(columns) == [one.name for one in of]
    for one in of:
        written = columns[one.name]
        cells = [ballot[one.column] for ballot in ballots]
        assert len(written) == len(cells) > 1000
        if one.kind == "text":
            assert written == cells
        elif one.kind in {"weight", "flag"}:
            assert written == [float(cell) for cell in cells]
        elif one.option is None:
            assert [codes[one.name][int(number)] for number in written] == cells
        else:
            chosen = [one.option in cell.split(";") for cell in cells]
            asked = [cell not in MISSING for cell in cells]
            assert [number == 1 for number in written] == chosen
            assert [number >= 0 for number in written] == asked


def test_the_spss_file_keeps_four_kinds_of_missing_apart_and_labels_all(
    read_back: tuple[dict[str, list[Any]], Any],
) -> None:
    columns, about = read_back
    assert about.missing_ranges["Q01"] == [{"lo": -4.0, "hi": -1.0}]
    assert set(columns["Q05"]) >= {-1.0, -3.0, -4.0, 5.0}
    assert about.variable_value_labels["Q01"][5.0] == "Rất tốt"
    assert about.variable_value_labels["Q01"][-1.0].startswith("Không biết")
    assert about.variable_value_labels["unit"]["SCT"] == "Sở Công Thương"
    assert about.column_names_to_labels["Q01"].startswith("Trong năm 2022, lãnh đạo đơn vị")
    assert about.variable_measure["Q01"] == "ordinal"
    assert "Dữ liệu hạn chế" in " ".join(about.notes)
    for one in items(variables(dataset().content)):
        assert {category.number for category in one.categories} >= set(MISSING.values())


def test_labels_come_in_english_when_asked(tmp_path: Path) -> None:
    import pyreadstat  # noqa: PLC0415 - an extra, and slow to import

    content = dataset().content
    path = tmp_path / "ballots.sav"
    path.write_bytes(sav(content, variables(content), ballot_cells(content), "en"))
    with path.open("rb") as file:
        _, about = pyreadstat.read_sav(file, output_format="dict", user_missing=True)
    assert about.variable_value_labels["Q01"][5.0] == "Very good"
    assert about.column_names_to_labels["group"] == "Respondent group"


def test_parquet_equals_the_csv_and_says_what_it_is() -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra, and slow to import

    reading: Any = pq
    table = reading.read_table(io.BytesIO(files()["ballots.parquet"]))
    ballots = rows(dataset_files(dataset().content)["ballots.csv"])
    assert table.column_names == list(ballots[0])
    for name in table.column_names:
        cells = [ballot[name] for ballot in ballots]
        values = table.column(name).to_pylist()
        if name == "weight":
            assert values == [Decimal(cell) for cell in cells]
        elif name == "familiar":
            assert values == [cell == "1" for cell in cells]
        else:
            assert values == cells
    about = table.schema.metadata
    assert about[b"dataset"].decode() == dataset().hash
    assert "Dữ liệu hạn chế" in about[b"notice"].decode()
    labels = table.schema.field("Q01").metadata
    assert json.loads(labels[b"codes"])["5"] == {"vi": "Rất tốt", "en": "Very good"}
    assert set(json.loads(table.schema.field("Q52").metadata[b"codes"])) >= {"ho-so", "dk", "~"}


def test_the_codebook_has_every_code_of_every_column() -> None:
    book = {(row["column"], row["code"]) for row in rows(files()["codebook.csv"])}
    ballots = rows(dataset_files(dataset().content)["ballots.csv"])
    for one in items(variables(dataset().content)):
        if one.option is None:
            assert {(one.column, ballot[one.column]) for ballot in ballots} <= book
    worth = {
        row["code"]: row["worth"] for row in rows(files()["codebook.csv"]) if row["column"] == "Q01"
    }
    assert (worth["5"], worth["4"], worth["dk"]) == ("100", "75", "")


def test_the_codebook_page_says_that_it_is_restricted_and_escapes_what_it_quotes() -> None:
    page = files()["codebook.html"].decode()
    assert "Dữ liệu hạn chế" in page
    assert "Restricted data" in page
    assert dataset().hash in page
    assert page.count("<section>") == len(variables(dataset().content))
    content = dataset().content
    first, *rest = content.design.units
    strange = msgspec.structs.replace(first, name=msgspec.structs.replace(first.name, vi="<b>&"))
    changed = msgspec.structs.replace(content.design, units=(strange, *rest))
    of = variables(
        type(content)(
            framework=content.framework,
            questionnaires=content.questionnaires,
            design=changed,
            ballots=content.ballots,
        )
    )
    assert "&lt;b&gt;&amp;" in codebook_html(dataset(), of).decode()


def test_a_label_that_begins_like_a_formula_is_guarded() -> None:
    of = variables(dataset().content)
    first, *rest = of[2].categories
    formula = msgspec.structs.replace(first.label, vi="=cmd|x", en="+1")
    strange = replace(of[2], categories=(replace(first, label=formula), *rest))
    table = codebook_csv((strange,)).decode("utf-8-sig")
    assert "'=cmd|x" in table
    assert "'+1" in table
    cells = {"group": [first.code]}
    assert labelled_csv((strange,), cells, "vi").decode("utf-8-sig") == "group\n'=cmd|x\n"


def test_ballots_in_words_have_a_column_per_variable() -> None:
    table = rows(files()["ballots_labels.csv"])
    ballots = rows(dataset_files(dataset().content)["ballots.csv"])
    words = {"5": "Rất tốt", "4": "Tốt", "3": "Bình thường", "2": "Kém", "1": "Rất kém"}
    words |= {"dk": "không biết", "~": "không hỏi", "": ""}
    assert [row["Q01"] for row in table] == [words[ballot["Q01"]] for ballot in ballots]
    assert {row["Q52_1"] for row in table} >= {"Chọn", "Không chọn", "không hỏi"}


def test_the_same_dataset_gives_the_same_bytes() -> None:
    content = dataset().content
    of, cells = variables(content), ballot_cells(content)
    assert sav(content, of, cells, "vi") == files()["ballots.sav"]
    assert parquet(dataset(), of, cells) == files()["ballots.parquet"]


@pytest.mark.parametrize("name", ["pyreadstat", "pandas", "pyarrow"])
def test_a_missing_extra_is_refused_with_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(wanted: str) -> Any:
        raise ModuleNotFoundError(f"No module named {wanted!r}", name=wanted)

    monkeypatch.setattr(extra.importlib, "import_module", absent)
    with pytest.raises(ProblemsError) as refused:
        extra.statistics_library(name)
    (found,) = refused.value.problems
    assert found.where == name
    for words in (found.message.vi, found.message.en):
        assert "survey-service[statistics]" in words


def test_a_library_that_is_broken_inside_is_not_called_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_wanted: str) -> Any:
        raise ModuleNotFoundError("No module named 'other'", name="other")

    monkeypatch.setattr(extra.importlib, "import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="other"):
        extra.statistics_library("pyarrow")

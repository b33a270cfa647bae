"""A publication that rests on a former wave and on moderated comments, and its proof."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from generated import generated
from hand_made import write_files
from jsonschema import Draft202012Validator
from xlsxwriter import Workbook

from questionnaires.problems import ProblemsError
from survey_service.analysing.computing import compute_results
from survey_service.dataset.content import Dataset, DatasetContent
from survey_service.dataset.files import dataset_files
from survey_service.dataset.reading import read_dataset
from survey_service.findings.document import FINDINGS, findings_json, findings_schema
from survey_service.frame.sheets import read_rows
from survey_service.moderating.workbook import moderation_xlsx
from survey_service.publishing.package import write_publication
from survey_service.publishing.sources import read_sources
from survey_service.publishing.verifying import Verification, verify

SCHEMA = Path(__file__).parents[2] / "docs" / "findings.schema.json"


def earlier(content: DatasetContent) -> DatasetContent:
    wave = msgspec.structs.replace(content.design.wave, code="truoc", year=2021)
    return replace(content, design=msgspec.structs.replace(content.design, wave=wave))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a dataset, a former one and its moderated comments, published together."""
    out = tmp_path_factory.mktemp("sources")
    write_files(out / "dataset", dataset_files(generated("two-units", seed=9)))
    write_files(out / "former", dataset_files(earlier(generated("two-units", seed=4))))
    write_files(out / "other", dataset_files(earlier(generated("two-units", seed=5))))
    moderate(out / "comments.xlsx", read_dataset(out / "dataset"), "keep")
    moderate(out / "stricter.xlsx", read_dataset(out / "dataset"), "drop")
    sources = read_sources(out / "dataset", out / "former", out / "comments.xlsx")
    write_publication(out / "publication", sources.dataset, compute_results(sources))
    return out


def moderate(path: Path, dataset: Dataset, decision: str) -> None:
    asked = path.with_suffix(".asked.xlsx")
    asked.write_bytes(moderation_xlsx(dataset))
    book: Any = Workbook(path, {"strings_to_formulas": False})
    page = book.add_worksheet()
    for number, row in enumerate(read_rows(asked)):
        cells = list(row.cells)
        if number:
            cells[6] = decision
        page.write_row(number, 0, cells)
    book.close()


def said(found: Verification) -> str:
    return "\n".join(text.en for text in (*found.proven, *found.not_proven))


def test_with_every_source_every_figure_is_proven(folder: Path) -> None:
    found = verify(
        folder / "publication", former=folder / "former", comments=folder / "comments.xlsx"
    )
    assert found.verified
    assert "Every published figure was computed anew" in said(found)


@pytest.mark.parametrize(
    ("former", "comments", "wanted"),
    [
        (None, None, ("--former", "--comments")),
        ("former", None, ("--comments",)),
        (None, "comments.xlsx", ("--former",)),
        ("other", "stricter.xlsx", ("--former", "--comments")),
    ],
)
def test_without_a_source_the_findings_are_not_proven(
    folder: Path, former: str | None, comments: str | None, wanted: tuple[str, ...]
) -> None:
    found = verify(
        folder / "publication",
        former=(former and folder / former) or None,
        comments=(comments and folder / comments) or None,
    )
    assert found.verified
    assert "Every published figure" not in said(found)
    for option in ("--former", "--comments"):
        assert (f"({option})" in said(found)) == (option in wanted)


def test_findings_that_were_made_up_do_not_survive(folder: Path, tmp_path: Path) -> None:
    sources = read_sources(folder / "dataset", folder / "former", folder / "comments.xlsx")
    results = compute_results(sources)
    lower = msgspec.structs.replace(results.findings, threshold=99)
    write_publication(tmp_path / "publication", sources.dataset, replace(results, findings=lower))
    found = verify(
        tmp_path / "publication",
        dataset=folder / "dataset",
        former=folder / "former",
        comments=folder / "comments.xlsx",
    )
    assert [one.where.rpartition("/")[2] for one in found.problems] == [FINDINGS]


def test_a_former_dataset_that_cannot_be_used_is_named(folder: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "former", {"ballots.csv": b""})
    with pytest.raises(ProblemsError, match="--former former/"):
        read_sources(folder / "dataset", tmp_path / "former", None)


def test_the_findings_fit_their_schema(folder: Path) -> None:
    validator: Any = Draft202012Validator(json.loads(SCHEMA.read_text()))
    validator.check_schema(validator.schema)
    validator.validate(json.loads((folder / "publication" / FINDINGS).read_bytes()))


def test_the_schema_in_the_documents_is_current() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(findings_schema()))


def test_the_same_sources_give_the_same_findings(folder: Path) -> None:
    sources = read_sources(folder / "dataset", folder / "former", folder / "comments.xlsx")
    content = (folder / "publication" / FINDINGS).read_bytes()
    assert findings_json(compute_results(sources).findings) == content

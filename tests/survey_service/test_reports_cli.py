import json
import re
import shutil
import subprocess
import sys
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from generated import generated

from survey_service.analysing.computing import Sources, compute_results
from survey_service.cli import main
from survey_service.dataset.reading import read_dataset
from survey_service.dataset.writing import write_dataset
from survey_service.publishing.package import write_publication


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    write_dataset(folder / "dataset", generated("two-units", seed=5))
    dataset = read_dataset(folder / "dataset")
    write_publication(folder / "publication", dataset, compute_results(Sources(dataset=dataset)))
    return folder / "publication"


@pytest.fixture
def publication(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "publication"))


def report(*words: object) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, words)])


def units(publication: Path) -> list[str]:
    return [
        unit["code"] for unit in json.loads((publication / "scores.json").read_bytes())["units"]
    ]


def test_every_kind_but_units_is_made_where_none_is_named(
    publication: Path, tmp_path: Path
) -> None:
    done = report(publication, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "appendix.vi.html",
        "minutes.vi.html",
        "submission.vi.html",
        "summary.vi.html",
        "wave.vi.html",
    ]
    for path in (tmp_path / "out").iterdir():
        page = path.read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert 'src="chart' not in page, "a file needs nothing beside it"
        assert "http" not in page.replace("http://www.w3.org", "")


def test_a_report_of_every_unit_or_of_those_that_are_named(
    publication: Path, tmp_path: Path
) -> None:
    codes = units(publication)
    report(publication, "--out", tmp_path / "all", "--kind", "unit", "--language", "en")
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == sorted(
        f"unit-{code}.en.html" for code in codes
    )
    report(publication, "--out", tmp_path / "one", "--unit", codes[0])
    assert [path.name for path in (tmp_path / "one").iterdir()] == [f"unit-{codes[0]}.vi.html"]


def test_the_same_publication_gives_the_same_bytes_in_every_form(
    publication: Path, tmp_path: Path
) -> None:
    forms = ("--format", "html", "--format", "pdf", "--format", "docx", "--kind", "summary")
    for name in ("one", "two"):
        done = report(publication, "--out", tmp_path / name, *forms)
        assert done.exit_code == 0, done.output
    for form in ("html", "pdf", "docx"):
        first, second = (tmp_path / name / f"summary.vi.{form}" for name in ("one", "two"))
        assert first.read_bytes() == second.read_bytes(), form


def test_a_pdf_is_tagged_says_its_language_and_embeds_its_fonts(
    publication: Path, tmp_path: Path
) -> None:
    report(publication, "--out", tmp_path, "--kind", "minutes", "--format", "pdf")
    content = (tmp_path / "minutes.vi.pdf").read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    inside = b"".join(unpacked(stream) for stream in streams)
    for mark in (b"pdfuaid:part", b"/StructTreeRoot", b"/Lang", b"/FontFile"):
        assert mark in inside, mark
    assert b"CreationDate" not in inside


def unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_a_file_that_differs_is_kept_and_named(publication: Path, tmp_path: Path) -> None:
    edited = tmp_path / "summary.vi.html"
    edited.write_text("đã sửa tay", encoding="utf-8")
    done = report(publication, "--out", tmp_path, "--kind", "summary", "--kind", "minutes")
    assert done.exit_code == 1
    assert "summary.vi.html" in done.output
    assert "giữ nguyên" in done.output
    assert "was kept" in done.output
    assert edited.read_text(encoding="utf-8") == "đã sửa tay"
    assert (tmp_path / "minutes.vi.html").is_file()
    again = report(publication, "--out", tmp_path, "--kind", "minutes")
    assert again.exit_code == 0, "what is there already, byte for byte, is no refusal"


def test_an_unknown_unit_is_refused_with_those_there_are(publication: Path, tmp_path: Path) -> None:
    done = report(publication, "--out", tmp_path / "out", "--unit", "KHONG-CO", "--unit", "XX")
    assert done.exit_code == 1
    assert "--unit KHONG-CO" in done.output
    assert "--unit XX" in done.output
    assert units(publication)[0] in done.output
    assert "không có đơn vị này" in done.output
    assert "no such unit" in done.output
    assert not (tmp_path / "out").exists()


def test_an_altered_publication_gets_no_report(publication: Path, tmp_path: Path) -> None:
    scores = publication / "scores.json"
    scores.write_bytes(scores.read_bytes().replace(b'"rank":1', b'"rank":2', 1))
    done = report(publication, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "scores.json" in done.output
    assert "không khớp" in done.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_publication_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    done = report(tmp_path / "some", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "manifest.json" in done.output
    assert "thiếu tệp" in done.output


def hidden(monkeypatch: pytest.MonkeyPatch, library: str, error: Exception) -> None:
    """Let a library be missing, as where the extra is not installed."""

    def without(name: str) -> Any:
        if name == library:
            raise error
        return import_module(name)

    for module in ("making", "pdf"):
        monkeypatch.setattr(f"survey_service.reports.{module}.import_module", without)


@pytest.mark.parametrize(
    ("form", "library", "error", "said"),
    [
        ("pdf", "weasyprint", ImportError("no"), "survey-service[reports]"),
        ("pdf", "weasyprint", OSError("libpango"), "libpango-1.0-0"),
        ("docx", "docxtpl", ImportError("no"), "survey-service[reports]"),
    ],
)
def test_what_is_not_installed_is_named_with_the_remedy(
    publication: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    library: str,
    error: Exception,
    said: str,
) -> None:
    hidden(monkeypatch, library, error)
    done = report(publication, "--out", tmp_path, "--kind", "minutes", "--format", form)
    assert done.exit_code == 1
    assert f"--format {form}" in done.output
    assert said in done.output


def test_a_template_is_written_once_and_used(publication: Path, tmp_path: Path) -> None:
    own = tmp_path / "mau.docx"
    assert report("template", "--out", own).exit_code == 0
    refused = report("template", "--out", own)
    assert refused.exit_code == 1
    assert "mau.docx" in refused.output
    options = ("--kind", "minutes", "--format", "docx", "--template", own)
    done = report(publication, "--out", tmp_path / "out", *options)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "minutes.vi.docx").read_bytes().startswith(b"PK")


def test_a_template_without_a_word_file_to_make_is_wrong_usage(
    publication: Path, tmp_path: Path
) -> None:
    (tmp_path / "mau.docx").touch()
    done = report(publication, "--out", tmp_path / "out", "--template", tmp_path / "mau.docx")
    assert done.exit_code == 2
    assert "--format docx" in done.output


def test_the_command_line_starts_without_what_makes_reports() -> None:
    program = (
        "import sys\nimport survey_service.cli, survey_service.web.app\n"
        "slow = ('weasyprint', 'docx', 'docxtpl', 'matplotlib')\n"
        "print([name for name in sys.modules if name in slow])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ran.stdout.split() == [b"[]"]

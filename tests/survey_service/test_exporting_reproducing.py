import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from generated import generated
from hand_made import frozen, hand_made, two_units, with_rules, write_files

from survey_service.cli import main
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.files import dataset_files
from survey_service.dataset.reading import read_dataset
from survey_service.dataset.writing import write_dataset
from survey_service.exporting.package import export_files, write_export


def source_of_cells(notebook: bytes) -> str:
    document = json.loads(notebook)
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    codes = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert len(codes) >= 5
    assert all(cell["outputs"] == [] for cell in codes)
    assert len({cell["id"] for cell in document["cells"]}) == len(document["cells"])
    return "\n\n".join("".join(cell["source"]) for cell in codes)


def reproduce(folder: Path, content: DatasetContent) -> subprocess.CompletedProcess[str]:
    write_files(folder / "dataset", dataset_files(content))
    export = write_files(folder / "export", export_files(frozen(content), "vi"))
    return run_cells(export)


def run_cells(export: Path) -> subprocess.CompletedProcess[str]:
    program = source_of_cells((export / "reproduce.ipynb").read_bytes())
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=export,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8"},
    )


def test_the_notebook_reproduces_every_published_figure(tmp_path: Path) -> None:
    done = reproduce(tmp_path, generated("par-index-2022", seed=7))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 khác" in done.stdout
    assert done.stdout.rstrip().endswith("ĐẠT · REPRODUCED")


@pytest.mark.parametrize(
    "rules",
    [
        {"half_rule": False},
        {"below_minimum": "flag"},
        {"index_method": "top_two"},
        {"minimum_count": 12},
    ],
)
def test_the_notebook_follows_the_rules_of_the_framework(
    tmp_path: Path, rules: dict[str, object]
) -> None:
    made = generated("two-units", seed=3)
    content = DatasetContent(
        framework=with_rules(made.framework, **rules),
        questionnaires=made.questionnaires,
        design=made.design,
        ballots=made.ballots,
        free_text=made.free_text,
    )
    done = reproduce(tmp_path, content)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebook_finds_a_changed_figure_and_a_foreign_sheet(tmp_path: Path) -> None:
    content = generated("two-units", seed=3)
    assert reproduce(tmp_path, content).returncode == 0
    export = tmp_path / "export"
    sheet = json.loads((export / "scores.json").read_text("utf-8"))
    shown = next(
        unit["result"] for unit in sheet["units"] if unit["result"]["state"] == "published"
    )
    right = shown["points"]
    shown["points"] = f"{float(right) + 0.01:.2f}"
    (export / "scores.json").write_text(json.dumps(sheet), "utf-8")
    done = run_cells(export)
    assert done.returncode == 1
    assert "KHÔNG ĐẠT" in done.stderr
    shown["points"], sheet["dataset"] = right, "0" * 64
    (export / "scores.json").write_text(json.dumps(sheet), "utf-8")
    assert "bộ dữ liệu khác" in run_cells(export).stderr


@pytest.fixture(scope="module")
def restricted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "dataset"
    definitions = two_units()
    write_dataset(folder, hand_made([("CX", "XA1", 12, {})], framework=definitions.framework))
    return folder


def test_an_export_is_as_restricted_as_the_dataset(restricted: Path, tmp_path: Path) -> None:
    out = tmp_path / "export"
    done = CliRunner().invoke(main, ["export", str(restricted), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "dữ liệu hạn chế" in done.stdout
    assert "restricted data" in done.stdout
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o600}
    assert {file.name for file in out.iterdir()} == set(done.stdout.splitlines()[:-1])
    again = CliRunner().invoke(main, ["export", str(restricted), "--out", str(out), "--json"])
    assert (again.exit_code, len(json.loads(again.stdout)["files"])) == (0, 15)
    other = ["export", str(restricted), "--out", str(out), "--language", "en", "--lang", "en"]
    refused = CliRunner().invoke(main, other)
    assert (refused.exit_code, "holds something else" in refused.stderr) == (1, True)


def test_an_export_into_a_publication_or_a_dataset_is_refused(
    restricted: Path, tmp_path: Path
) -> None:
    dataset = read_dataset(restricted)
    scored = ["score", str(restricted), "--out", str(tmp_path / "publication")]
    assert CliRunner().invoke(main, scored).exit_code == 0
    for out, words in (
        (tmp_path / "publication" / "export", ("gói công bố", "is a publication")),
        (restricted / "export", ("là bộ dữ liệu", "is a dataset")),
        (tmp_path / "publication", ("gói công bố", "is a publication")),
    ):
        done = CliRunner().invoke(main, ["export", str(restricted), "--out", str(out)])
        assert done.exit_code == 1
        assert all(word in done.stderr for word in words)
    assert not (tmp_path / "publication" / "export").exists()
    with pytest.raises(Exception, match="publication"):
        write_export(tmp_path / "publication", dataset, "vi")

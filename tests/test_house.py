"""The house itself: packaged whole, schema in step with the code, commands documented."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest

from survey_service.cli import main
from survey_service.store.database import Database
from survey_service.store.migrate import differences, is_current

ROOT = Path(__file__).parents[1]
PACKAGES = ("survey_service", "questionnaires", "mailer", "analysis", "templates")
PAGES = [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"]
COMMANDS = ROOT / "docs" / "commands.md"


def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    assert is_current(database)
    assert differences(database) == []


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)),
        ],
        check=True,
        cwd=folder,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_wheel_works_from_another_folder(unpacked: Path, tmp_path: Path) -> None:
    script = (
        "import survey_service, sys; from survey_service.cli import main;"
        f"assert survey_service.__file__.startswith({str(unpacked)!r}), survey_service.__file__;"
        "main(sys.argv[1:])"
    )
    variables = {**os.environ, "PYTHONPATH": str(unpacked), "SURVEY_DATA": str(tmp_path / "data")}
    for words in (["check", "par-index-2022"], ["db", "upgrade"], ["wave", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert (unpacked / "templates" / "email" / "letter.vi.html").is_file()
    programme = unpacked / "survey_service" / "demo" / "programmes" / "par-index-2022"
    assert {path.name for path in programme.iterdir()} >= {
        "programme.toml",
        "units.csv",
        "wave.toml",
    }


def test_all_five_packages_come_from_this_distribution(unpacked: Path) -> None:
    script = (
        "import importlib.metadata as metadata, json;"
        "print(json.dumps(metadata.packages_distributions()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    owners: dict[str, list[str]] = json.loads(done.stdout)
    assert {name: set(owners[name]) for name in PACKAGES} == {
        name: {"survey-service"} for name in PACKAGES
    }


def _helps(command: click.Command, path: str, parent: click.Context | None) -> list[str]:
    context = click.Context(command, info_name=path, parent=None, max_content_width=100)
    context.terminal_width = 100
    lines = [f"## `{path}`", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            lines += _helps(command.commands[name], f"{path} {name}", parent)
    return lines


def test_every_command_is_documented_as_it_is() -> None:
    """Set WRITE_DOCS=1 to write the page anew."""
    page = "\n".join(
        [
            "# Commands",
            "",
            "What `--help` says. Exit codes: 0 done, 1 refused (see stderr), 2 wrong usage.",
            "",
            *_helps(main, "survey-service", None),
        ]
    )
    page = re.sub(r"[ \t]+\n", "\n", page)
    if os.environ.get("WRITE_DOCS"):
        COMMANDS.write_text(page, encoding="utf-8")
    assert COMMANDS.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_link_of_the_documents_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text)
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []

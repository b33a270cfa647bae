"""The round of 2022, played twice: on SQLite and on PostgreSQL, to the same bytes.

On SQLite everybody answers over HTTP, on PostgreSQL every tenth person: who goes through the pages
leaves no trace in what is published.
"""

import csv
import io
import json
import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from embedded import TEMPLATE, Postgres
from processes import command, environment

from questionnaires import catalogue
from questionnaires.loading import load_definitions
from questionnaires.relations import RatedUnit, Rater, assign
from survey_service.demo.programme import DEFAULT, read_units
from survey_service.waves.assignment import seed_of

PACKAGES = ("dataset", "publication")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """Two plays of one seed, and what the first said."""

    folders: tuple[Path, Path]
    said: str


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Played:
    base = tmp_path_factory.mktemp("demo")
    postgres.create("demo", TEMPLATE)
    folders = (base / "sqlite", base / "postgresql")
    urls = ("", postgres.url("demo"))
    shares = ("100", "10")
    plays = [
        subprocess.Popen(
            command("demo", "--seed", "7", "--out", str(folder), "--by-pages", share),
            env=environment(base, url),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for folder, url, share in zip(folders, urls, shares, strict=True)
    ]
    said = [play.communicate(timeout=400)[0] for play in plays]
    assert [play.returncode for play in plays] == [0, 0], said
    return Played(folders=folders, said=said[0])


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), capture_output=True, text=True, check=False)


def test_the_same_seed_gives_the_same_bytes_on_either_database(played: Played) -> None:
    one, two = played.folders
    for package in PACKAGES:
        assert _files(one / package) == _files(two / package)


def test_twenty_units_stand_in_two_ranked_lists(played: Played) -> None:
    sheet = json.loads((played.folders[0] / "publication" / "scores.json").read_bytes())
    assert len(sheet["units"]) == 20
    assert sorted(len(ranked["ranking"]) for ranked in sheet["classes"]) == [5, 15]
    assert "Sở, ban, ngành đặc thù" in played.said
    assert "trọng số chia lại" in played.said


def test_every_letter_is_accounted_for(played: Played) -> None:
    assert "Thư mời / Invitation: đã gửi / sent 1611." in played.said
    assert "Phiếu phát ra 1611" in played.said


def test_the_dataset_scores_to_the_published_bytes(played: Played, tmp_path: Path) -> None:
    out = tmp_path / "again"
    scored = _run(["score", str(played.folders[0] / "dataset"), "--out", str(out)])
    assert scored.returncode == 0, scored.stderr
    assert _files(out) == _files(played.folders[0] / "publication")


def test_verify_passes_and_fails_with_a_wrong_hash(played: Played) -> None:
    folder = str(played.folders[0] / "publication")
    found = _run(["verify", folder, "--json"])
    assert found.returncode == 0, found.stdout
    fingerprint = json.loads(found.stdout)["hash"]
    assert fingerprint in played.said
    assert _run(["verify", folder, "--expect", fingerprint]).returncode == 0
    assert _run(["verify", folder, "--expect", "0" * 64]).returncode == 1


@pytest.mark.parametrize("package", PACKAGES)
def test_one_changed_byte_of_any_file_fails(played: Played, tmp_path: Path, package: str) -> None:
    chance = random.Random(package)
    for both in PACKAGES:
        shutil.copytree(played.folders[0] / both, tmp_path / both)
    for path in sorted((tmp_path / package).iterdir()):
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        path.write_bytes(changed)
        assert _run(["verify", str(tmp_path / package)]).returncode == 1, path.name
        path.write_bytes(whole)
    assert _run(["verify", str(tmp_path / package)]).returncode == 0


def test_small_groups_are_not_in_any_public_file(played: Played) -> None:
    content = (played.folders[0] / "publication" / "scores.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    shown = [row for row in rows if row["group"] and row["state"] == "published" and row["n"]]
    assert shown
    assert min(int(row["n"]) for row in shown) >= 10


def test_the_list_and_the_published_seed_find_nobody(played: Played) -> None:
    """Whoever draws the subsets anew from what is known meets nobody's units in the dataset."""
    one = played.folders[0]
    definitions = load_definitions(catalogue.folder("par-index-2022"))
    units = [RatedUnit(code=unit.code, unit_class=unit.unit_class) for unit in read_units(DEFAULT)]
    people = (one / "input" / "contacts-par-2022.csv").read_text(encoding="utf-8-sig")
    listed = list(csv.DictReader(io.StringIO(people), delimiter=";"))
    answers = (one / "dataset" / "ballots.csv").read_text(encoding="utf-8")
    ballots = list(csv.DictReader(io.StringIO(answers)))
    for group in ("HDND", "LDH", "LDP"):
        raters = [Rater(key=row["Thư điện tử"]) for row in listed if row["Nhóm đối tượng"] == group]
        relation = definitions.questionnaires.relation(group).rates
        guessed = assign(relation, raters, units, seed=seed_of(7, group, 0))
        rated: dict[str, set[str]] = {}
        for row in ballots:
            if row["group"] == group:
                rated.setdefault(row["respondent"], set()).add(row["unit"])
        patterns = {frozenset(codes) for codes in rated.values()}
        assert len(patterns) > 10
        # LDH rates 16 of 20: with 4,845 patterns a chance meeting is possible, a pattern is not.
        assert len(patterns & {frozenset(codes) for codes in guessed.values()}) <= 1

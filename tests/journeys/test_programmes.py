"""Every programme of the catalogue, from files to a published sheet, on both databases."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from embedded import TEMPLATE, Postgres
from processes import environment

from survey_service.demo.programme import DEFAULT, programmes, read_programme

PROGRAMMES = tuple(name for name in programmes() if name != DEFAULT)
"""The round of 2022 has a journey of its own."""
PLAY = """
import os, sys
from survey_service.cli import main
words = sys.argv[1].split()
for name, out, url in zip(*[iter(sys.argv[2:])] * 3):
    os.environ["DATABASE_URL"] = url
    main(["demo", "--programme", name, "--out", out, *words], standalone_mode=False)
"""
"""One process for all programmes: the service is imported once."""
WORDS = {"sqlite": "--seed 7", "postgresql": "--seed 7 --by-pages 0 --no-verify"}
"""On PostgreSQL nobody uses the pages: the bytes are the same, and so they need one check only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """All programmes on one database, and what was said."""

    base: Path
    said: str

    def read(self, programme: str, *path: str) -> Any:
        return json.loads(self.base.joinpath(programme, *path).read_bytes())

    def scores(self, programme: str) -> Any:
        return self.read(programme, "publication", "scores.json")

    def findings(self, programme: str) -> Any:
        return self.read(programme, "publication", "findings.json")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> tuple[Played, Played]:
    base = tmp_path_factory.mktemp("programmes")
    for name in PROGRAMMES:
        postgres.create(f"programme_{name}", TEMPLATE)
    urls = {
        "sqlite": dict.fromkeys(PROGRAMMES, ""),
        "postgresql": {name: postgres.url(f"programme_{name}") for name in PROGRAMMES},
    }
    plays = {kind: _begin(base / kind, WORDS[kind], urls[kind]) for kind in urls}
    said = {kind: play.communicate(timeout=600)[0] for kind, play in plays.items()}
    assert [play.returncode for play in plays.values()] == [0, 0], said
    one, two = (Played(base=base / kind, said=said[kind]) for kind in urls)
    return one, two


def _begin(base: Path, options: str, urls: Mapping[str, str]) -> subprocess.Popen[str]:
    words = [word for name, url in urls.items() for word in (name, str(base / name), url)]
    return subprocess.Popen(
        [sys.executable, "-c", PLAY, options, *words],
        env=environment(base, ""),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _files(folder: Path) -> dict[str, bytes]:
    packages = [*folder.rglob("dataset/*"), *folder.rglob("publication/*"), *folder.glob("trend/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in packages}


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_both_databases_publish_the_same_bytes(
    played: tuple[Played, Played], programme: str
) -> None:
    one, two = (_files(each.base / programme) for each in played)
    rounds = len(read_programme(programme).rounds)
    assert sum(name.endswith("scores.json") for name in one) == rounds
    assert one == two


def test_the_last_publication_of_every_programme_is_verified(played: tuple[Played, Played]) -> None:
    assert played[0].said.count("Verified: recomputed to the same bytes.") == len(PROGRAMMES)


def test_districts_departments_and_public_units_rate_across(
    played: tuple[Played, Played],
) -> None:
    sheet = played[0].scores("thanh-hoa-cross")
    ranked = {each["code"]: len(each["ranking"]) for each in sheet["classes"]}
    assert ranked == {"SO": 20, "DVSN": 10, "HUYEN": 27}
    groups = {
        unit_class: {
            group["group"]
            for unit in sheet["units"]
            if unit["unit_class"] == unit_class
            for group in unit["groups"]
        }
        for unit_class in ranked
    }
    assert groups == {"SO": {"LDH", "DN"}, "DVSN": {"LDH"}, "HUYEN": {"LDS"}}


def test_ranks_move_and_weak_criteria_are_named(played: tuple[Played, Played]) -> None:
    sheet, findings = (
        played[0].scores("lang-son"),
        played[0].findings("lang-son"),
    )
    assert Counter(unit["unit_class"] for unit in sheet["units"]) == {"SBN": 23, "HUYEN": 11}
    assert all(len(each["bands"]) == 4 for each in sheet["classes"])
    assert len({unit["band"] for unit in sheet["units"]}) > 1
    changes = findings["trust"]["changes"]["units"]
    assert [one["unit"] for one in changes if one["missing"] == "new"] == ["VPDKDD"]
    moves = [one for one in changes if one["missing"] is None and one["former_rank"]]
    assert len(moves) == 33
    assert len([one for one in moves if one["former_rank"] != one["rank"]]) > 10
    weak = findings["answers"]["weak_points"]
    assert {one["clear"] for one in weak} == {True, False}


def test_changes_of_merged_and_split_units_are_refused(played: tuple[Played, Played]) -> None:
    sheet = played[0].scores("two-level-2025")
    assert {each["code"] for each in sheet["classes"]} == {"SBN", "XA", "PHUONG"}
    changes = played[0].findings("two-level-2025")["trust"]["changes"]
    missing = {one["unit"]: one["missing"] for one in changes["units"]}
    merged = {"SNV2", "STC2", "SXD2", "SNNMT", "SKHCN2"}
    lower = {unit["code"] for unit in sheet["units"] if unit["unit_class"] != "SBN"}
    assert {unit for unit, reason in missing.items() if reason} == merged | lower
    assert {missing[unit] for unit in merged | lower} == {"broken_series"}
    assert missing["SDTTG"] is None
    assert any("Sở Dân tộc và Tôn giáo" in text["vi"] for text in changes["breaks"])


def test_services_have_both_indices_from_a_drawn_sample(played: tuple[Played, Played]) -> None:
    for programme, fields in (
        ("sipas", {"unit", "service"}),
        ("thanh-hoa-services", {"unit", "service", "channel"}),
    ):
        services = played[0].findings(programme)["services"]
        shown = [line for line in services["lines"] if line["missing"] is None]
        assert fields <= {line["level"] for line in shown}
        assert all(line["top_two"] and line["mean_of_maximum"] for line in shown)
        assert {one["factor"] for one in services["factors"]} >= {"8.1.1", "8.1.5"}
        assert services["sampling"]["commitment"]
    drawn = played[0].read("sipas", "dataset", "design.json")["sampling"]
    assert {one["rule"] for one in drawn["excluded"]} >= {"no-email", "shared-address"}


def test_every_service_has_its_results_where_people_are_named_beside_the_sample(
    played: tuple[Played, Played],
) -> None:
    lines = played[0].findings("sipas")["services"]["lines"]
    counts = {line["service"]: line["n"] for line in lines if line["level"] == "service"}
    assert len(counts) == 8
    assert min(counts.values()) >= 60
    assert {line["missing"] for line in lines} == {None}
    groups = [unit["groups"] for unit in played[0].scores("sipas")["units"]]
    assert all({one["group"] for one in each} == {"ND", "DN"} for each in groups)


def test_people_answer_by_mail_by_letter_and_as_volunteers_by_their_receipt(
    played: tuple[Played, Played],
) -> None:
    strata = played[0].read("thanh-hoa-services", "dataset", "design.json")["strata"]
    asked = Counter[str]()
    for stratum in strata:
        asked[stratum["mode"]] += stratum["invited"]
    assert min(asked["web"], asked["letter"]) > 100
    assert asked["receipt"] > 20
    doors = played[0].findings("thanh-hoa-services")["services"]["doors"]
    assert {one["service"] for one in doors} == {"LAI-XE", "DONG-HO-NUOC"}
    assert all(one["volunteers"] and one["n"] >= 10 for one in doors)


def test_a_short_form_leaves_items_unasked(played: tuple[Played, Played]) -> None:
    rows = {
        name: (played[0].base / name / "dataset" / "ballots.csv").read_text(encoding="utf-8")
        for name in ("sipas", "thanh-hoa-services")
    }
    assert ",~," in rows["sipas"]
    assert rows["sipas"].count(",~") > 5 * rows["thanh-hoa-services"].count(",~")


def test_a_series_of_months_has_control_limits_and_hides_a_small_desk(
    played: tuple[Played, Played],
) -> None:
    trend = played[0].read("quan-ba", "trend", "trend.json")
    assert len(trend["waves"]) == 7
    lines = {line["unit"]: line["points"] for line in trend["lines"] if line["measure"] == "points"}
    for desk in ("QUAY1", "QUAY2", "QUAY3"):
        assert lines[desk][-1]["limits"]
    assert {point["state"] for point in lines["QUAY4"]} == {"suppressed"}

"""The demo's lists look like what an office and its one-stop software hand in."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from questionnaires.problems import ProblemsError
from survey_service.demo.contact_lists import contact_list
from survey_service.demo.one_stop import transactions, written
from survey_service.demo.programme import (
    DEFAULT,
    OneStop,
    People,
    folder,
    read_programme,
    read_units,
)
from survey_service.transactions.mapping import read_mapping
from survey_service.waves.sample_plan import SamplePlan

PLAN = SamplePlan(group="ND", since=date(2025, 7, 1), until=date(2025, 9, 30))
ONE_STOP = OneStop(
    mapping="mapping.toml",
    handled={"STC": {"DOANH-NGHIEP": 300}},
    channels={"online": 50, "counter": 50},
    people=200,
)


def named(seed: int, group: str = "CCVC", count: int | None = None) -> list[dict[str, str]]:
    (played,) = read_programme(DEFAULT).rounds
    people = [one for one in played.people if one.group == group]
    if count is not None:
        fewer = People(group=group, count=count, role="", own=people[0].own, population=(35, 120))
        people = [fewer]
    text = contact_list(people, read_units(DEFAULT), year=2022, seed=seed).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def handled(season: str) -> list[dict[str, str]]:
    mapping = read_mapping(folder("sipas") / "mapping.toml")
    rows = transactions(ONE_STOP, mapping, PLAN, season=season, seed=7)
    text = written(mapping, rows).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_officials_are_drawn_from_more_than_are_asked() -> None:
    rows = named(7)
    asked = Counter(row["Đơn vị công tác"] for row in rows)
    totals = {row["Đơn vị công tác"]: int(row["Tổng số"]) for row in rows}
    assert len({(row["Đơn vị công tác"], row["Tổng số"]) for row in rows}) == 20
    assert all(35 <= totals[unit] <= 120 and totals[unit] > asked[unit] for unit in asked)
    assert len(set(totals.values())) > 10


def test_the_same_seed_gives_the_same_list_and_another_one_another() -> None:
    assert named(7) == named(7)
    totals = [[row["Tổng số"] for row in named(seed)] for seed in (7, 8)]
    assert totals[0] != totals[1]


def test_the_staff_of_a_unit_do_not_depend_on_who_else_is_asked() -> None:
    shown = {row["Đơn vị công tác"]: row["Tổng số"] for row in named(7, count=20)}
    assert shown == {row["Đơn vị công tác"]: row["Tổng số"] for row in named(7)}


def test_one_stop_software_spells_its_own_words_and_has_its_slips() -> None:
    rows = handled("2025")
    assert len(rows) == 300
    assert {row["Thủ tục"] for row in rows} == {"ĐKDN"}
    assert {row["Hình thức nộp"] for row in rows} == {"Trực tuyến", "Trực tiếp"}
    emails = Counter(row["Email"] for row in rows)
    assert emails[""] > 30
    assert any(count > 1 for email, count in emails.items() if email)
    assert any(row["Ngày trả kết quả"] == "" for row in rows)
    assert len({row["Số hồ sơ"] for row in rows}) == 300
    assert handled("2025") == rows
    assert handled("2024") != rows


def test_an_unknown_programme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ProblemsError) as refused:
        folder("ha-long")
    assert "par-index-2022" in refused.value.problems[0].message.en


@pytest.mark.parametrize("name", ["lang-son", "two-level-2025"])
def test_the_files_of_a_programme_lie_in_its_folder(name: str) -> None:
    place: Path = folder(name)
    for one in read_programme(name).rounds:
        assert (place / one.units).is_file()
        assert (place / one.plan).is_file()

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update
from staged import AFTER, CODE, FIRST_DAY, HEADING, UNITS, WAVE, Stage, contacts

from questionnaires import catalogue
from questionnaires.loading import load_definitions
from questionnaires.problems import Problem
from survey_service.config import read_settings
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Contact, Invitation
from survey_service.waves.opening import PreflightError
from survey_service.waves.preflighting.expectation import expect_ballots
from survey_service.waves.preflighting.forecasts import forecast_groups, forecast_units
from survey_service.waves.preflighting.preflight import Preflight, preflight
from survey_service.waves.preflighting.prospects import expect_units
from survey_service.waves.transitions import WaveStateError


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    return Stage(database, tmp_path)


def run(stage: Stage) -> Preflight:
    return preflight(stage.database, stage.clock, stage.settings, code=CODE)


def errors(found: Preflight) -> list[str]:
    return [entry.line() for entry in found.problems if entry.severity == "error"]


def warnings(found: Preflight) -> list[str]:
    return [entry.line() for entry in found.problems if entry.severity == "warning"]


def test_a_sound_wave_is_ready_and_nothing_changes(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts())
    found = run(stage)
    assert found.ready
    assert errors(found) == []
    assert {row.group: row.persons for row in found.load.groups} == {"CX": 12, "CB": 12, "ND": 12}
    with stage.database.reading() as session:
        assert session.scalars(select(Invitation)).all() == []
        assert session.scalars(select(JournalEntry.event)).all()[-1] == "contacts imported"


def test_expected_ballots_follow_the_stated_response_rates(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts())
    expected = {(row.unit, row.leaf, row.group): row for row in run(stage).expected}
    leader = expected["XA1", "A.1", "CX"]
    assert (leader.issued, leader.expected, leader.minimum) == (6, Decimal("5.4"), 2)
    assert not leader.at_risk
    assert leader.under_minimum < Decimal("0.001")
    citizen = expected["XA2", "B.1.1", "ND"]
    assert (citizen.issued, citizen.expected) == (6, Decimal("2.4"))
    # Six ballots, each back with 40 % and valid with 95 % of that; fewer than two: 0 or 1.
    chance = Decimal("0.62") ** 6 + 6 * Decimal("0.38") * Decimal("0.62") ** 5
    assert citizen.under_minimum == citizen.uncounted == chance.quantize(Decimal("0.000001"))
    assert citizen.at_risk
    assert citizen.needed == 9
    assert ("XA1", "B.1.1", "CX") not in expected


def test_a_wave_without_people_is_barred(stage: Stage) -> None:
    stage.create()
    found = run(stage)
    assert not found.ready
    (line,) = errors(found)
    assert "chưa có người nào" in line
    assert f"--wave {CODE}" in line


def test_a_wave_without_units_is_barred(stage: Stage) -> None:
    stage.create(units="Mã;Tên;Loại\nT;UBND tỉnh;TINH\n")
    (units, people) = errors(run(stage))
    assert "không có đơn vị nào" in units
    assert "import units" in units
    assert "chưa có người nào" in people


def test_people_without_a_unit_are_barred_by_name(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts())
    with stage.database.writing() as session:
        session.execute(
            update(Contact).where(Contact.email_key == "cb.xa1.0@xa.example").values(own_unit="MAT")
        )
    (line,) = errors(run(stage))
    assert line.startswith("nhóm/group CB: 1 người không có đơn vị nào")
    assert "cb.xa1.0@xa.example" in line


def test_people_of_an_unknown_group_are_barred(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts())
    with stage.database.writing() as session:
        session.execute(update(Contact).where(Contact.group == "CX").values(group="CŨ"))
    (line,) = errors(run(stage))
    assert line.startswith("nhóm/group CŨ: 12 người")


def test_a_unit_that_nobody_rates_is_barred(stage: Stage) -> None:
    stage.create(units=UNITS + "XA3;UBND xã Ba;;XA;\n")
    stage.invite(HEADING + "A;a@dan.example;ND;;XA1;;\nB;b@dan.example;ND;;XA2;;\n")
    (line,) = errors(run(stage))
    assert "không ai đánh giá: XA3" in line


def test_a_group_with_weight_and_nobody_in_it_is_warned_of(stage: Stage) -> None:
    stage.create()
    stage.invite(HEADING + "A;a@dan.example;ND;;XA1;;\nB;b@dan.example;ND;;XA2;;\n")
    lines = warnings(run(stage))
    assert any(line.startswith("nhóm/group CX: có trọng số nhưng không có người") for line in lines)


def test_thin_groups_and_unranked_units_are_warned_of(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts(each=3))
    found = run(stage)
    assert found.ready
    lines = warnings(found)
    thin = next(line for line in lines if line.startswith("nhóm/group ND"))
    assert "dưới mức tối thiểu 2 phiếu hợp lệ trên 10 % ở 2 đơn vị: XA1 (1,2 phiếu" in thin
    assert "XA1 (1.2 ballots back, 68 %), XA2 (1.2 ballots back, 68 %); the group's weight" in thin
    assert "about 9 ballots issued for each unit would do" in thin
    hidden = next(line for line in lines if line.startswith("nhóm/group CX"))
    assert "dưới ngưỡng công bố 3 phiếu" in hidden
    unranked = next(line for line in lines if line.startswith("đơn vị/unit XA1"))
    assert "B.1.1" in unranked
    assert "xác suất không được xếp hạng là 6" in unranked
    assert "the chance of staying unranked is 6" in unranked


def test_dates_gone_by_are_barred(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts())
    stage.clock.move_to(AFTER - timedelta(seconds=1))
    assert run(stage).ready
    stage.clock.move_to(AFTER)
    (line,) = errors(run(stage))
    assert "14/03/2025 đã qua" in line


@pytest.mark.parametrize(
    ("public", "smtp", "severity"),
    [
        ("https://khaosat.example", "smtp://mail.example:587", None),
        ("http://127.0.0.1:8000", "smtp://127.0.0.1:8025", "warning"),
        ("http://localhost:8000", "smtp://mail.example:587", "error"),
        ("https://127.0.0.1", "smtp://mail.example:587", "error"),
    ],
)
def test_links_to_this_machine_are_told(
    stage: Stage, public: str, smtp: str, severity: str | None
) -> None:
    stage.create()
    stage.invite(contacts())
    stage.settings = read_settings({"SURVEY_PUBLIC_URL": public, "SURVEY_SMTP_URL": smtp})
    found = [entry for entry in run(stage).problems if entry.where == "SURVEY_PUBLIC_URL"]
    assert [entry.severity for entry in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("settings", "barred"),
    [
        ({"SURVEY_SMTP_URL": "smtps://thu.example"}, ["SURVEY_MAIL_FROM"]),
        ({"SURVEY_MAIL_FROM": "khaosat@coquan.gov.vn"}, ["SURVEY_SMTP_URL"]),
        ({}, ["SURVEY_MAIL_FROM", "SURVEY_SMTP_URL"]),
        (
            {
                "SURVEY_SMTP_URL": "smtp://127.0.0.1:25",
                "SURVEY_MAIL_FROM": "khaosat@coquan.gov.vn",
            },
            [],
        ),
    ],
)
def test_a_public_survey_needs_a_relay_and_a_sender_of_its_own(
    stage: Stage, settings: dict[str, str], barred: list[str]
) -> None:
    stage.create()
    stage.invite(contacts())
    stage.settings = read_settings({"SURVEY_PUBLIC_URL": "https://khaosat.example", **settings})
    found = run(stage)
    assert sorted(one.where for one in found.problems if one.severity == "error") == barred
    stage.clock.move_to(FIRST_DAY)
    if barred:
        with pytest.raises(PreflightError, match=barred[0]):
            stage.open()
    else:
        assert stage.open().invitations == 36


def test_only_a_draft_is_checked(stage: Stage) -> None:
    stage.opened()
    with pytest.raises(WaveStateError, match="đang mở"):
        run(stage)


def test_a_long_form_is_warned_of(stage: Stage) -> None:
    units = "Mã;Tên;Loại\n" + "".join(f"SO{n};Sở {n};SBN\n" for n in range(20))
    stage.create(wave=WAVE.replace('"two-units"', '"par-index-2022"'), units=units)
    stage.invite("Email;Nhóm\n" + "".join(f"h{n}@huyen.example;LDH\n" for n in range(30)))
    line = next(line for line in warnings(run(stage)) if "minutes" in line)
    assert line.startswith("nhóm/group LDH")


def test_everything_is_told_at_once_errors_first(stage: Stage) -> None:
    stage.create(units=UNITS + "XA3;UBND xã Ba;;XA;\n")
    stage.invite(HEADING + "A;a@dan.example;ND;;XA1;;\n")
    stage.clock.move_to(AFTER)
    found = run(stage)
    assert len(errors(found)) == 2
    severities = [entry.severity for entry in found.problems]
    assert severities == sorted(severities)


def test_the_opening_day_decides_which_units_are_rated(stage: Stage) -> None:
    stage.create(units=UNITS + "XA3;UBND xã Ba;;XA;04/03/2025\n")
    stage.invite(contacts())
    stage.clock.move_to(FIRST_DAY)
    assert set(run(stage).load.raters) == {"XA1", "XA2"}


def forecast(below: str, issued: int) -> list[Problem]:
    definitions = load_definitions(catalogue.folder("two-units"))
    rules = msgspec.structs.replace(definitions.framework.rules, below_minimum=below)
    framework = msgspec.structs.replace(definitions.framework, rules=rules)
    classes = {"XA1": "XA"}
    counts = {("XA1", group): issued for group in ("CX", "CB", "ND")}
    expected = expect_ballots(framework, definitions.questionnaires, classes, counts)
    return [
        *forecast_groups(framework, expected),
        *forecast_units(expect_units(framework, classes, expected)),
    ]


@pytest.mark.parametrize(
    ("below", "words"),
    [
        ("renormalise", "weight would be shared out"),
        ("block", "publication would be blocked"),
        ("flag", "points would be flagged"),
    ],
)
def test_a_thin_group_means_what_the_framework_says(below: str, words: str) -> None:
    assert any(words in found.message.en for found in forecast(below, 1))


def test_a_flagged_thin_group_still_measures() -> None:
    assert any("unit" in found.where for found in forecast("renormalise", 6))
    assert not any("unit" in found.where for found in forecast("flag", 6))


def test_many_units_are_counted_and_not_all_named() -> None:
    definitions = load_definitions(catalogue.folder("two-units"))
    classes = {f"XA{number:02}": "XA" for number in range(12)}
    counts = {(unit, "ND"): 1 for unit in classes}
    expected = expect_ballots(definitions.framework, definitions.questionnaires, classes, counts)
    thin = next(
        found
        for found in forecast_groups(definitions.framework, expected)
        if found.where.endswith("ND")
    )
    assert "và 4 đơn vị nữa" in thin.message.vi
    assert "and 4 more" in thin.message.en

from collections.abc import Callable
from pathlib import Path

import pytest
from made_transactions import made_cases, write_cases
from sample_stage import SAMPLE, SampleStage, listed, officials
from sqlalchemy import select
from staged import ACTOR, CODE, FIRST_DAY, HEADING, WAVE, contacts

from questionnaires.problems import ProblemsError
from survey_service.store.database import Database
from survey_service.store.people import Contact
from survey_service.waves.drafting import create_wave
from survey_service.waves.opening import PreflightError
from survey_service.waves.preflighting.preflight import preflight

CITIZEN = "Người dân;dan@xa.example;ND;;XA1;Khai sinh;02/2025\n"


@pytest.fixture
def stage(migrated_sqlite: Path, tmp_path: Path) -> SampleStage:
    path = tmp_path / "survey.sqlite3"
    path.write_bytes(migrated_sqlite.read_bytes())
    return SampleStage(Database(f"sqlite:///{path}"), tmp_path)


def redraft(stage: SampleStage, wave: str) -> tuple[str, ...]:
    path = stage.file("wave.toml", wave)
    drafted = create_wave(stage.database, stage.clock, path, actor=ACTOR)
    return tuple(found.message.en for found in drafted.warnings)


def test_people_of_a_drawn_group_cannot_come_from_a_file(stage: SampleStage) -> None:
    stage.staged()
    for replace in (False, True):
        with pytest.raises(ProblemsError, match=r"1 people are .* ND.*sample draw hai-xa"):
            stage.invite(HEADING + CITIZEN, replace=replace)


def test_a_list_that_replaces_all_cannot_remove_the_drawn(stage: SampleStage) -> None:
    stage.staged()
    stage.invite(officials(), replace=True)
    stage.draw()
    with pytest.raises(ProblemsError, match="would remove the people whom sample draw drew"):
        stage.invite(officials(), replace=True)
    assert stage.intact()
    assert stage.invite(officials()).updated == 24
    assert stage.intact()


def test_a_list_cannot_move_somebody_drawn_to_another_group(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    address = stage.addresses()[0]
    with pytest.raises(ProblemsError, match="in the wave already, in group ND"):
        stage.invite(HEADING + listed().replace("cx.0@xa.example", address))
    assert stage.intact()


def test_another_sample_table_is_refused_once_people_were_drawn(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    for sample in ("", SAMPLE.replace("total = 12", "total = 13")):
        with pytest.raises(ProblemsError, match="give the sample up: sample discard hai-xa"):
            redraft(stage, WAVE + sample)
    redraft(stage, WAVE.replace("reminders = [3, 7]", "reminders = [3]") + SAMPLE)
    assert stage.intact()


def test_people_of_the_group_from_an_earlier_list_leave_the_draft(stage: SampleStage) -> None:
    stage.create()
    stage.invite(contacts())
    warned = redraft(stage, WAVE + SAMPLE)
    assert any("12 people of this group" in one for one in warned)
    with stage.database.reading() as session:
        assert set(session.scalars(select(Contact.group))) == {"CX", "CB"}


def test_a_wave_whose_sample_is_not_drawn_cannot_open(stage: SampleStage) -> None:
    stage.staged()
    stage.invite(officials())
    stage.clock.move_to(FIRST_DAY)
    with pytest.raises(PreflightError, match="its sample is not drawn yet; run: sample draw"):
        stage.open()
    stage.draw()
    assert stage.open().invitations == 24 + 24


def test_people_put_in_without_a_draw_keep_a_wave_from_opening(stage: SampleStage) -> None:
    stage.staged()
    stage.invite(officials())
    with stage.database.writing() as session:
        somebody = session.scalars(select(Contact).where(Contact.group == "CB")).first()
        assert somebody is not None
        somebody.group = "ND"
        somebody.transactions = [{"unit": "XA1", "service": "KS", "month": "02/2025"}]
    stage.clock.move_to(FIRST_DAY)
    with pytest.raises(ProblemsError, match="there without a draw"):
        stage.open()


def test_a_unit_that_nobody_drawn_rates_is_a_warning(stage: SampleStage) -> None:
    stage.create(WAVE + SAMPLE)
    write_cases(stage.database, made_cases(30, units=("XA1",)))
    stage.draw()
    found = preflight(stage.database, stage.clock, stage.settings, code=CODE)
    (missed,) = [one for one in found.problems if "nobody drawn rates" in one.message.en]
    assert (missed.severity, found.ready) == ("warning", True)
    assert "XA2" in missed.message.en


def test_a_rolling_wave_opens_without_people_of_its_group(stage: SampleStage) -> None:
    stage.create(WAVE + SAMPLE + "rolling = { days_after = 3 }\n")
    found = preflight(stage.database, stage.clock, stage.settings, code=CODE)
    assert found.ready
    stage.invite(officials())
    found = preflight(stage.database, stage.clock, stage.settings, code=CODE)
    assert found.ready
    assert not [one for one in found.problems if "ND" in one.where]


def _with(old: str, new: str) -> Callable[[str], str]:
    return lambda sample: sample.replace(old, new)


def _and(line: str) -> Callable[[str], str]:
    return lambda sample: sample + line + "\n"


def _two_stages(old: str, new: str) -> Callable[[str], str]:
    stages = 'design = "two-stage"\nfirst_stage = { count = 1 }\n'
    return lambda sample: sample.replace(old, new) + stages


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        (_with('"ND"', '"KH"'), "group", "no group “KH”"),
        (_with('"ND"', '"CX"'), "group", "does not rate the unit of a transaction"),
        (_with("to = 2025-02-28", "to = 2024-12-31"), "to", "is before the first"),
        (_with("to = 2025-02-28", "to = 2025-03-14"), "to", "before the wave's last day"),
        (_with("total = 12, ", ""), "size.total", "write total"),
        (_with('rule = "total"', 'rule = "all"'), "size.total", "write total"),
        (_with("total = 12", "total = 0"), "size.total", "write total"),
        (_with("total = 12", "total = 12, error = 1"), "size.error", "0 < error < 1"),
        (_with("total = 12", "total = 12, sigma = 0"), "size.sigma", "0 < sigma"),
        (_with("total = 12", "total = 12, response_rate = 0"), "size.response_rate", "1–100"),
        (_with('each = ["unit"]', 'each = ["channel"]'), "size.each", "channel"),
        (_with('reserve = "0.5"', "reserve = 6"), "reserve", "0–5"),
        (_and("floor = -1"), "floor", "≥ 0"),
        (_and("months_between = 121"), "months_between", "0–120"),
        (_and("most_per_person = 0"), "most_per_person", "≥ 1"),
        (_and('sigmas = { "XA1/KS" = "-1" }'), "sigmas", "≥ 0"),
        (_and('exclude_domains = ["khong"]'), "exclude_domains", "is no domain"),
        (_and('design = "two-stage"'), "first_stage", "only there"),
        (_and("first_stage = { count = 1 }"), "first_stage", "only there"),
        (_and('design = "two-stage"\nfirst_stage = { count = 0 }'), "first_stage.count", "≥ 1"),
        (
            _two_stages('["unit", "service"]', '["service"]'),
            "strata",
            "must contain “unit”",
        ),
        (_two_stages('each = ["unit"]', 'each = ["service"]'), "size.each", "in each unit"),
        (
            _and('design = "two-stage"\nfirst_stage = { count = 1 }\nrolling = {}'),
            "rolling",
            "does not go with",
        ),
        (_and("rolling = { rate = 2 }"), "rolling.rate", "rate ≤ 1"),
        (_and("rolling = { days_after = -1 }"), "rolling.days_after", "≥ 0"),
        (_and("rolling = { latest_days = 1 }"), "rolling.latest_days", "≥ days_after"),
    ],
)
def test_what_cannot_stand_in_a_sample_table_is_refused(
    stage: SampleStage, change: Callable[[str], str], where: str, words: str
) -> None:
    with pytest.raises(ProblemsError) as refused:
        stage.create(WAVE + change(SAMPLE))
    found = {one.where: one.message.en for one in refused.value.problems}
    assert words in found[f"wave.toml: sample.{where}"]
    assert all(one.message.vi != one.message.en for one in refused.value.problems)


def test_a_series_is_a_code(stage: SampleStage) -> None:
    with pytest.raises(ProblemsError, match="the series “Một cửa”"):
        stage.create(WAVE.replace('code = "hai-xa"', 'code = "hai-xa"\nseries = "Một cửa"'))


def test_a_short_form_without_rotations_is_warned_of(stage: SampleStage) -> None:
    short = WAVE.replace("seed = 7", 'seed = 7\nform = "short"')
    assert any("have no rotations" in warned for warned in redraft(stage, short))
    assert not any("rotations" in warned for warned in redraft(stage, WAVE))
    rotated = short.replace('"two-units"', '"sipas"')
    assert not any("rotations" in warned for warned in redraft(stage, rotated))

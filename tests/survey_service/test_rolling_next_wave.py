from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from kinds import SQLITE_ALONE
from made_series import plan_of
from made_waves import make_wave
from staged import Stage

from questionnaires.problems import ProblemsError
from questionnaires.text import Text
from survey_service.cli import main
from survey_service.cli.wiring import Wiring
from survey_service.rolling.next_wave import month_later, next_wave, plan_of_next_month
from survey_service.rolling.wave_file import wave_file
from survey_service.store.database import Database
from survey_service.waves.mail_plan.wording import StepWording
from survey_service.waves.plan import MailPlan, SendWindow, WavePlan
from survey_service.waves.plan_checking import load_plan
from survey_service.waves.reading import WaveUnknownError
from survey_service.waves.sample_plan import Rolling, SamplePlan


def rolling_plan() -> WavePlan:
    sample = SamplePlan(
        group="ND",
        since=date(2025, 3, 1),
        until=date(2025, 3, 31),
        sources=("mot-cua",),
        sigmas={"KS/XA1": Decimal("0.4")},
        rolling=Rolling(rate=Decimal("0.3"), days_after=2),
    )
    return msgspec.structs.replace(
        plan_of(0),
        closes=date(2025, 4, 20),
        sample=sample,
        reminders=(4, 8),
        mail=MailPlan(thank_you=True, window=SendWindow(days=("mon", "fri"))),
        wording=(
            StepWording(
                step="reminder",
                subject=Text(vi="Xin ý kiến “một cửa”", en="Your view"),
                opening=Text(vi='Kính gửi,\n\ncó \\ và "', en="Dear all"),
            ),
        ),
    )


def test_days_move_by_a_month_and_the_last_stays_the_last() -> None:
    moved = {
        date(2025, 1, 31): date(2025, 2, 28),
        date(2025, 2, 28): date(2025, 3, 31),
        date(2025, 1, 30): date(2025, 2, 28),
        date(2025, 12, 15): date(2026, 1, 15),
        date(2024, 2, 28): date(2024, 3, 28),
    }
    assert {day: month_later(day) for day in moved} == moved


def test_the_next_month_has_its_own_code_title_and_days() -> None:
    following = plan_of_next_month(rolling_plan())
    assert following.code == "mot-cua-2025-04"
    assert following.title == Text(vi="Bộ phận Một cửa, 04/2025", en="One-stop desks, 04/2025")
    assert (following.opens, following.closes) == (date(2025, 4, 3), date(2025, 5, 20))
    assert following.sample is not None
    assert following.sample.since == date(2025, 4, 1)
    assert following.sample.until == date(2025, 4, 30)
    assert following.privacy.kept_until == date(2026, 1, 31)
    assert following.letter == rolling_plan().letter


@pytest.mark.parametrize(
    ("code", "title", "expected"),
    [
        ("t12-2025", "Tháng 12/2025", ("t01-2026", "Tháng 01/2026")),
        ("quan-ba-202512", "December 2025", ("quan-ba-202601", "January 2026")),
        ("mot-cua", "Hằng tháng", ("mot-cua-2026-01", "Hằng tháng, January 2026")),
    ],
)
def test_a_month_is_found_as_people_write_it_and_added_where_there_is_none(
    code: str, title: str, expected: tuple[str, str]
) -> None:
    plan = msgspec.structs.replace(
        plan_of(0), code=code, title=Text(vi=title, en=title), opens=date(2025, 12, 1)
    )
    following = plan_of_next_month(plan)
    assert (following.code, following.title.en) == expected


def test_the_file_says_exactly_the_plan(tmp_path: Path) -> None:
    for plan in (rolling_plan(), plan_of(3)):
        path = tmp_path / "wave.toml"
        path.write_text(wave_file(plan), encoding="utf-8")
        assert load_plan(path) == plan


def test_the_next_wave_follows_the_latest_of_its_series(database: Database) -> None:
    for place in (1, 0):
        make_wave(database, (), plan=plan_of(place))
    make_wave(database, (), plan=plan_of(5, series="khac"))
    found = next_wave(database, plan_of(0).code)
    assert (found.after, found.code) == ("mot-cua-2025-04", "mot-cua-2025-05")


@SQLITE_ALONE
def test_a_wave_that_is_unknown_or_of_no_series_has_no_next(database: Database) -> None:
    with pytest.raises(WaveUnknownError):
        next_wave(database, "khong-co")
    make_wave(database, (), plan=plan_of(0, series=""))
    with pytest.raises(ProblemsError, match="of no series"):
        next_wave(database, plan_of(0).code)


@SQLITE_ALONE
def test_the_command_writes_a_file_once(database: Database, tmp_path: Path) -> None:
    stage = Stage(database, tmp_path)
    wiring = Wiring(
        settings=stage.settings, database=database, clock=stage.clock, entropy=stage.entropy
    )
    make_wave(database, (), plan=plan_of(0))
    out = tmp_path / "thang-sau.toml"
    words = ["wave", "next", plan_of(0).code]
    shown = CliRunner().invoke(main, words, obj=wiring)
    assert shown.exit_code == 0
    done = CliRunner().invoke(main, [*words, "--out", str(out)], obj=wiring)
    assert done.exit_code == 0
    assert out.read_text(encoding="utf-8") == shown.output
    again = CliRunner().invoke(main, [*words, "--out", str(out)], obj=wiring)
    assert again.exit_code == 1
    assert "giữ nguyên" in again.stderr

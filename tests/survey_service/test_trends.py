import csv
import io
import json
import shutil
from collections.abc import Generator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hand_made import two_units
from made_findings import made_findings
from made_series import (
    EMPTY,
    HIDDEN,
    SERIES,
    Shown,
    Told,
    plan_of,
    publish_files,
    publish_month,
    satisfied,
    sheet_of_two,
)
from made_waves import make_wave
from sqlalchemy import select
from staged import Stage

from survey_service.cli import main
from survey_service.cli.wiring import Wiring
from survey_service.sheet.documents import SCORES
from survey_service.store.database import Database
from survey_service.store.tables import PublicationFile
from survey_service.store.waves import Wave
from survey_service.trends.computing import compute_trend
from survey_service.trends.document import Measure, Trend, TrendLine, trend_json, trend_schema
from survey_service.trends.reading import SeriesUnknownError, read_series
from survey_service.trends.spreadsheet_csv import COLUMNS, trend_csv

BASE = [Shown(percent=80.0 + step) for step in (-1, 1, 0, 2, -2, 0)]


@pytest.fixture
def here(migrated_sqlite: Path, tmp_path: Path) -> Generator[Database]:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


def trend_of(database: Database, series: str = SERIES) -> Trend:
    with database.reading() as session:
        return compute_trend(series, read_series(session, series))


def line_of(trend: Trend, unit: str, measure: Measure = "points") -> TrendLine:
    return next(one for one in trend.lines if (one.unit, one.measure) == (unit, measure))


def publish(database: Database, *months: Told) -> None:
    for place, told in enumerate(months):
        publish_month(database, place, {"QT1": told})


def test_a_desk_is_shown_month_by_month_with_what_was_to_be_expected(database: Database) -> None:
    publish(database, *BASE, Shown(percent=60.0))
    trend = trend_of(database)
    assert [wave.month for wave in trend.waves] == [f"2025-{month:02d}" for month in range(3, 10)]
    points = line_of(trend, "QT1").points
    assert [point.percent for point in points][-1] == "60.00"
    assert points[-1].interval is not None
    assert (points[-1].interval.low, points[-1].interval.high) == ("54.1", "65.9")
    assert [point.limits is not None for point in points] == [False] * 6 + [True]
    assert points[-1].centre == "80.0"
    # All have the same n and SE: 3·3·√(1 + 1/6) on each side.
    assert points[-1].limits is not None
    assert (points[-1].limits.low, points[-1].limits.high) == ("70.3", "89.7")
    assert points[-1].signals == ("beyond-below",)
    assert all(not point.signals for point in points[:-1])


def test_a_hidden_month_is_a_gap_and_moves_no_line(here: Database) -> None:
    publish(here, *BASE[:3], HIDDEN, *BASE[3:], EMPTY, Shown(percent=81.0))
    points = line_of(trend_of(here), "QT1").points
    assert [point.state for point in points].count("published") == 7
    for place, state in ((3, "suppressed"), (7, "not_measurable")):
        assert points[place].state == state
        assert points[place].percent is None
        assert points[place].centre is None
        assert points[place].limits is None
    assert points[-1].centre == "80.0"


def test_what_is_behind_a_hidden_month_can_not_change_the_trend(here: Database) -> None:
    # The sheet says nothing of it, and only the sheet is read: the very bytes are the same.
    publish(here, *BASE, HIDDEN, Shown(percent=79.0))
    before = trend_json(trend_of(here))
    with here.writing() as session:
        for wave in session.scalars(select(Wave)):
            wave.dataset_hash = "f" * 64
    assert trend_json(trend_of(here)) == before


def test_desks_that_begin_and_end_say_since_when_and_until_when(here: Database) -> None:
    shown = Shown(percent=80.0)
    publish_month(here, 0, {"QT1": shown, "QT2": shown})
    publish_month(here, 1, {"QT1": shown})
    publish_month(here, 2, {"QT1": shown, "QT3": shown})
    trend = trend_of(here)
    codes = [wave.wave for wave in trend.waves]
    assert {
        line.unit: (line.since, line.until, [point.state for point in line.points])
        for line in trend.lines
    } == {
        "QT1": (None, None, ["published"] * 3),
        "QT2": (None, codes[0], ["published", "absent", "absent"]),
        "QT3": (codes[2], None, ["absent", "absent", "published"]),
    }


def test_other_criteria_begin_the_lines_anew(here: Database) -> None:
    for place, told in enumerate(BASE):
        publish_month(here, place, {"QT1": told})
    publish_month(here, 6, {"QT1": Shown(percent=50.0)}, framework="khác")
    publish_month(here, 7, {"QT1": Shown(percent=52.0)}, framework="khác")
    trend = trend_of(here)
    assert [wave.restarts for wave in trend.waves] == [False] * 6 + [True, False]
    points = line_of(trend, "QT1").points
    assert (points[6].centre, points[6].limits, points[6].signals) == (None, None, ())
    assert points[7].centre == "50.0"


def test_eight_months_on_one_side_are_said_of_the_eighth(here: Database) -> None:
    publish(here, *BASE, *[Shown(percent=84.0)] * 8)
    signals = [point.signals for point in line_of(trend_of(here), "QT1").points]
    assert signals == [()] * 13 + [("run-above",)]


def test_a_nominated_list_has_figures_and_no_lines(here: Database) -> None:
    publish(here, *[Shown(percent=80.0, error=None)] * 8)
    points = line_of(trend_of(here), "QT1").points
    assert all(point.percent == "80.00" and point.centre is None for point in points)
    assert all(point.interval is None for point in points)


def test_the_newest_version_of_a_wave_counts(database: Database) -> None:
    publish(database, *BASE)
    publish_month(database, 7, {"QT1": Shown(percent=90.0)}, series="khac")
    with database.reading() as session:
        other = session.scalars(
            select(PublicationFile.content).order_by(PublicationFile.publication_id.desc())
        ).first()
        wave = session.scalars(select(Wave.id).order_by(Wave.id)).first()
    assert other is not None
    assert wave is not None
    publish_files(database, wave, 2, {SCORES: other})
    trend = trend_of(database)
    assert trend.waves[0].version == 2
    assert line_of(trend, "QT1").points[0].percent == "90.00"


def test_waves_that_are_not_published_are_in_no_trend(here: Database) -> None:
    make_wave(here, (), plan=plan_of(0))
    with pytest.raises(SeriesUnknownError, match="no wave of this series is published"):
        trend_of(here)
    with pytest.raises(SeriesUnknownError):
        trend_of(here, "")


def test_satisfaction_both_ways_has_lines_of_its_own(here: Database) -> None:
    findings = made_findings(sheet_of_two(), two_units(), former=False)
    shown = ("80.0", "82.0", "78.0", "81.0", "79.0", "80.0", None, "40.0")
    for place, percent in enumerate(shown):
        ends = (
            None
            if percent is None
            else (f"{float(percent) - 14:.1f}", f"{float(percent) + 13:.1f}")
        )
        row = satisfied("QT1", percent, ends)
        publish_month(
            *(here, place, {"QT1": Shown(percent=80.0)}),
            findings=findings,
            satisfaction=[row],
        )
    trend = trend_of(here)
    assert [line.measure for line in trend.lines] == ["points", "top_two", "mean_of_maximum"]
    points = line_of(trend, "QT1", "top_two").points
    assert [point.state for point in points] == [*["published"] * 6, "suppressed", "published"]
    assert points[-1].centre == "80.0"
    assert points[-1].signals == ("beyond-below",)


def test_the_document_fits_its_schema_and_the_table_has_a_row_for_each_point(
    here: Database,
) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    publish(here, *BASE, HIDDEN, Shown(percent=60.0))
    trend = trend_of(here)
    document = json.loads(trend_json(trend))
    assert Draft202012Validator(trend_schema()).is_valid(document)  # pyright: ignore[reportUnknownMemberType]
    assert msgspec.convert(document, Trend) == trend
    rows = list(csv.DictReader(io.StringIO(trend_csv(trend).decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 8
    assert (rows[6]["state"], rows[6]["percent"], rows[6]["limit_low"]) == ("suppressed", "", "")
    assert (rows[7]["percent"], rows[7]["signals"]) == ("60.00", "beyond-below")
    assert (rows[7]["interval_low"], rows[7]["limit_high"]) == ("54.1", "89.7")


def test_the_commands_print_and_export_a_trend(here: Database, tmp_path: Path) -> None:
    stage = Stage(here, tmp_path)
    wiring = Wiring(
        settings=stage.settings, database=here, clock=stage.clock, entropy=stage.entropy
    )
    publish(here, *BASE, Shown(percent=60.0))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["series", *words], obj=wiring)
        return done.exit_code, done.output

    code, said = run("show", SERIES)
    assert code == 0
    assert "7 đợt, từ 2025-03 đến 2025-09" in said
    assert "60.00    80.0  [70.3–89.7]     beyond-below" in said
    code, document = run("show", SERIES, "--json")
    assert json.loads(document)["series"] == SERIES
    code, _ = run("export", SERIES, "--out", str(tmp_path / "xu-huong"), "--charts")
    assert code == 0
    names = {path.name for path in (tmp_path / "xu-huong").iterdir()}
    assert {"trend.json", "trend.csv", "trend-QT1-points.vi.narrow.svg"} <= names
    assert len(names) == 6
    assert run("show", "khong-co")[0] == 1

"""A series of published monthly waves: desks with figures as told, month after month."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import msgspec
from generated import generated
from hand_made import frozen
from made_waves import PLAN, make_wave

from questionnaires.text import Text
from survey_service.findings.answers import SatisfactionLine
from survey_service.findings.document import FINDINGS, Findings, findings_json
from survey_service.findings.terms import Interval as Ends
from survey_service.sheet.documents import SCORES, sheet_json
from survey_service.sheet.score_sheet import (
    Interval,
    NotMeasurable,
    Published,
    Result,
    ScoreSheet,
    Suppressed,
    UnitSheet,
)
from survey_service.store.database import Database
from survey_service.store.tables import Publication, PublicationFile
from survey_service.waves.plan import WavePlan

SERIES = "mot-cua"
FIRST = date(2025, 3, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A desk's month: percent, standard error in percent, ballots."""

    percent: float
    error: float | None = 3.0
    n: int = 25


Told = Shown | Result
HIDDEN = Suppressed(maximum="30.00")
EMPTY = NotMeasurable(maximum="30.00")


@cache
def sheet_of_two() -> ScoreSheet:
    """Give the sheet of a generated wave of two communes."""
    from survey_service.results.computing import compute  # noqa: PLC0415 - numpy, once needed

    return compute(frozen(generated("two-units", seed=5)))


def month_after(first: date, months: int) -> date:
    """Give the same day so many months later."""
    year, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + year, month=month + 1)


def plan_of(place: int, series: str = SERIES) -> WavePlan:
    """Give the plan of the series' wave at a place, from 0."""
    opens = month_after(FIRST, place)
    return msgspec.structs.replace(
        PLAN,
        code=f"mot-cua-{opens:%Y-%m}",
        title=Text(vi=f"Bộ phận Một cửa, {opens:%m/%Y}", en=f"One-stop desks, {opens:%m/%Y}"),
        opens=opens,
        closes=opens.replace(day=25),
        series=series,
    )


def publish_month(
    database: Database,
    place: int,
    desks: Mapping[str, Told],
    *,
    series: str = SERIES,
    framework: str | None = None,
    satisfaction: Sequence[SatisfactionLine] = (),
    findings: Findings | None = None,
) -> str:
    """Write a published wave with these desks; gives its code."""
    plan = plan_of(place, series)
    made = make_wave(database, (), plan=plan, state="published")
    files = {SCORES: sheet_json(_sheet(desks, framework))}
    if findings is not None:
        answers = msgspec.structs.replace(findings.answers, satisfaction=tuple(satisfaction))
        files[FINDINGS] = findings_json(msgspec.structs.replace(findings, answers=answers))
    publish_files(database, made.wave, 1, files)
    return plan.code


def publish_files(database: Database, wave: int, version: int, files: Mapping[str, bytes]) -> None:
    """Write one version of a publication."""
    with database.writing() as session:
        row = Publication(
            wave_id=wave,
            version=version,
            fingerprint=hashlib.sha256(files[SCORES]).hexdigest(),
            published_at=datetime(2025, 5, 6, 3, 0, tzinfo=UTC),
        )
        session.add(row)
        session.flush()
        session.add_all(
            PublicationFile(publication_id=row.id, name=name, content=content)
            for name, content in files.items()
        )


def satisfied(unit: str, percent: str | None, ends: tuple[str, str] | None) -> SatisfactionLine:
    """Give the satisfaction index of a desk, the same both ways."""
    interval = ends and Ends(low=ends[0], high=ends[1])
    return SatisfactionLine(
        unit_class="XA",
        unit=unit,
        group=None,
        n=None if percent is None else 25,
        top_two=percent,
        top_two_interval=interval,
        mean_of_maximum=percent,
        mean_interval=interval,
        missing="suppressed" if percent is None else None,
    )


def _sheet(desks: Mapping[str, Told], framework: str | None) -> ScoreSheet:
    sheet = sheet_of_two()
    first = sheet.units[0]
    criteria = sheet.framework
    if framework is not None:
        digest = hashlib.sha256(framework.encode()).hexdigest()
        criteria = msgspec.structs.replace(criteria, sha256=digest)
    units = tuple(_desk(first, code, told) for code, told in desks.items())
    return msgspec.structs.replace(sheet, framework=criteria, units=units)


def _desk(like: UnitSheet, code: str, told: Told) -> UnitSheet:
    return msgspec.structs.replace(
        like,
        code=code,
        name=Text(vi=f"Bộ phận Một cửa {code}", en=f"One-stop desk {code}"),
        result=_result(told) if isinstance(told, Shown) else told,
    )


def _result(told: Shown) -> Published:
    points, error = told.percent * 0.3, told.error
    ends = None
    if error is not None:
        low, high = (min(max(points + way * 0.3 * error * 1.96, 0), 30) for way in (-1, 1))
        ends = Interval(low=f"{low:.6f}", high=f"{high:.6f}")
    return Published(
        points=f"{points:.2f}",
        maximum="30.00",
        measured="30.00",
        percent=f"{told.percent:.2f}",
        rescaled=False,
        standard_error=None if error is None else f"{0.3 * error:.6f}",
        interval=ends,
        n=told.n,
    )

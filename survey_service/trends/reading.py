"""The published waves of a series, in the order of their months."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError, problem
from survey_service.findings.document import FINDINGS, Findings, read_findings
from survey_service.sheet.documents import SCORES, read_sheet
from survey_service.sheet.score_sheet import ScoreSheet
from survey_service.store.waves import Publication, PublicationFile, Wave
from survey_service.waves.plan import WavePlan, plan_from_json


class SeriesUnknownError(ProblemsError):
    """No wave of that series has been published."""

    def __init__(self, series: str) -> None:
        super().__init__(
            problem(
                f"chuỗi/series {series}",
                "chưa có đợt nào của chuỗi này được công bố; tệp đợt điều tra ghi tên chuỗi ở "
                "mục series.",
                "no wave of this series is published yet; a wave file names its series under "
                "series.",
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesWave:
    """A wave of a series as it was last published."""

    plan: WavePlan
    version: int
    fingerprint: str
    sheet: ScoreSheet
    findings: Findings | None

    @property
    def month(self) -> str:
        """Give the month that the wave is about: that of its transactions, or of its opening."""
        first = self.plan.sample.since if self.plan.sample else self.plan.opens
        return f"{first:%Y-%m}"


def read_series(session: Session, series: str) -> tuple[SeriesWave, ...]:
    """Read the waves of a series, oldest first; raises SeriesUnknownError where none is there."""
    waves = sorted(
        _published(session, series),
        key=lambda wave: (wave.month, wave.plan.opens, wave.plan.code),
    )
    if not waves:
        raise SeriesUnknownError(series)
    return tuple(waves)


def series_state(session: Session, series: str) -> tuple[str, ...]:
    """Give the fingerprints that the trend of a series rests on; empty for an unknown one."""
    return tuple(sorted(publication.fingerprint for _, publication in _newest(session, series)))


def _published(session: Session, series: str) -> Iterator[SeriesWave]:
    for plan, publication in _newest(session, series):
        rows = select(PublicationFile).where(
            PublicationFile.publication_id == publication.id,
            PublicationFile.name.in_((SCORES, FINDINGS)),
        )
        files = {file.name: file.content for file in session.scalars(rows)}
        sheet = read_sheet(files[SCORES])
        if sheet is not None:
            yield SeriesWave(
                plan=plan,
                version=publication.version,
                fingerprint=publication.fingerprint,
                sheet=sheet,
                findings=read_findings(files[FINDINGS]) if FINDINGS in files else None,
            )


def _newest(session: Session, series: str) -> Iterator[tuple[WavePlan, Publication]]:
    last = (
        select(Publication.wave_id, func.max(Publication.version).label("version"))
        .group_by(Publication.wave_id)
        .subquery()
    )
    found = (
        select(Wave.plan, Publication)
        .join(Publication, Publication.wave_id == Wave.id)
        .join(
            last,
            (last.c.wave_id == Publication.wave_id) & (last.c.version == Publication.version),
        )
        .order_by(Wave.id)
    )
    for row in session.execute(found):
        plan = plan_from_json(row.plan)
        if series and plan.series == series:
            yield plan, row.Publication

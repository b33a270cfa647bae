"""Publish a frozen wave: its sheet into files, the files into the database, the fact recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError, problem
from survey_service import journal
from survey_service.analysing.computing import compute_results
from survey_service.analysing.earlier_rows import earlier_row_problems
from survey_service.clock import Clock
from survey_service.dataset.reading import read_dataset
from survey_service.findings.document import FINDINGS, read_findings
from survey_service.folders import digest, write_folder
from survey_service.publishing.manifest import MANIFEST
from survey_service.publishing.package import publication_files
from survey_service.publishing.sources import with_sources
from survey_service.results.earlier import differencing_problems
from survey_service.sheet.documents import SCORES, read_sheet
from survey_service.store.database import Database
from survey_service.store.waves import Publication, PublicationFile, Wave
from survey_service.waves.mail_plan.scheduling import current_step, queue_step
from survey_service.waves.mail_plan.step_keeping import noted_steps
from survey_service.waves.mail_plan.steps import RESULTS
from survey_service.waves.plan import plan_from_json
from survey_service.waves.transitions import require_state

Document = TypeVar("Document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication: its version, counted from 1, its fingerprint and where its files lie.

    `letters` are those queued to tell the people invited that the results are out.
    """

    version: int
    fingerprint: str
    folder: Path
    letters: int = 0


def publish_wave(
    database: Database,
    clock: Clock,
    *,
    code: str,
    wave_folder: Path,
    actor: str,
    former: Path | None = None,
    comments: Path | None = None,
) -> Published:
    """Publish the dataset in `wave_folder`; the same files published again are no new version.

    `former` is the folder of the dataset that changes are stated against, `comments` the workbook
    of free answers that a moderator let through.

    Where the plan has a letter about results that staff did not skip, it is queued with the first
    version. Raises WaveUnknownError, WaveStateError where the wave is not frozen, and
    ProblemsError where the dataset is not the one that was frozen or its framework blocks
    publication.
    """
    with database.reading() as session:
        row = require_state(session, code, "publish")
        frozen = row.dataset_hash
        sheets = _earlier(session, row, SCORES, read_sheet)
        findings = _earlier(session, row, FINDINGS, read_findings)
    dataset = read_dataset(wave_folder / "dataset")
    if dataset.hash != frozen:
        raise ProblemsError(
            problem(
                f"đợt/wave {code}",
                "tập dữ liệu không phải tập đã chốt: mã băm khác với nhật ký.",
                "the dataset is not the one that was frozen: its hash differs from the journal's.",
            )
        )
    results = compute_results(with_sources(dataset, former, comments))
    together = (
        *differencing_problems(results.scored, results.sheet, sheets),
        *earlier_row_problems(results.findings, findings),
    )
    if together:
        raise ProblemsError(*together)
    files = publication_files(dataset, results)
    fingerprint = digest(files[MANIFEST])
    with database.writing() as session:
        row = require_state(session, code, "publish")
        journal.require_whole(session)
        last = session.scalar(
            select(Publication)
            .where(Publication.wave_id == row.id)
            .order_by(Publication.version.desc())
            .limit(1)
        )
        version = last.version if last else 0
        if last is None or last.fingerprint != fingerprint:
            version += 1
            publication = Publication(
                wave_id=row.id,
                version=version,
                fingerprint=fingerprint,
                published_at=clock.now(),
            )
            session.add(publication)
            session.flush()
            session.add_all(
                PublicationFile(publication_id=publication.id, name=name, content=content)
                for name, content in files.items()
            )
            row.state = "published"
            journal.record(
                session,
                clock,
                actor=actor,
                wave=code,
                event="published",
                details={
                    "version": version,
                    "fingerprint": fingerprint,
                    "dataset": dataset.hash,
                    "former": results.findings.former,
                    "comments": results.findings.comments,
                },
            )
        letters = _queue_results(database, session, clock, row, actor)
        folder = wave_folder / ("publication" if version == 1 else f"publication-{version}")
        write_folder(folder, files)
    return Published(version=version, fingerprint=fingerprint, folder=folder, letters=letters)


def _earlier(
    session: Session, wave: Wave, name: str, read: Callable[[bytes], Document | None]
) -> list[Document]:
    """Read a document of every version that was published of a wave before."""
    kept = session.scalars(
        select(PublicationFile.content)
        .join(Publication, Publication.id == PublicationFile.publication_id)
        .where(Publication.wave_id == wave.id, PublicationFile.name == name)
        .order_by(Publication.version)
    )
    return [document for document in map(read, kept) if document is not None]


def _queue_results(
    database: Database, session: Session, clock: Clock, wave: Wave, actor: str
) -> int:
    results = current_step(session, wave, plan_from_json(wave.plan), RESULTS.name)
    if results is None or RESULTS.name in noted_steps(session, wave.id):
        return 0
    return queue_step(database, session, clock, wave, results, actor=actor)

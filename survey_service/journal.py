"""The journal: recorded facts, each chained by its hash to the one before."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.store.journal import JournalEntry

BEGINNING = "0" * 64
"""What the first entry names as the hash before it."""

LOCK = 0x6A6F75726E616C
"""PostgreSQL's advisory lock for the end of the chain ("journal" in ASCII)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest entry, by which a witness can tell later that nothing before it was altered."""

    sequence: int
    hash: str


def record(
    session: Session,
    clock: Clock,
    *,
    actor: str,
    wave: str,
    event: str,
    details: Mapping[str, Any],
) -> Head:
    """Append a fact in the session's transaction; it stands or falls with what it records.

    `wave` is "" for what concerns no wave. `details` hold codes, counts and hashes, never
    personal data: an address raises ValueError, and so do floats and dates (TypeError).
    """
    if b"@" in canonical_json(details):
        raise ValueError("an e-mail address must not enter the journal")
    _lock(session)
    former = head(session)
    entry = JournalEntry(
        sequence=former.sequence + 1,
        at=clock.now().astimezone(UTC),
        actor=actor,
        wave=wave,
        event=event,
        details=dict(details),
        previous=former.hash,
        hash="",
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()
    return Head(sequence=entry.sequence, hash=entry.hash)


def head(session: Session) -> Head:
    """Give the newest entry; sequence 0 and BEGINNING where there is none yet."""
    newest = select(JournalEntry.sequence, JournalEntry.hash).order_by(JournalEntry.sequence.desc())
    row = session.execute(newest.limit(1)).first()
    if row is None:
        return Head(sequence=0, hash=BEGINNING)
    return Head(sequence=row.sequence, hash=row.hash)


def verify_chain(session: Session, *, witnessed: Head | None = None) -> Problem | None:
    """Give the first place where the chain is broken, or None where it is whole.

    Entries cut off at the end can be told only by a head that somebody `witnessed` earlier.
    """
    with closing(entries(session)) as walked:
        return _follow(walked, witnessed)


def require_whole(session: Session) -> None:
    """Refuse to build on a broken chain; raises ProblemsError naming the first broken place."""
    broken = verify_chain(session)
    if broken is not None:
        raise ProblemsError(
            broken,
            problem(
                "nhật ký/journal",
                "nhật ký không còn nguyên vẹn nên không chốt số liệu và không công bố; giữ nguyên "
                "cơ sở dữ liệu, đối chiếu với bản sao lưu và người làm chứng bằng: journal check.",
                "the journal is no longer whole, so nothing is frozen or published; leave the "
                "database as it is and compare backups and witnesses with: journal check.",
            ),
        )


def entries(session: Session, *, wave: str | None = None) -> Generator[JournalEntry]:
    """Walk the journal, oldest first: all of it, or what concerns one wave."""
    statement = select(JournalEntry).order_by(JournalEntry.sequence)
    if wave is not None:
        statement = statement.where(JournalEntry.wave == wave)
    with closing(session.scalars(statement.execution_options(yield_per=500))) as found:
        yield from found


def _follow(walked: Iterable[JournalEntry], witnessed: Head | None) -> Problem | None:
    expected = Head(sequence=0, hash=BEGINNING)
    seen = witnessed in {None, expected}
    for entry in walked:
        where = f"nhật ký/journal #{entry.sequence}"
        if entry.sequence != expected.sequence + 1:
            return problem(
                where,
                f"thiếu mục số {expected.sequence + 1}: nhật ký đã bị cắt bớt.",
                f"entry {expected.sequence + 1} is missing: the journal was cut.",
            )
        if entry.previous != expected.hash or entry.hash != _hash(entry):
            return problem(
                where,
                "nội dung không khớp mã băm: mục này hoặc mục trước đã bị sửa.",
                "its content does not match its hash: this entry or the one before was altered.",
            )
        expected = Head(sequence=entry.sequence, hash=entry.hash)
        seen = seen or expected == witnessed
    if witnessed is not None and not seen:
        return problem(
            f"nhật ký/journal #{witnessed.sequence}",
            "không có mục mà người làm chứng đã ghi nhận: phần cuối bị cắt hoặc viết lại.",
            "the entry that a witness holds is not there: the end was cut off or rewritten.",
        )
    return None


def _lock(session: Session) -> None:
    # On SQLite the transaction itself, begun IMMEDIATE, keeps other writers out.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _hash(entry: JournalEntry) -> str:
    return fingerprint(
        {
            "sequence": entry.sequence,
            "at": _written(entry.at),
            "actor": entry.actor,
            "wave": entry.wave,
            "event": entry.event,
            "details": entry.details,
            "previous": entry.previous,
        }
    )


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")

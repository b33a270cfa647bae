"""A list of transactions brought into the database: each once, changed ones brought up to date."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.text import Text
from survey_service.clock import Clock
from survey_service.frame.findings import Findings
from survey_service.frame.sheets import Row, read_rows
from survey_service.frame.values import shown
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.people import Unit
from survey_service.transactions.deliveries import (
    Delivered,
    DeliveryCounts,
    came_whole,
    former_counts,
    note_delivery,
)
from survey_service.transactions.headings import find_columns
from survey_service.transactions.mapping import Mapping
from survey_service.transactions.reading import TransactionReader
from survey_service.transactions.staging import Counts, Staging, open_staging
from survey_service.transactions.writing import one_import_at_a_time, write_transactions

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where the days of the lists are."""


class TransactionsImported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows of a delivery.

    Of the rows `repeated` say again what another line of the file says, `refused` cannot be used,
    and the others are `added`, `changed`, `unchanged`, or `older` than what is known: of a running
    file that is finished by now. `changed_after_draw` counts changed ones whose person was drawn
    for a wave, and is asked as drawn. `no_email` and `no_contact` count usable rows without an
    address that letters reach, and those without a telephone number too. With `already` the very
    same came before, and the counts are of then.
    """

    source: str
    sha256: str
    rows: int
    added: int
    changed: int
    unchanged: int
    older: int
    repeated: int
    refused: int
    changed_after_draw: int
    no_email: int
    no_contact: int
    already: bool = False
    problems: tuple[Problem, ...] = ()


def import_transactions(
    database: Database,
    clock: Clock,
    pseudonyms: Pseudonyms,
    path: Path,
    mapping: Mapping,
    *,
    actor: str,
    skip_errors: bool = False,
    progress: Callable[[int], object] | None = None,
) -> TransactionsImported:
    """Import a file of transactions; a file that came in whole before changes nothing.

    With `skip_errors` rows that cannot be used are left out and reported; without, one of them
    keeps out the whole file. Everything is written in one transaction. `progress` is told how
    many more rows were read. Raises ProblemsError with every mistake by line and column.
    """
    sha256 = digest_of(path)
    delivered = Delivered(place=path, sha256=sha256, rows=whole_rows(path, sha256))
    return import_delivery(
        *(database, clock, pseudonyms, delivered, mapping),
        actor=actor,
        skip_errors=skip_errors,
        progress=progress,
    )


def import_delivery(
    database: Database,
    clock: Clock,
    pseudonyms: Pseudonyms,
    delivered: Delivered,
    mapping: Mapping,
    *,
    actor: str,
    skip_errors: bool,
    progress: Callable[[int], object] | None = None,
) -> TransactionsImported:
    """Import rows wherever they come from, as `import_transactions` does."""
    with database.reading() as session:
        units = frozenset(session.scalars(select(Unit.code)))
        former = former_counts(session, delivered, mapping)
    if former is not None and came_whole(former, mapping):
        return _told(former, delivered, mapping, already=True)
    findings = Findings(file=delivered.place.name)
    today = clock.now().astimezone(HOME).date()
    with open_staging() as staging:
        heading = _heading(delivered)
        layout = find_columns(delivered.place, heading, mapping)
        reader = TransactionReader(
            *(delivered.place, layout, mapping),
            width=len(heading.cells),
            units=units,
            today=today,
            pseudonyms=pseudonyms,
            findings=findings,
        )
        for count in staging.fill(reader.walk(delivered.rows)):
            if progress is not None:
                progress(count)
        read = _settle_repeats(staging, reader, findings)
        if not skip_errors:
            findings.refuse_errors()
        with database.writing() as session, one_import_at_a_time(session):
            former = former_counts(session, delivered, mapping)
            if former is not None and came_whole(former, mapping):
                return _told(former, delivered, mapping, already=True)
            # What came again for its refused rows may be older by now than what came since.
            changes = former is None or former.mapping != mapping.fingerprint
            written = write_transactions(
                session, mapping.source, staging.batches(), today, changes=changes
            )
            counts = DeliveryCounts(
                mapping=mapping.fingerprint,
                rows=read.rows,
                added=written.added,
                changed=written.changed,
                unchanged=written.unchanged,
                older=written.older,
                repeated=read.repeated,
                refused=read.refused,
                changed_after_draw=written.after_draw,
                no_email=read.kept.no_email,
                no_contact=read.kept.no_contact,
            )
            idle = not (written.added or written.changed)
            if former is not None and idle and former.refused == read.refused:
                return _told(former, delivered, mapping, problems=findings.worded())
            note_delivery(session, clock, delivered, mapping, counts, actor)
    return _told(counts, delivered, mapping, problems=findings.worded())


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal; raises ProblemsError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ProblemsError(
            problem(
                path.name,
                "không mở được tệp; hãy kiểm tra tên tệp và quyền đọc.",
                "the file cannot be opened; check its name and the right to read it.",
            )
        ) from error


def whole_rows(path: Path, sha256: str) -> Iterator[Row]:
    """Walk a file's rows; raises ProblemsError at the end where its SHA-256 is another."""
    yield from read_rows(path)
    if digest_of(path) != sha256:
        raise ProblemsError(
            problem(
                path.name,
                "tệp bị ghi thêm trong khi đang đọc; hãy nhập lại khi tệp đã ghi xong.",
                "the file was written to while it was read; import it again when it is whole.",
            )
        )


def _heading(delivered: Delivered) -> Row:
    heading = next(delivered.rows, None)
    if heading is None:
        raise ProblemsError(
            problem(
                delivered.place.name,
                "tệp không có gì; hãy kiểm tra xem có chọn đúng tệp không.",
                "the file is empty; check that it is the right one.",
            )
        )
    return heading


class _ReadCounts(msgspec.Struct, frozen=True, kw_only=True):
    rows: int
    repeated: int
    refused: int
    kept: Counts


def _settle_repeats(staging: Staging, reader: TransactionReader, findings: Findings) -> _ReadCounts:
    """Keep each number once; lines that contradict each other are all refused."""
    usable = staging.count().rows
    repeated = 0
    for repeat in staging.repeats():
        if not repeat.contradicts:
            repeated += 1
            continue
        reader.refuse(
            "number",
            repeat.line,
            Text(
                vi=f"số hồ sơ {shown(repeat.number)} đã có ở dòng {repeat.first} với nội dung "
                "khác; hãy giữ dòng đúng.",
                en=f"the number {shown(repeat.number)} stands in line {repeat.first} with other "
                "content; keep the right line.",
            ),
        )
    staging.drop_repeats()
    kept = staging.count()
    if not reader.tally.rows:
        findings.add(
            problem(
                findings.file,
                "tệp chỉ có dòng tiêu đề, không có giao dịch nào.",
                "the file has a heading only and no transactions.",
                warning=True,
            )
        )
    return _ReadCounts(
        rows=reader.tally.rows,
        repeated=repeated,
        refused=reader.tally.refused + usable - repeated - kept.rows,
        kept=kept,
    )


def _told(
    counts: DeliveryCounts,
    delivered: Delivered,
    mapping: Mapping,
    *,
    already: bool = False,
    problems: tuple[Problem, ...] = (),
) -> TransactionsImported:
    values = msgspec.to_builtins(counts)
    del values["mapping"]
    return TransactionsImported(
        source=mapping.source,
        sha256=delivered.sha256,
        already=already,
        problems=problems,
        **values,
    )

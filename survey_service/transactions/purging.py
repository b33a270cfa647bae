"""Transactions deleted when nobody needs them any more."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select

from questionnaires.problems import ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.scrubbing import scrub
from survey_service.store.transactions import AskedPerson, SampledPerson, Transaction
from survey_service.transactions.writing import one_import_at_a_time


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionsPurged:
    """How many transactions were deleted, and how many of that time a sample still refers to."""

    deleted: int
    kept: int


def purge_transactions(
    database: Database, clock: Clock, *, before: date, actor: str
) -> TransactionsPurged:
    """Delete the transactions returned before a day that no sample refers to.

    One that never was returned counts by the day on which it first came. That people were asked
    before that day is forgotten too. Purging again changes nothing. Raises ProblemsError where
    somebody reading the database keeps its files from being cleaned: everything is deleted then,
    and purging again cleans them.
    """
    old = func.coalesce(Transaction.returned, Transaction.delivered_on) < before
    drawn = Transaction.id.in_(select(SampledPerson.transaction_id))
    with database.writing() as session, one_import_at_a_time(session):
        kept = session.scalar(select(func.count()).select_from(Transaction).where(old, drawn)) or 0
        counting = select(func.count()).select_from(Transaction).where(old, ~drawn)
        deleted = session.scalar(counting) or 0
        # That somebody was asked is of use for some months only.
        session.execute(delete(AskedPerson).where(AskedPerson.asked_on < before))
        if deleted:
            session.execute(delete(Transaction).where(old, ~drawn))
            details = {"before": before.isoformat(), "deleted": deleted, "kept": kept}
            record(
                session, clock, actor=actor, wave="", event="transactions purged", details=details
            )
    if not scrub(database, (Transaction, AskedPerson)):
        raise ProblemsError(
            problem(
                "giao dịch/transactions",
                "đã xóa, nhưng một chương trình khác đang đọc cơ sở dữ liệu nên dữ liệu cũ chưa "
                "xóa hết khỏi tệp; đóng chương trình đó rồi chạy lại: transactions purge.",
                "everything is deleted, but another program is reading the database and it is "
                "still in its files; close that program and run again: transactions purge.",
            )
        )
    return TransactionsPurged(deleted=deleted, kept=kept)

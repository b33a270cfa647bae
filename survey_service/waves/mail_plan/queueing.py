"""Letters put into the outbox: one per invitation and step, however often it is asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Select, exists, func, literal, select
from sqlalchemy.orm import Session

from survey_service.clock import Clock
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation


def queue_letters(
    database: Database,
    session: Session,
    clock: Clock,
    wave: int,
    step: str,
    invitations: Select[int],
    *,
    not_before: datetime | None = None,
) -> int:
    """Queue a step for the invitations that a query gives; tells how many were not queued before.

    Only people who are asked by mail get letters. They go at once where no instant is given.
    Whether a letter is still to go is decided again when it is sent.
    """
    after_at = (
        func.substr(Contact.email_key, func.instr(Contact.email_key, "@") + 1)
        if database.is_sqlite
        else func.split_part(Contact.email_key, "@", 2)
    )
    domain = select(after_at).where(Contact.id == Invitation.contact_id).scalar_subquery()
    by_mail = exists().where(Contact.id == Invitation.contact_id, Contact.mode == "web")
    chosen = (
        invitations.where(by_mail.correlate(Invitation))
        .with_only_columns(
            literal(wave),
            Invitation.id,
            literal(step),
            domain,
            literal(not_before or clock.now(), Letter.not_before.type),
            literal("queued"),
            literal(0),
            literal(0),
        )
        .order_by(Invitation.id)
    )
    columns = [
        *("wave_id", "invitation_id", "step", "domain"),
        *("not_before", "state", "attempt", "resent"),
    ]
    statement = database.insert_missing(Letter).from_select(columns, chosen)
    inserted: CursorResult[Any] = session.connection().execute(
        statement, execution_options={"preserve_rowcount": True}
    )
    return inserted.rowcount

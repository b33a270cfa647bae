"""The lease that lets one worker at a time send for a lane from an SQLite outbox."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from survey_service.store.database import Database
from survey_service.store.letters import Dispatcher


def hold_dispatch(
    database: Database, session: Session, *, lane: str, owner: str, now: datetime, lease: timedelta
) -> bool:
    """Take or renew the lane's lease; False where another worker holds it.

    PostgreSQL shares letters out by itself and needs no lease.
    """
    if not database.is_sqlite:
        return True
    session.execute(
        database.insert_missing(Dispatcher).values(name=lane, owner=owner, until=now + lease)
    )
    taken = session.execute(
        update(Dispatcher)
        .where(
            Dispatcher.name == lane,
            or_(Dispatcher.owner == owner, Dispatcher.until <= now),
        )
        .values(owner=owner, until=now + lease)
        .returning(Dispatcher.name)
    ).first()
    return taken is not None


def leave_dispatch(session: Session, *, lane: str, owner: str) -> None:
    """Give the lease back, so that the next worker need not wait for its end."""
    session.execute(delete(Dispatcher).where(Dispatcher.name == lane, Dispatcher.owner == owner))

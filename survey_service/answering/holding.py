"""Hold one form still while something is written about it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, select

from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form, read_form_of
from survey_service.store.people import Invitation
from survey_service.store.waves import Wave

Result = TypeVar("Result")


def hold(
    desk: Desk, form: Form, work: Callable[[Form, Connection], Result]
) -> Callable[[Connection], Result]:
    """Turn work on a form into a piece for the writer; it sees the form as it stands by then.

    SQLite has one writer at a time. On PostgreSQL the invitation's row is locked and the wave's
    is shared, so that no wave closes in between; and before the form is read, because a
    statement that waited for a lock still sees the other tables as they were when it began.
    """

    def held(connection: Connection) -> Result:
        if not desk.database.is_sqlite:
            invitation = select(Invitation.id).where(Invitation.id == form.invitation)
            connection.execute(invitation.with_for_update())
            wave = select(Wave.id).where(Wave.id == form.wave.id)
            connection.execute(wave.with_for_update(read=True))
        now = read_form_of(desk, connection, form.link)
        # An invitation that is gone was purged with its wave: its link leads nowhere any more.
        return work(now or replace(form, standing="revoked", draft=None), connection)

    return held

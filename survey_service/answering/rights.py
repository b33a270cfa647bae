"""What a person may do about their own response until the cut-off: see, correct or withdraw it.

Each takes the receipt code beside the link: a superior or a shared mailbox may have the link too.
"""

from concurrent.futures import Future
from dataclasses import replace

from sqlalchemy import Connection, delete, update

from survey_service.answering.desk import Desk
from survey_service.answering.draft import Answers
from survey_service.answering.holding import hold
from survey_service.answering.opening import CORRECTABLE, Form
from survey_service.answering.reading_back import read_back
from survey_service.answering.recording import note, remove_response
from survey_service.answering.saving import draft_columns
from survey_service.store.answers import Draft
from survey_service.store.people import Invitation


class WrongCodeError(Exception):
    """The code is not the receipt's of this form."""


def check_code(desk: Desk, form: Form, code: str) -> None:
    """Check a receipt code in constant time; raises WrongCodeError."""
    if not desk.links.is_receipt(form.link.public_id, code):
        raise WrongCodeError


def own_answers(desk: Desk, form: Form, code: str) -> Answers | None:
    """Read a response back, None where there is none (any more); raises WrongCodeError."""
    check_code(desk, form, code)
    with desk.database.reading() as session:
        return read_back(session.connection(), form)


def correct(desk: Desk, form: Form, code: str) -> "Future[Form]":
    """Open a response for correction: a sealed draft of the same answers; raises WrongCodeError.

    The future gives the form as the correcting link opens it, `correcting` where that is allowed.
    The response stays and counts until the corrected one is sent; a correction that was begun
    goes on where it stopped.
    """
    check_code(desk, form, code)
    correction = replace(form, link=replace(form.link, correcting=True))

    def work(now: Form, connection: Connection) -> Form:
        # A draft whose key has left the ring opens empty; the response is whole.
        begun = now.draft is not None and now.draft != Answers()
        if begun or not now.has_response or now.wave.state not in CORRECTABLE:
            return now
        draft = read_back(connection, now)
        now = replace(now, standing="open", draft=draft)
        if draft is not None:
            row = {"invitation_id": now.invitation, **draft_columns(desk, now, draft)}
            connection.execute(delete(Draft).where(Draft.invitation_id == now.invitation))
            connection.execute(desk.database.insert_missing(Draft).values(row))
        return now

    return desk.writer.write(form.link.public_id, hold(desk, correction, work))


def withdraw(desk: Desk, form: Form, code: str) -> "Future[Form]":
    """Delete a response with all that was answered, for good; raises WrongCodeError.

    The person is asked no more: no letter goes to them, and their link opens no form. The future
    gives the form as it stands then; where there is nothing to withdraw, as it stood.
    """
    check_code(desk, form, code)

    def work(now: Form, connection: Connection) -> Form:
        if not now.has_response:
            return now
        this = Invitation.id == now.invitation
        remove_response(connection, now)
        connection.execute(delete(Draft).where(Draft.invitation_id == now.invitation))
        connection.execute(update(Invitation).where(this).values(answered=False, withdrawn=True))
        note(desk, connection, now, "withdrawn")
        return replace(now, standing="withdrawn", draft=None, taken_at=None)

    return desk.writer.write(form.link.public_id, hold(desk, form, work))

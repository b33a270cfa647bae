"""Put a response with its ballots and free texts into the database, and take it out again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, update
from sqlalchemy.orm import Session

from questionnaires.definition import Item
from questionnaires.index import Code
from questionnaires.packing import pack
from questionnaires.relevance import relevant
from survey_service import journal
from survey_service.answering.desk import Desk
from survey_service.answering.draft import ONCE, Answers
from survey_service.answering.opening import Form
from survey_service.answering.pages import FormPage
from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.people import Invitation

RESPONDENT = "respondent"
"""Who acts, as the journal has it: never which one."""


def record_response(desk: Desk, connection: Connection, form: Form, draft: Answers) -> datetime:
    """Turn a draft into the response and give when that was."""
    taken_at = desk.clock.now()
    this = Invitation.id == form.invitation
    texts = [text for page in form.pages for text in _texts(page, draft)]
    response = {"invitation_id": form.invitation, "submitted_at": taken_at, "texts": texts}
    connection.execute(desk.database.insert_missing(Response).values(response))
    ballots = [_ballot(form, page, draft) for page in form.pages if page.unit is not None]
    if ballots:
        connection.execute(desk.database.insert_missing(Ballot), ballots)
    connection.execute(update(Invitation).where(this).values(answered=True))
    connection.execute(delete(Draft).where(Draft.invitation_id == form.invitation))
    return taken_at


def remove_response(connection: Connection, form: Form) -> None:
    """Delete a response with its ballots and free texts."""
    for table in (Ballot, Response):  # children first
        connection.execute(delete(table).where(table.invitation_id == form.invitation))


def note(
    desk: Desk, connection: Connection, form: Form, event: Literal["corrected", "withdrawn"]
) -> None:
    """Write into the journal that somebody of the wave did this, and nothing about them."""
    with Session(bind=connection) as session:
        journal.record(
            session, desk.clock, actor=RESPONDENT, wave=form.wave.code, event=event, details={}
        )


def _ballot(form: Form, page: FormPage, draft: Answers) -> dict[str, Any]:
    unit = page.unit.code if page.unit else ONCE
    familiar = draft.is_familiar(page)
    given = _asked(page.items, draft, unit) if familiar else {}
    if page.number == 1:
        # What is asked once is counted once: it travels on the ballot of the first unit.
        once = next((other.once for other in form.pages if other.once), ())
        given |= _asked(once, draft, ONCE)
    return {
        "invitation_id": form.invitation,
        "unit": unit,
        "familiar": familiar,
        "answers": pack(form.wave.questionnaires, given),
    }


def _asked(items: tuple[Item, ...], draft: Answers, about: Code) -> dict[Code, str]:
    given = draft.about(about)
    return {item.code: given.get(item.code, "") for item in relevant(items, given)}


def _texts(page: FormPage, draft: Answers) -> Iterator[dict[str, str]]:
    parts: list[tuple[tuple[Item, ...], Code]] = [(page.once, ONCE)]
    if page.unit is not None and draft.is_familiar(page):
        parts.append((page.items, page.unit.code))
    for items, about in parts:
        given = _asked(items, draft, about)
        for item in items:
            if item.kind == "text" and given.get(item.code):
                yield {"item": item.code, "unit": about, "text": given[item.code]}

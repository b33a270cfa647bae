"""Submit a form once: the first commit wins, every later one meets the same response."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, update

from questionnaires.definition import Item
from questionnaires.index import Code
from questionnaires.packing import pack
from questionnaires.relevance import relevant
from survey_service.answering.desk import Desk
from survey_service.answering.draft import ONCE, Answers
from survey_service.answering.holding import hold
from survey_service.answering.opening import Form, Standing
from survey_service.answering.pages import FormPage
from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.people import Invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That a response was taken, and when; `code` opens the person's rights.

    `code` is None for whoever has the link but never reviewed the form.
    """

    code: str | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """Why a form was not taken: how the form stands, or that there is nothing in it."""

    reason: Standing | Literal["not_started", "empty"]


def submit(desk: Desk, form: Form, proof: str) -> "Future[Receipt | NotTaken]":
    """Turn the draft into the response, its ballots and free texts, in one transaction.

    Whoever sent the first submit gets the receipt code; later ones need the proof of the review
    page for it, and all get the same.
    """
    public_id = form.link.public_id
    code = desk.links.receipt(public_id)

    def work(now: Form, connection: Connection) -> Receipt | NotTaken:
        if now.standing == "answered":
            known = code if desk.proofs.holds(public_id, proof) else None
            return Receipt(code=known, taken_at=now.taken_at)
        if now.standing != "open":
            return NotTaken(reason=now.standing)
        if now.draft is None:
            return NotTaken(reason="not_started")
        if not now.draft.finished and now.draft.count() == 0:
            return NotTaken(reason="empty")
        return Receipt(code=code, taken_at=_record(desk, connection, now, now.draft))

    return desk.writer.write(public_id, hold(desk, form, work))


def _record(desk: Desk, connection: Connection, form: Form, draft: Answers) -> datetime:
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

"""Submit a form once: the first commit wins, every later one meets the same response."""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from survey_service.answering.desk import Desk
from survey_service.answering.draft import Answers
from survey_service.answering.holding import hold
from survey_service.answering.opening import Form, Standing
from survey_service.answering.recording import note, record_response, remove_response


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
    page for it, and all get the same. A corrected response takes the place of the former one.
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
        return Receipt(code=code, taken_at=_take(desk, connection, now, now.draft))

    return desk.writer.write(public_id, hold(desk, form, work))


def _take(desk: Desk, connection: Connection, form: Form, draft: Answers) -> datetime:
    if form.correcting:
        # Until this moment the former response counted.
        remove_response(connection, form)
        note(desk, connection, form, "corrected")
    return record_response(desk, connection, form, draft)

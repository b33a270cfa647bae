"""Start a form and save its pages into a sealed draft."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, update

from questionnaires.answers import read_form
from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.answering.desk import Desk
from survey_service.answering.draft import Answers
from survey_service.answering.holding import hold
from survey_service.answering.opening import Form
from survey_service.answering.pages import FormPage
from survey_service.store.answers import Draft

FIELD_PREFIX = "q-"
"""What stands before an item's code in the name of its form field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPage:
    """One page as it was sent: its answers, and what a person should look at again.

    `blank` holds the items left without an answer; a free text is never missed, and neither is
    anything about a unit that the person does not know.
    """

    page: FormPage
    answers: Mapping[Code, str]
    problems: tuple[tuple[Code, Text], ...]
    blank: tuple[Code, ...]
    familiar: bool


def read_page(form: Form, page: FormPage, fields: Mapping[str, Sequence[str]]) -> SentPage:
    """Read the fields of one page; nothing in them is trusted."""
    familiar = page.unit is None or "unfamiliar" not in fields
    read = read_form(page.all_items(), form.wave.questionnaires, fields, FIELD_PREFIX)
    asked = {item.code: item for item in (page.all_items() if familiar else page.once)}
    return SentPage(
        page=page,
        answers=read.answers,
        problems=tuple(found for found in read.problems if found[0] in asked),
        blank=tuple(code for code in read.blank if code in asked and asked[code].kind != "text"),
        familiar=familiar,
    )


def start(desk: Desk, form: Form) -> "Future[Form]":
    """Record the consent by an empty draft; a form that was started stays as it is.

    The future gives the form as it stands after the commit.
    """

    def work(now: Form, connection: Connection) -> Form:
        if now.standing != "open" or now.draft is not None:
            return now
        row = {"invitation_id": now.invitation, **draft_columns(desk, now, Answers())}
        connection.execute(desk.database.insert_missing(Draft).values(row))
        return replace(now, draft=Answers())

    return desk.writer.write(form.link.public_id, hold(desk, form, work))


def save_page(desk: Desk, form: Form, sent: SentPage, *, finished: bool) -> "Future[Form]":
    """Save one page into the draft, in place of what stood there.

    The future gives the form as it stands after the commit: one that is not open, or was never
    started, is left as it is.
    """

    def work(now: Form, connection: Connection) -> Form:
        if now.standing != "open" or now.draft is None:
            return now
        draft = now.draft.with_page(
            sent.page, sent.answers, familiar=sent.familiar, finished=finished
        )
        if draft != now.draft:
            this = Draft.invitation_id == now.invitation
            values = draft_columns(desk, replace(now, draft=draft), draft)
            connection.execute(update(Draft).where(this).values(values))
        return replace(now, draft=draft)

    return desk.writer.write(form.link.public_id, hold(desk, form, work))


def draft_columns(desk: Desk, form: Form, draft: Answers) -> dict[str, Any]:
    """Seal a draft into the columns of its row; `form` carries the same draft."""
    unfinished = form.unfinished()
    return {
        "key_id": desk.seal.key_id,
        "sealed": desk.seal.close(form.link.public_id, draft.encode()),
        "page": unfinished[0].number if unfinished else len(form.pages),
        "answered": draft.count(),
        "day": desk.clock.now().astimezone(ZoneInfo(form.wave.plan.zone)).date(),
    }

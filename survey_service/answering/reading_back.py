"""Read a response back into the answers it was made from."""

from typing import Any

from sqlalchemy import Connection, select

from questionnaires.index import Code
from questionnaires.packing import unpack
from survey_service.answering.draft import ONCE, Answers
from survey_service.answering.opening import Form
from survey_service.store.answers import Ballot, Response


def read_back(connection: Connection, form: Form) -> Answers | None:
    """Give the answers of a response, every page finished; None where there is no response."""
    this = form.invitation
    texts = connection.execute(
        select(Response.texts).where(Response.invitation_id == this)
    ).scalar_one_or_none()
    if texts is None:
        return None
    ballots = connection.execute(
        select(Ballot.unit, Ballot.familiar, Ballot.answers).where(Ballot.invitation_id == this)
    ).all()
    once = {item.code for page in form.pages for item in page.once}
    answers: dict[Code, dict[Code, str]] = {ONCE: {}}
    for ballot in ballots:
        given = unpack(form.wave.questionnaires, ballot.answers)
        asked = {item: answer for item, answer in given.items() if answer != "~"}
        answers[ballot.unit] = {item: asked[item] for item in asked if item not in once}
        answers[ONCE] |= {item: asked[item] for item in asked if item in once}
    _put_texts(answers, texts)
    return Answers(
        finished=tuple(page.number for page in form.pages),
        unfamiliar=tuple(ballot.unit for ballot in ballots if not ballot.familiar),
        answers=answers,
    )


def _put_texts(answers: dict[Code, dict[Code, str]], texts: list[dict[str, Any]]) -> None:
    for text in texts:
        answers.setdefault(text["unit"], {})[text["item"]] = text["text"]

"""The steps of somebody who answers, without a browser: open, answer a page, send."""

from collections.abc import Generator
from contextlib import contextmanager

from rounds import Round

from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form, open_form
from survey_service.answering.saving import read_page, save_page
from survey_service.answering.submitting import Receipt, submit
from survey_service.writer import AnswerWriter


@contextmanager
def desk_of(wave: Round) -> Generator[Desk]:
    """Set up the desk of a round with a writer of its own."""
    with AnswerWriter(wave.database) as writer:
        yield Desk.build(
            database=wave.database,
            writer=writer,
            settings=wave.settings,
            keys=wave.keys,
            clock=wave.clock,
        )


def opened(desk: Desk, token: str) -> Form:
    """Open the form of a token that is ours."""
    form = open_form(desk, token)
    assert form is not None
    return form


def answer(desk: Desk, form: Form, number: int, **fields: str) -> Form:
    """Save a page; `q_S1="5"` answers the item S1, and `a;b` sends a field twice."""
    page = form.page(number)
    assert page is not None
    named = {name.replace("_", "-"): value.split(";") for name, value in fields.items()}
    sent = read_page(form, page, named)
    return save_page(desk, form, sent, finished=not sent.blank and not sent.problems).result(10)


def taken(desk: Desk, form: Form, proof: str = "") -> Receipt:
    """Send a form that is taken."""
    outcome = submit(desk, form, proof).result(10)
    assert isinstance(outcome, Receipt)
    return outcome

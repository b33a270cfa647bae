"""Simulated people who answer by the use cases behind the pages: the same answers, sooner."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from questionnaires.definition import Item, Questionnaires
from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form, open_form
from survey_service.answering.pages import FormPage
from survey_service.answering.saving import FIELD_PREFIX, read_page, save_page, start
from survey_service.answering.submitting import NotTaken, submit
from survey_service.demo.opinions import Person, Phase
from survey_service.demo.respondents import Deed

THREADS = 8
"""So many wait for one commit together."""


class NotAnsweredError(Exception):
    """A form did not take what a person filled in."""


def answer_forms(desk: Desk, forms: Sequence[tuple[Person, str]], phase: Phase) -> Counter[Deed]:
    """Let people act on the tokens of their forms; raises NotAnsweredError."""

    def act(one: tuple[Person, str]) -> Deed:
        return _respond(desk, *one, phase)

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(act, forms))


def _respond(desk: Desk, person: Person, token: str, phase: Phase) -> Deed:
    course = person.course(phase)
    if course == "ignore":
        return "ignored"
    form = open_form(desk, token)
    if form is None or form.standing != "open":
        raise NotAnsweredError(f"{person.address}: {form and form.standing}")
    # The writer keeps the order of one person's pieces, so that nothing waits for its own commit.
    begun = start(desk, form)
    for page in form.pages:
        sent = read_page(form, page, _fill(person, form, page))
        begun = save_page(desk, form, sent, finished=not sent.problems)
        if course == "stop":
            begun.result()
            return "stopped"
    taken = submit(desk, form, "").result()
    if isinstance(taken, NotTaken):
        raise NotAnsweredError(f"{person.address}: {taken.reason}")
    return "answered"


def _fill(person: Person, form: Form, page: FormPage) -> dict[str, list[str]]:
    """Fill in a page as the person would who sees its heading and its fields."""
    heading = ""
    if page.unit is not None:
        heading = page.unit.name_en if form.language == "en" else page.unit.name_vi
        rates = form.wave.questionnaires.relation(form.group).rates
        if rates.units != "own" and not person.is_familiar(heading):
            return {"unfamiliar": ["yes"]}
    answers = {
        FIELD_PREFIX + item.code: _answer(
            person, heading, FIELD_PREFIX + item.code, item, form.wave.questionnaires
        )
        for item in page.all_items()
    }
    return {field: [value for value in values if value] for field, values in answers.items()}


def _answer(person: Person, unit: str, field: str, item: Item, bank: Questionnaires) -> list[str]:
    if item.kind == "text":
        return [person.remark(field)]
    if item.kind == "number":
        return [person.number(unit, field)]
    values = list(_choices(item, bank))
    if item.kind == "multiple":
        return person.tick(unit, field, values)
    return [person.choose(unit, field, values) or ""]


def _choices(item: Item, bank: Questionnaires) -> Iterator[str]:
    """Give what the page offers, in its order."""
    yield from (option.code for option in bank.options(item))
    if item.scale is not None:
        scale = bank.scale(item.scale)
        yield from ["dk"] if scale.dont_know else []
        yield from ["na"] if scale.not_applicable else []

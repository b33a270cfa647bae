"""Simulated people: they open caught mails, follow the links, and fill in the real pages.

Run as a process of its own, `python -m survey_service.demo.respondents`; it prints one JSON line
of counts whenever some more people are through. A person sees nothing but the mail and the pages.
"""

import argparse
import json
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

import msgspec

from mailer.catching.caught import CaughtMail, caught_names, read_caught
from survey_service.demo.opinions import Habits, Person, Phase
from survey_service.demo.pages import Fields, Form, Page, Visitor

Deed = Literal["answered", "stopped", "ignored"]

VISITORS = 4
REPORT_EVERY = 20


class UnexpectedPageError(Exception):
    """A page was not what a person filling in the form would have met."""


class Players(msgspec.Struct, frozen=True, kw_only=True):
    """Who is played: people with these habits, and the percent of them who use the pages."""

    seed: int
    habits: Habits
    by_pages: int

    def person(self, address: str) -> Person:
        """Give the person behind an address."""
        return Person(address=address, seed=self.seed, habits=self.habits)


def respond(person: Person, link: str, visitor: Visitor, phase: Phase) -> Deed:
    """Do with a link what the person would do; raises UnexpectedPageError."""
    course = person.course(phase)
    if course == "ignore":
        return "ignored"
    fill_in(person, visitor, link, stops=course == "stop")
    return "stopped" if course == "stop" else "answered"


def personal_link(mail: CaughtMail) -> str:
    """Find the link to the person's own form in a mail."""
    return next(word for word in mail.text.split() if "/p/" in urlsplit(word).path)


def fill_in(person: Person, visitor: Visitor, link: str, *, stops: bool = False) -> Page:
    """Fill in the form behind a link and submit it, or stop half-way; give the last page seen.

    Where somebody else's form was begun or sent in, goes on from there. Raises
    UnexpectedPageError.
    """
    page = visitor.open(link)
    begin = page.form("/start")
    if begin is not None:
        page = visitor.send(begin.action, [*begin.hidden(), ("consent", "yes")])
    else:
        # Begun earlier: the first page saves again what is filled in again.
        page = visitor.open(f"{page.url.partition('?')[0]}/1")
    filled = 0
    while (form := _questions(page)) is not None:
        if stops and filled:
            return page
        fields = _fill(person, page.heading, form)
        page = visitor.send(form.action, [*fields, ("action", "next")])
        if page.status == 422:
            page = visitor.send(form.action, [*fields, ("action", "leave")])
        filled += 1
    submit = page.form("/submit")
    if submit is None:
        if page.status == 200 and not page.forms:
            return page
        raise UnexpectedPageError(f"{page.status} “{page.heading}”")
    return page if stops else visitor.send(submit.action, submit.hidden())


def _questions(page: Page) -> Form | None:
    if page.status >= 400:
        raise UnexpectedPageError(f"{page.status} “{page.heading}”")
    return next(
        (form for form in page.forms if form.action.rpartition("/")[2].isdigit()),
        None,
    )


def _fill(person: Person, unit: str, form: Form) -> Fields:
    fields = form.hidden()
    boxes = form.boxes()
    if boxes.pop("unfamiliar", None) and not person.is_familiar(unit):
        return [*fields, ("unfamiliar", "yes")]
    for name, values in form.choices().items():
        chosen = person.choose(unit, name, values)
        if chosen is not None:
            fields.append((name, chosen))
    for name, values in boxes.items():
        fields += [(name, value) for value in person.tick(unit, name, values)]
    fields += [(name, person.number(unit, name)) for name in form.written("text")]
    fields += [(name, person.remark(name)) for name in form.written("textarea")]
    return fields


def serve_mails(
    folder: Path, names: Sequence[str], players: Players, *, site: str, phase: Phase
) -> None:
    """Let the people of some caught mails act, and print the counts as they go."""
    counts: Counter[str] = Counter()
    lock = threading.Lock()
    local = threading.local()

    def act(name: str) -> None:
        if not hasattr(local, "visitor"):
            local.visitor = Visitor(site)
        mail = read_caught(folder, name)
        person = players.person(mail.recipient)
        if not person.uses_pages(players.by_pages):
            return
        deed = respond(person, personal_link(mail), local.visitor, phase)
        with lock:
            counts[deed] += 1
            if sum(counts.values()) % REPORT_EVERY == 0:
                _print(counts)

    with ThreadPoolExecutor(VISITORS) as pool:
        for _ in pool.map(act, names):
            pass
    _print(counts)


def _print(counts: Counter[str]) -> None:
    sys.stdout.write(json.dumps(counts) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mail", type=Path, required=True)
    parser.add_argument("--site", required=True)
    parser.add_argument("--phase", choices=("invitation", "reminder"), required=True)
    parser.add_argument("--after", default="", help="name of the last mail of an earlier phase")
    parser.add_argument("--players", required=True, help="Players as JSON")
    given = parser.parse_args()
    names = [name for name in caught_names(given.mail) if name > given.after]
    players = msgspec.json.decode(given.players, type=Players)
    phase = cast("Phase", given.phase)
    serve_mails(given.mail, names, players, site=given.site, phase=phase)


if __name__ == "__main__":
    main()

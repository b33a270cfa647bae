"""Letters that go out, and people who answer them: over HTTP, or behind the pages."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

import msgspec
from tqdm import tqdm

from mailer.catching.caught import caught_names, read_caught
from survey_service.answering.desk import Desk
from survey_service.background import catching
from survey_service.demo.behind_pages import NotAnsweredError, answer_forms
from survey_service.demo.opinions import Person, Phase
from survey_service.demo.pages import Visitor
from survey_service.demo.respondents import Deed, Players, personal_link, respond
from survey_service.demo.stage import Stage, send_letters
from survey_service.doors.finding import find_token
from survey_service.doors.printed import code_url
from survey_service.pseudonyms import Pseudonyms
from survey_service.web.app import create_app
from survey_service.web.serving import serving
from survey_service.writer import AnswerWriter

FEW = 50
"""So many visitors are played in this process; another one costs more to start than they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What people and letters go through: the mail catcher, the site, and the desk behind it."""

    stage: Stage
    relay: str
    site: str
    desk: Desk

    def write_and_answer(self, players: Players, phase: Phase, title: str, letters: int) -> None:
        """Send the letters that are queued, and let whoever got one act on it."""
        folder = self.stage.settings.caught_mail
        last = max(caught_names(folder), default="")
        send_letters(self.stage, self.relay, title, letters)
        names = [name for name in caught_names(folder) if name > last]
        people: list[tuple[Person, str]] = []
        for name in names:
            mail = read_caught(folder, name)
            people.append((players.person(mail.recipient), personal_link(mail)))
        behind, visiting = _parted(people, players)
        with tqdm(total=len(people), desc="Người trả lời / People", unit=" người") as bar:
            tokens = [(person, urlsplit(link).path.rpartition("/")[2]) for person, link in behind]
            counts = answer_forms(self.desk, tokens, phase)
            _show(bar, counts)
            if len(visiting) > FEW:
                self._let_visit(players, phase, last, lambda more: _show(bar, counts + more))
            else:
                _show(bar, counts + self._visit(visiting, phase))

    def answer_codes(
        self, players: Players, papers: Sequence[tuple[Person, str]], title: str
    ) -> None:
        """Let people who hold a printed code answer: who is going to does so at once."""
        behind, visiting = _parted(papers, players)
        pseudonyms = Pseudonyms(self.stage.keys)
        tokens: list[tuple[Person, str]] = []
        for person, code in behind:
            token = find_token(self.stage.database, pseudonyms, self.desk.links, code)
            if token is None:
                raise NotAnsweredError(f"{person.address}: {code}")
            tokens.append((person, token))
        links = [(person, code_url(self.site, code)) for person, code in visiting]
        # There are no reminders on paper, so that everybody acts as on the last of them.
        with tqdm(total=len(papers), desc=title, unit=" người") as bar:
            counts = answer_forms(self.desk, tokens, "reminder")
            _show(bar, counts + self._visit(links, "reminder"))

    def _visit(self, people: Sequence[tuple[Person, str]], phase: Phase) -> Counter[Deed]:
        visitor = Visitor(self.site)
        deeds = Counter[Deed](respond(person, link, visitor, phase) for person, link in people)
        visitor.close()
        return deeds

    def _let_visit(
        self, players: Players, phase: Phase, after: str, tell: Callable[[Counter[Deed]], None]
    ) -> None:
        """Let those who use the pages do so in a process of their own, several at a time."""
        command = [
            *(sys.executable, "-P", "-m", "survey_service.demo.respondents"),
            *("--mail", str(self.stage.settings.caught_mail), "--site", self.site),
            *("--phase", phase, "--after", after),
            *("--players", msgspec.json.encode(players).decode()),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as people:  # noqa: S603
            for line in people.stdout or ():
                tell(Counter(json.loads(line)))
        if people.returncode:
            raise subprocess.CalledProcessError(people.returncode, command)


def _parted(
    people: Sequence[tuple[Person, str]], players: Players
) -> tuple[list[tuple[Person, str]], list[tuple[Person, str]]]:
    """Part the people who answer behind the pages from those who use them."""
    behind = [one for one in people if not one[0].uses_pages(players.by_pages)]
    return behind, [one for one in people if one[0].uses_pages(players.by_pages)]


def _show(bar: "tqdm[NoReturn]", counts: Counter[Deed]) -> None:
    bar.set_postfix_str(", ".join(f"{deed} {n}" for deed, n in sorted(counts.items())))
    bar.update(counts.total() - bar.n)


@contextmanager
def opened_doors(stage: Stage) -> Generator[Doors]:
    """Serve the site and catch mail while the block runs."""
    app = create_app(
        database=stage.database, settings=stage.settings, keys=stage.keys, clock=stage.clock
    )
    with ExitStack() as parts:
        writer = parts.enter_context(AnswerWriter(stage.database))
        yield Doors(
            stage=stage,
            relay=parts.enter_context(catching(stage.settings, 0)),
            site=parts.enter_context(serving(app, stage.settings)),
            desk=Desk.build(
                database=stage.database,
                writer=writer,
                settings=stage.settings,
                keys=stage.keys,
                clock=stage.clock,
            ),
        )

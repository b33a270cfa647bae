"""Letters to look at before anybody gets one: about nobody, with links that record nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from questionnaires.problems import ProblemsError, problem
from questionnaires.text import Language, Text
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.entropy import Entropy
from survey_service.keys import KeyRing
from survey_service.links import Links
from survey_service.mailing.writing.letters import LetterLinks, Letters
from survey_service.mailing.writing.saying import Addressee
from survey_service.store.database import Database
from survey_service.waves.invented import InventedPerson, invented_people, with_units
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.reading import LoadedWave, load_wave

INVENTED: Final = "nguoi-nhan@vi-du.example"
"""Nobody's address: `.example` exists nowhere (RFC 2606)."""
NOBODY: Final = b"no-body!"
"""The public id of no invitation, for links that are there to be seen."""
_NAME: Final = "Nguyễn Thị Ví Dụ"
_SERVICE: Final = Text(vi="Thủ tục ví dụ", en="Example procedure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A letter as it would reach a person of a group."""

    step: str
    group: str
    language: Language
    message: bytes

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers as a mail program shows them."""
        raw = message_from_bytes(self.message)
        return [
            (name, "".join(str(make_header(decode_header(value))).splitlines()))
            for name, value in raw.items()
        ]

    @property
    def text(self) -> str:
        """The plain text."""
        return self._bodies()[0]

    @property
    def html(self) -> str:
        """The HTML."""
        return self._bodies()[1]

    def _bodies(self) -> list[str]:
        read = message_from_bytes(self.message, _class=EmailMessage, policy=SMTP)
        return [part.get_content().replace("\r\n", "\n") for part in read.iter_parts()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimens:
    """Writes letters of a wave to invented people; `trial` letters say that they are such."""

    letters: Letters
    links: Links
    wave: LoadedWave
    clock: Clock
    entropy: Entropy
    domain: str
    trial: bool = False

    def write(
        self, step: str, person: InventedPerson, language: Language, email: str = INVENTED
    ) -> bytes:
        """Write a step's letter to a person, whose Message-ID is that of no letter."""
        offered = self.wave.questionnaires.offered()
        service = offered[0].code if offered else _SERVICE.in_(language)
        transactions = (
            [
                {
                    "unit": unit,
                    "service": service,
                    "month": f"{self.wave.plan.letter.date:%m/%Y}",
                }
                for unit in person.units
            ]
            if self._served(person.group)
            else []
        )
        return self.letters.fill(
            self.wave,
            step,
            Addressee(
                public_id=NOBODY,
                generation=0,
                name=_NAME,
                email=email,
                group=person.group,
                own_unit=person.own_unit,
                language=language,
                units=person.units,
                transactions=tuple(transactions),
                rotation=person.rotation,
            ),
            LetterLinks(
                answer=self.links.trial_url(self.wave.code, language, person.group),
                opt_out=self.links.opt_out_url(NOBODY, 0),
                one_click=self.links.one_click_url(NOBODY, 0),
            ),
            identity=f"<thu.{self.entropy.token(10).hex()}@{self.domain}>",
            now=self.clock.now(),
            trial=self.trial,
        )

    def _served(self, group: str) -> bool:
        return self.wave.questionnaires.relation(group).rates.units == "transaction"


def specimens(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    settings: Settings,
    keys: KeyRing,
    letters: Letters,
    *,
    code: str,
    trial: bool = False,
) -> Specimens:
    """Make ready to write letters of a wave in any state; raises WaveUnknownError."""
    with database.reading() as session:
        wave = with_units(session, load_wave(session, code))
    return Specimens(
        letters=letters,
        links=Links(keys, settings.public_url),
        wave=wave,
        clock=clock,
        entropy=entropy,
        domain=settings.mail_from.rpartition("@")[2].lower(),
        trial=trial,
    )


def preview_letters(ready: Specimens, step: str, language: Language) -> Iterator[Preview]:
    """Write a step's letter to an invented person of each group."""
    name = step_named(step)
    for person in invented_people(ready.wave):
        message = ready.write(name, person, language)
        yield Preview(step=name, group=person.group, language=language, message=message)


def person_of(wave: LoadedWave, group: str | None) -> InventedPerson:
    """Give the invented person of a group, or the first; raises ProblemsError for an unknown."""
    people = {person.group: person for person in invented_people(wave)}
    if group is None and people:
        return next(iter(people.values()))
    if group not in people:
        known = ", ".join(people)
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                f"không có nhóm “{group or ''}” được hỏi; các nhóm: {known}.",
                f"there is no group “{group or ''}” that is asked; the groups: {known}.",
            )
        )
    return people[group]


def step_named(written: str) -> str:
    """Give the step that a person means by its name or kind; raises ProblemsError."""
    if written in STEPS:
        return written
    for step in STEPS.values():
        if step.template == written:
            return step.name
    kinds = ", ".join(dict.fromkeys(step.template for step in STEPS.values()))
    raise ProblemsError(
        problem(
            "--step",
            f"không có bước “{written}”; các bước: {kinds}.",
            f"there is no step “{written}”; the steps: {kinds}.",
        )
    )

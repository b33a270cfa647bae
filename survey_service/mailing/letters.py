"""What a letter says: one skeleton per wave, step and language, filled for each person."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import BaseLoader, Environment, FunctionLoader, StrictUndefined, select_autoescape

from mailer.writing.header import Mailbox
from mailer.writing.letter import Skeleton, Wording
from mailer.writing.message_id import message_id
from mailer.writing.part import slot
from questionnaires.text import Language
from survey_service.config import Settings
from survey_service.keys import KeyRing
from survey_service.links import Links
from survey_service.waves.reading import LoadedWave


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who a letter goes to and what it has to say about them."""

    public_id: bytes
    generation: int
    name: str
    email: str
    group: str
    own_unit: str | None
    language: Language
    units: tuple[str, ...]
    transactions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOrder:
    """One letter to write: which wave, as it closes now, which step, to whom, after which."""

    letter: int
    wave: str
    closes_at: datetime
    step: str
    addressee: Addressee
    follows: int | None = None


class Letters:
    """Writes the letters of waves as bytes, from frozen definitions and the key ring."""

    def __init__(self, settings: Settings, keys: KeyRing) -> None:
        self._links = Links(keys, settings.public_url)
        self._key = keys.secrets("letter")[0]
        self._from = settings.mail_from
        self._domain = settings.mail_from.rpartition("@")[2].lower()
        self._skeletons: dict[tuple[str, datetime, str, Language], Skeleton] = {}

    def message_id(self, letter: int) -> str:
        """Give a letter's Message-ID, the same on every attempt."""
        return message_id(str(letter), key=self._key, domain=self._domain)

    def write(self, wave: LoadedWave, order: LetterOrder, now: datetime) -> bytes:
        """Write one letter; raises mailer.reason.RefusedError where it cannot be encoded."""
        person = order.addressee
        skeleton = self._skeleton(wave, order.step.partition("-")[0], person.language)
        return skeleton.fill(
            Mailbox(address=person.email, name=person.name),
            {
                "name": person.name,
                "link": self._links.url(person.public_id, person.generation),
                "why": _why(wave, person),
                "load": _load(wave, person),
            },
            message_id=self.message_id(order.letter),
            date=now,
            in_reply_to=None if order.follows is None else self.message_id(order.follows),
        )

    def _skeleton(self, wave: LoadedWave, name: str, language: Language) -> Skeleton:
        # An extension changes the closing date that the letter states.
        key = (wave.code, wave.closes_at, name, language)
        if key not in self._skeletons:
            self._skeletons[key] = Skeleton.build(self._wording(wave, name, language))
        return self._skeletons[key]

    def _wording(self, wave: LoadedWave, name: str, language: Language) -> Wording:
        plan = wave.plan
        words: dict[str, object] = {
            "slot": slot,
            "language": language,
            "organisation": plan.sender.organisation.in_(language),
            "title": plan.title.in_(language),
            "letter_number": plan.letter.number,
            "letter_date": civil_date(plan.letter.date, language),
            "signatory": plan.letter.signatory,
            "telephone": plan.sender.telephone,
            "page": plan.sender.page,
            "closes": civil_date(last_day(wave), language),
        }
        subject = _render(f"email/{name}/subject.{language}.txt", words).strip()
        return Wording(
            sender=Mailbox(address=self._from, name=str(words["organisation"])),
            reply_to=Mailbox(address=plan.sender.reply_to, name=str(words["organisation"])),
            subject=subject,
            list_id=f"{plan.code.lower()}.{self._domain}",
            language=language,
            text=_render(f"email/{name}/body.{language}.txt", words),
            html=_render(f"email/{name}/body.{language}.html", {**words, "subject": subject}),
        )


def last_day(wave: LoadedWave) -> date:
    """Give the last civil day on which a wave takes answers, extensions included."""
    return (wave.closes_at.astimezone(ZoneInfo(wave.plan.zone)) - timedelta(microseconds=1)).date()


def civil_date(day: date, language: Language) -> str:
    """Write a civil date as people of the language do."""
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day.day} {day:%B %Y}"


def workload(wave: LoadedWave, group: str, units: tuple[str, ...]) -> tuple[int, int]:
    """Count the questions a person is put, and the minutes they take (at least 1)."""
    questions = len(wave.questionnaires.asked_once(group)) + sum(
        len(wave.questionnaires.asked(wave.framework, group, wave.units[unit].unit_class))
        for unit in units
    )
    seconds = questions * wave.questionnaires.relation(group).seconds_per_item
    return questions, max(1, math.ceil(seconds / 60))


def _load(wave: LoadedWave, person: Addressee) -> str:
    questions, minutes = workload(wave, person.group, person.units)
    values = {"questions": questions, "units": len(person.units), "minutes": minutes}
    return _render(f"email/load.{person.language}.txt", values).strip()


def _why(wave: LoadedWave, person: Addressee) -> str:
    vietnamese = person.language == "vi"

    def name(code: str) -> str:
        unit = wave.units[code]
        return unit.name_vi if vietnamese else unit.name_en

    group = next(group for group in wave.framework.groups if group.code == person.group)
    services = dict.fromkeys(str(row["service"]) for row in person.transactions if row["service"])
    months = dict.fromkeys(str(row["month"]) for row in person.transactions if row["month"])
    values = {
        "relation": wave.questionnaires.relation(person.group).rates.units,
        "group": group.name.in_(person.language),
        "offices": ", ".join(name(code) for code in person.units),
        "services": ", ".join(f"“{service}”" for service in services),
        "month": ", ".join(months),
    }
    return _render(f"email/why.{person.language}.txt", values).strip()


@cache
def _environment() -> Environment:
    folder = files("templates")

    def read(name: str) -> str | None:
        path = folder.joinpath(*name.split("/"))
        return path.read_text(encoding="utf-8") if path.is_file() else None

    loader: BaseLoader = FunctionLoader(read)
    return Environment(
        loader=loader,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _render(name: str, values: Mapping[str, object]) -> str:
    return _environment().get_template(name).render(values)

"""What a letter says about one person: how they are addressed, why they are asked, how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from questionnaires.load import PersonLoad, person_load
from questionnaires.text import Language
from survey_service.mailing.writing.letter_templates import render
from survey_service.waves.reading import LoadedWave

_TITLES = ("Ông ", "Bà ", "Anh ", "Chị ", "Cô ", "Chú ", "Bác ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who a letter goes to and what it has to say about them; `rotation` as in an invitation."""

    public_id: bytes
    generation: int
    name: str
    email: str
    group: str
    own_unit: str | None
    language: Language
    units: tuple[str, ...]
    transactions: tuple[Mapping[str, Any], ...]
    rotation: int | None = None


def personal_values(wave: LoadedWave, person: Addressee) -> dict[str, str]:
    """Give the values of the slots that are about the person."""
    return {
        "name": person.name,
        "addressed": _addressed(person),
        "why": _why(wave, person),
        "load": _load(wave, person),
        "agencies": _names(wave, person, person.units),
    }


def workload(
    wave: LoadedWave, group: str, rotation: int | None, units: tuple[str, ...]
) -> tuple[int, int]:
    """Count the questions put to a person with a set, and the minutes they take (at least 1)."""
    load = _load_of(
        _Asked(
            definitions=wave.framework_hash + wave.questionnaires_hash,
            group=group,
            rotation=rotation,
            classes=tuple(sorted(wave.units[unit].unit_class for unit in units)),
            wave=wave,
        )
    )
    return load.cells, max(1, load.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What decides how much a person is asked: definitions, group, set, classes of the units."""

    definitions: str
    group: str
    rotation: int | None
    classes: tuple[str, ...]
    wave: LoadedWave = field(compare=False)


@lru_cache(maxsize=1_000)
def _load_of(asked: _Asked) -> PersonLoad:
    wave = asked.wave
    return person_load(
        wave.framework, wave.questionnaires, asked.group, asked.classes, asked.rotation
    )


def _addressed(person: Addressee) -> str:
    # Lists often hold “Ông Nguyễn Văn A”; “Ông/Bà Ông Nguyễn Văn A” would read as machine-made.
    if person.language == "vi" and not person.name.startswith(_TITLES):
        return f"Ông/Bà {person.name}"
    return person.name


def _load(wave: LoadedWave, person: Addressee) -> str:
    questions, minutes = workload(wave, person.group, person.rotation, person.units)
    return _sentence(
        f"email/load.{person.language}.txt",
        ("questions", questions),
        ("units", len(person.units)),
        ("minutes", minutes),
    )


def _why(wave: LoadedWave, person: Addressee) -> str:
    group = next(group for group in wave.framework.groups if group.code == person.group)
    named = dict.fromkeys(str(row["service"]) for row in person.transactions if row["service"])
    services = [wave.questionnaires.service_name(name).in_(person.language) for name in named]
    months = dict.fromkeys(str(row["month"]) for row in person.transactions if row["month"])
    # Which units a person rated is forgotten at the freeze; what the list said of them is not.
    listed = [str(row["unit"]) for row in person.transactions]
    own = [] if person.own_unit is None else [person.own_unit]
    return _sentence(
        f"email/why.{person.language}.txt",
        ("relation", wave.questionnaires.relation(person.group).rates.units),
        ("group", group.name.in_(person.language)),
        ("offices", _names(wave, person, person.units or tuple(dict.fromkeys([*listed, *own])))),
        ("services", ", ".join(f"“{service}”" for service in services)),
        ("month", ", ".join(months)),
    )


@lru_cache(maxsize=1_000)
def _sentence(template: str, *values: tuple[str, object]) -> str:
    # Many people of a wave are told the same, and a template takes longer than all its letter.
    return render(template, dict(values)).strip()


def _names(wave: LoadedWave, person: Addressee, units: tuple[str, ...]) -> str:
    known = [wave.units[code] for code in units if code in wave.units]
    return ", ".join(unit.name_vi if person.language == "vi" else unit.name_en for unit in known)

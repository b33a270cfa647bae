"""Letters on paper for people who were drawn and have no e-mail address."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.doors.codes import give_codes
from survey_service.doors.opened import require_open
from survey_service.doors.printed import Slip
from survey_service.entropy import Entropy
from survey_service.frame.values import shown
from survey_service.journal import record
from survey_service.mailing.writing.saying import workload
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import SampledPerson, Transaction
from survey_service.waves.reading import LoadedWave

Printed = Row[Invitation, Contact]
GENERATIONS = 256
"""How often a link can be issued before its number comes round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLetters:
    """The letters of one print run."""

    wave: LoadedWave
    slips: tuple[Slip, ...]


def print_letters(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    pseudonyms: Pseudonyms,
    *,
    code: str,
    actor: str,
) -> PrintedLetters:
    """Give codes to the people of an open wave who are asked by letter and have none yet.

    Raises WaveUnknownError, and ProblemsError where the wave is not open.
    """
    with database.writing() as session:
        wave = require_open(session, code, "letters")
        people = session.execute(
            _by_letter(wave)
            .where(Invitation.short_code.is_(None), Invitation.withdrawn.is_(False))
            .order_by(Invitation.id)
        ).all()
        slips = _print(session, entropy, pseudonyms, wave, people)
        if people:
            details = {"units": _by_unit(people), "again": {}}
            _note(session, clock, wave, actor, details)
    return PrintedLetters(wave=wave, slips=slips)


def print_letter_again(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    pseudonyms: Pseudonyms,
    *,
    code: str,
    number: str,
    actor: str,
) -> PrintedLetters:
    """Print the letter about a file number once more; the former code opens nothing any more.

    Whoever prints learns nothing of whether the person has answered: it is done in any case, and
    what was begun goes on by the new code. Raises WaveUnknownError, and ProblemsError where the
    wave is not open or nobody has a letter about that file.
    """
    with database.writing() as session:
        wave = require_open(session, code, "letters")
        people = session.execute(
            _by_letter(wave)
            .join(SampledPerson, SampledPerson.contact_id == Contact.id)
            .join(Transaction, Transaction.id == SampledPerson.transaction_id)
            .where(Transaction.number == number, Invitation.short_code.is_not(None))
        ).all()
        if not people:
            raise ProblemsError(_no_letter(code, number))
        for invitation, _ in people:
            session.execute(
                update(Invitation)
                .where(Invitation.id == invitation.id)
                .values(generation=(invitation.generation + 1) % GENERATIONS)
            )
        slips = _print(session, entropy, pseudonyms, wave, people)
        _note(session, clock, wave, actor, {"units": {}, "again": _by_unit(people)})
    return PrintedLetters(wave=wave, slips=slips)


def _by_letter(wave: LoadedWave) -> Select[Invitation, Contact]:
    return (
        select(Invitation, Contact)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(
            Invitation.wave_id == wave.id,
            Contact.mode == "letter",
            Invitation.revoked.is_(False),
        )
    )


def _print(
    session: Session,
    entropy: Entropy,
    pseudonyms: Pseudonyms,
    wave: LoadedWave,
    people: Sequence[Printed],
) -> tuple[Slip, ...]:
    codes = give_codes(session, entropy, pseudonyms, [row[0].id for row in people])
    return tuple(_slip(wave, row, code) for row, code in zip(people, codes, strict=True))


def _note(
    session: Session, clock: Clock, wave: LoadedWave, actor: str, details: dict[str, Any]
) -> None:
    record(session, clock, actor=actor, wave=wave.code, event="letters printed", details=details)


def _slip(wave: LoadedWave, row: Printed, code: str) -> Slip:
    invitation, contact = row
    english = contact.language == "en"
    units = [wave.units[unit] for unit in invitation.units]
    service = str(contact.transactions[0]["service"]) if contact.transactions else ""
    for offered in wave.questionnaires.offered():
        if english and offered.code == contact.service:
            service = offered.name.en
    return Slip(
        code=code,
        language="en" if english else "vi",
        unit=", ".join(unit.name_en if english else unit.name_vi for unit in units),
        service=service,
        name=contact.name,
        minutes=workload(wave, contact.group, invitation.rotation, tuple(invitation.units))[1],
    )


def _by_unit(rows: Sequence[Printed]) -> dict[str, int]:
    counts = Counter(unit for row in rows for unit in row[0].units)
    return dict(sorted(counts.items()))


def _no_letter(code: str, number: str) -> Problem:
    return problem(
        f"đợt/wave {code}",
        f"không có thư nào đã in về hồ sơ {shown(number)}; in các thư mới bằng: doors letters "
        f"{code}.",
        f"no letter was printed about the file {shown(number)}; print new ones with: doors "
        f"letters {code}.",
    )

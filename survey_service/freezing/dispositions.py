"""What became of everybody invited, counted by stratum at the cut-off and known no longer after it.

The rules follow AAPOR's final disposition codes for specifically named persons surveyed by
internet (Standard Definitions, 10th edition, 2023); docs/dispositions.md has them as a table.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Executable, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from survey_service.dataset.design import StratumDispositions
from survey_service.freezing.coarsening import Coarsened
from survey_service.store.answers import Draft, Response
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.reading import LoadedWave

Disposition = Literal[
    "complete",
    "partial",
    "refusal",
    "non_contact",
    "other",
    "unknown",
    "unknown_other",
    "not_eligible",
]

ENOUGH_KEPT: Final = 2
"""A draft is a partial response where it keeps one answer in so many of those asked for."""

_BEFORE_ANSWERING: Final = tuple(
    name for name, step in STEPS.items() if step.after == "open" and not step.until_cut_off
)
_GONE_OUT: Final = ("sent", "uncertain")
_REFUSING: Final = ("opt-out", "complaint")
_UNREACHABLE: Final = ("hard-address", "soft-mailbox")
_NEVER_WRITTEN: Final = "letter"
"""The reason of a letter that no server was offered, since it could not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the tables tell of one invitation, as far as its disposition rests on it.

    `kept` are the answers in an unfinished form, None where none was begun, out of `put`
    questions. `refused` and `set_aside`: the address is not written to by the person's own wish
    (or since they called it spam), or by staff. `reached`: some letter went out and did not come
    back; `returned`: some letter came back or was refused, or the address was known to be dead.
    """

    responded: bool = False
    revoked: bool = False
    withdrawn: bool = False
    kept: int | None = None
    put: int = 0
    refused: bool = False
    set_aside: bool = False
    reached: bool = False
    returned: bool = False


def disposition(course: Course) -> Disposition:
    """Give the one final disposition of an invitation; what says more about it goes first."""
    partial = course.kept is not None and 0 < course.put <= ENOUGH_KEPT * course.kept
    rules: tuple[tuple[bool, Disposition], ...] = (
        (course.revoked, "not_eligible"),
        (course.responded, "complete"),
        (course.withdrawn, "refusal"),
        (partial, "partial"),
        (course.refused or course.kept is not None, "refusal"),
        (course.set_aside, "other"),
        (course.reached, "unknown"),
        (course.returned, "non_contact"),
    )
    for applies, given in rules:
        if applies:
            return given
    return "unknown_other"


def dispositions(session: Session, wave: LoadedWave) -> dict[int, Disposition]:
    """Give the disposition of every invitation of a wave, revoked ones too, by its id."""
    put = _questions(wave)
    return {
        row.id: disposition(
            Course(
                responded=row.responded,
                revoked=row.revoked,
                withdrawn=row.withdrawn,
                kept=row.kept,
                put=sum(put[row.group, row.rotation, unit] for unit in row.units),
                refused=row.refused,
                set_aside=row.set_aside,
                reached=row.reached,
                returned=row.returned or row.unreachable,
            )
        )
        for row in session.execute(_courses(wave))
    }


def count_dispositions(
    given: Mapping[int, Disposition], strata: Iterable[tuple[int, Code]], coarsened: Coarsened
) -> tuple[StratumDispositions, ...]:
    """Count by stratum; `strata` says where each invitation stands."""
    counted: dict[Code, Counter[Disposition]] = {one.code: Counter() for one in coarsened.strata}
    for invitation, stratum in strata:
        counted[stratum][given[invitation]] += 1
    return tuple(
        StratumDispositions(stratum=stratum, **counts) for stratum, counts in counted.items()
    )


def _questions(wave: LoadedWave) -> Mapping[tuple[Code, int | None, Code], int]:
    """Count what is put to a group with a set about a unit; free text may always be left out."""
    bank = wave.questionnaires
    counts: Counter[tuple[Code, int | None, Code]] = Counter()
    groups: Sequence[Code] = [relation.group for relation in bank.relations]
    for group in groups:
        for rotation in (None, *range(len(bank.sets(group)))):
            for unit in wave.units.values():
                asked = bank.asked(wave.framework, group, unit.unit_class)
                counts[group, rotation, unit.code] = sum(
                    item.kind != "text" for item in bank.put_to(asked, group, rotation)
                )
    return counts


def _courses(wave: LoadedWave) -> Executable:
    letters = and_(Letter.invitation_id == Invitation.id, Letter.step.in_(_BEFORE_ANSWERING))
    came_back = exists().where(LetterEvent.letter_id == Letter.id, LetterEvent.event == "bounced")
    put_off = exists().where(LetterEvent.letter_id == Letter.id, LetterEvent.event == "deferred")
    refused_there = and_(
        Letter.state == "failed", func.coalesce(Letter.reason, "") != _NEVER_WRITTEN
    )
    return (
        select(
            Invitation.id,
            Invitation.revoked,
            Invitation.withdrawn,
            Invitation.units,
            Invitation.rotation,
            Contact.group,
            Draft.answered.label("kept"),
            _yes(exists().where(Response.invitation_id == Invitation.id), "responded"),
            _yes(_not_written_to(wave, _REFUSING), "refused"),
            _yes(_not_written_to(wave, ("manual",)), "set_aside"),
            _yes(_not_written_to(wave, _UNREACHABLE), "unreachable"),
            _yes(exists().where(letters, Letter.state.in_(_GONE_OUT), ~came_back), "reached"),
            _yes(exists().where(letters, or_(refused_there, came_back, put_off)), "returned"),
        )
        .join(Contact, Contact.id == Invitation.contact_id)
        .outerjoin(Draft, Draft.invitation_id == Invitation.id)
        .where(Invitation.wave_id == wave.id)
    )


def _not_written_to(wave: LoadedWave, reasons: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(
        Suppression.email_key == Contact.email_key,
        Suppression.released_at.is_(None),
        or_(Suppression.wave.is_(None), Suppression.wave == wave.code),
        Suppression.reason.in_(reasons),
    )


def _yes(condition: ColumnElement[bool], name: str) -> Any:
    return case((condition, True), else_=False).label(name)

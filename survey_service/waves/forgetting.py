"""The cut-off's forgetting: whatever tells who answered, what, or when, leaves the database."""

from typing import Any, Final

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.base import Base
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, ReturnedMail
from survey_service.store.people import Invitation
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.steps import INVITATION, PRE_NOTICE

CLEARED: Final[tuple[type[Base], ...]] = (
    *(Ballot, Response, Draft, Invitation),
    *(Letter, LetterEvent, ReturnedMail),
)
"""The tables that the cut-off clears of what joins people to ballots."""

FOR_EVERYBODY: Final = (PRE_NOTICE.name, INVITATION.name)
"""The steps before the cut-off whose letters say nothing about who answered."""
_NEEDLESS = ("answered", "withdrawn", "wave-over")
"""Why a letter to somebody was dropped: told apart, they would tell who answered."""
_WRITTEN = ("reply", "auto-reply", "unrecognised")
"""Mail in people's own words, which may say that they answered."""


def forget_answering(session: Session, wave: Wave) -> None:
    """Delete a wave's responses, and what else would find a person's ballots or that they answered.

    Which units a person rated would find their ballots again, and so would which items they were
    asked and, in a thin group, that they answered; reminders and thanks went to some only for
    whether they had.
    """
    of_wave = select(Invitation.id).where(Invitation.wave_id == wave.id)
    for table in (Ballot, Response, Draft):  # children first
        session.execute(delete(table).where(table.invitation_id.in_(of_wave)))
    session.execute(
        update(Invitation)
        .where(Invitation.wave_id == wave.id)
        .values(units=[], rotation=None, short_code=None, answered=False, withdrawn=False)
    )
    telling = (Letter.wave_id == wave.id, Letter.step.not_in(FOR_EVERYBODY))
    _forget_returned(session, wave, select(Letter.id).where(*telling))
    session.execute(
        delete(LetterEvent).where(LetterEvent.letter_id.in_(select(Letter.id).where(*telling)))
    )
    session.execute(delete(Letter).where(*telling))
    _forget_needless(session, wave)
    _forget_doubts(session, wave)


def _forget_returned(session: Session, wave: Wave, telling: Any) -> None:
    """Leave of what came back about the letters no more than can be counted."""
    session.execute(
        update(ReturnedMail)
        .where(
            or_(
                ReturnedMail.letter_id.in_(telling),
                (ReturnedMail.wave == wave.code) & ReturnedMail.letter_id.is_(None),
            )
        )
        .values(letter_id=None, email_key=None, raw=None, diagnostic=None)
    )
    session.execute(
        update(ReturnedMail)
        .where(ReturnedMail.wave == wave.code, ReturnedMail.kind.in_(_WRITTEN))
        .values(raw=None, diagnostic=None)
    )


def _forget_needless(session: Session, wave: Wave) -> None:
    """Let every letter that was no longer needed look as if the wave's end had dropped it."""
    needless = (Letter.wave_id == wave.id, Letter.reason.in_(_NEEDLESS))
    letters = select(Letter.id).where(*needless)
    dropped = (LetterEvent.event == "dropped", LetterEvent.detail.in_(_NEEDLESS))
    session.execute(delete(LetterEvent).where(LetterEvent.letter_id.in_(letters), *dropped))
    session.execute(
        update(Letter).where(*needless).values(reason="wave-over", settled_at=wave.closes_at)
    )
    at = literal(wave.closes_at, LetterEvent.at.type)
    # The order of the log's lines would tell the order of the drops.
    line = select(Letter.id, at, literal("dropped"), literal("wave-over")).where(*needless)
    session.execute(
        insert(LetterEvent).from_select(
            ["letter_id", "at", "event", "detail"], line.order_by(Letter.id)
        )
    )


def _forget_doubts(session: Session, wave: Wave) -> None:
    """Forget how and when doubts about letters ended: an answer that came in may have ended one."""
    doubted = select(LetterEvent.letter_id).where(LetterEvent.event == "resolved")
    sent = (Letter.wave_id == wave.id, Letter.state == "sent", Letter.id.in_(doubted))
    begun = func.coalesce(Letter.begun_at, Letter.not_before)
    began: ColumnElement[Any] = (
        select(begun).where(Letter.id == LetterEvent.letter_id).scalar_subquery()
    )
    session.execute(
        update(LetterEvent)
        .where(
            LetterEvent.event == "sent", LetterEvent.letter_id.in_(select(Letter.id).where(*sent))
        )
        .values(at=began)
    )
    session.execute(update(Letter).where(*sent).values(settled_at=begun, reply=None))
    session.execute(
        delete(LetterEvent).where(
            LetterEvent.event == "resolved",
            exists().where(Letter.id == LetterEvent.letter_id, Letter.wave_id == wave.id),
        )
    )

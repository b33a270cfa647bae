"""Letters in doubt: which they are, and how a person ends the doubt."""

from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailer.sending.outbox import State
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.mailing.records.invitation_log import NAMED
from survey_service.mailing.sending.history import Event, record_events, without_addresses
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.reading import load_wave

BY_HAND = "by hand"
"""The evidence of a doubt that a person ended."""
MOST_REASON = 200

Decision = Literal["sent", "resend"]


class InDoubt(msgspec.Struct, frozen=True, kw_only=True):
    """A letter of which nobody here knows whether the relay accepted it.

    `said` is what was learnt last. `address` is empty where the step tells who has not answered;
    the letter is then looked up at the relay by its Message-ID.
    """

    letter: int
    wave: str
    step: str
    relay: str
    since: datetime
    said: str
    address: str = ""


def in_doubt(session: Session, code: str | None = None) -> tuple[InDoubt, ...]:
    """List the letters in doubt, of one wave or of all; raises WaveUnknownError."""
    newest = (
        select(LetterEvent.detail)
        .where(LetterEvent.letter_id == Letter.id, LetterEvent.detail.is_not(None))
        .order_by(LetterEvent.id.desc())
        .limit(1)
        .correlate(Letter)
        .scalar_subquery()
    )
    query = (
        select(Letter, Wave.code, Contact.email, newest.label("said"))
        .join(Wave, Wave.id == Letter.wave_id)
        .join(Invitation, Invitation.id == Letter.invitation_id)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(Letter.state == State.UNCERTAIN)
        .order_by(Letter.settled_at, Letter.id)
    )
    if code is not None:
        query = query.where(Letter.wave_id == load_wave(session, code).id)
    return tuple(
        InDoubt(
            letter=letter.id,
            wave=wave,
            step=letter.step,
            relay=letter.transport or "",
            since=letter.settled_at or letter.not_before,
            said=without_addresses(said or letter.reply or ""),
            address=email if letter.step in NAMED else "",
        )
        for letter, wave, email, said in session.execute(query)
    )


def decide(
    database: Database, clock: Clock, *, letter: int, decision: Decision, reason: str, actor: str
) -> None:
    """End a doubt by hand: the letter counts as sent, or goes out again under its Message-ID.

    The reason goes into the journal. Raises ProblemsError where the letter is not (or no longer)
    in doubt, or the reason cannot be kept.
    """
    tidy = " ".join(reason.split())
    if not 1 <= len(tidy) <= MOST_REASON or "@" in tidy:
        raise ProblemsError(_bad_reason())
    state = State.SENT if decision == "sent" else State.QUEUED
    resent = state is State.QUEUED
    now = clock.now()
    with database.writing() as session:
        wave = session.scalar(
            update(Letter)
            .where(Letter.id == letter, Letter.state == State.UNCERTAIN)
            .values(
                state=state,
                settled_at=now,
                reply=BY_HAND,
                resent=Letter.resent + (1 if resent else 0),
            )
            .returning(Letter.wave_id)
        )
        if wave is None:
            raise ProblemsError(_certain(session, letter))
        entered = Event(letter=letter, at=now, event="resent" if resent else State.SENT)
        ended = Event(letter=letter, at=now, event="resolved", detail=BY_HAND)
        record_events(session, [ended, entered])
        code = session.scalar(select(Wave.code).where(Wave.id == wave)) or ""
        details = {"letter": letter, "decision": decision, "reason": tidy}
        record(session, clock, actor=actor, wave=code, event="doubt-ended", details=details)


def _certain(session: Session, letter: int) -> Problem:
    state = session.scalar(select(Letter.state).where(Letter.id == letter))
    if state is None:
        return problem(
            f"thư/letter {letter}",
            "không có thư số này; xem số thư bằng: mail uncertain.",
            "there is no letter of that number; see the numbers with: mail uncertain.",
        )
    return problem(
        f"thư/letter {letter}",
        f"thư không còn ở tình trạng chưa rõ (nay là “{state}”), nên không cần quyết định gì.",
        f"the letter is no longer in doubt (it is “{state}” now); there is nothing to decide.",
    )


def _bad_reason() -> Problem:
    return problem(
        "--reason",
        f"lý do dài 1–{MOST_REASON} ký tự và không có địa chỉ thư.",
        f"the reason has 1–{MOST_REASON} characters and holds no e-mail address.",
    )

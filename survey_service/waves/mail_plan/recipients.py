"""Whom a step of a wave's mail is for: the invitations that have no letter of it yet."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from survey_service.store.answers import Response
from survey_service.store.letters import Letter
from survey_service.store.people import Invitation
from survey_service.waves.mail_plan.steps import INVITATION, STEPS, THANK_YOU, Step
from survey_service.waves.plan import WavePlan

UNDER_WAY: Final = ("queued", "claimed", "intent", "deferred")
"""The states of a letter that may still go."""
GONE: Final = ("sent", "uncertain")
"""The states of a letter that a person has, or may have."""
ASKING: Final = tuple(step.name for step in STEPS.values() if step.asks)

_went_at = func.coalesce(Letter.settled_at, Letter.not_before)


def recipients(wave: int, step: Step, plan: WavePlan, now: datetime) -> Select[int]:
    """Select the invitations that a step is for as things stand.

    A letter that asks is for whoever got the first letter, has neither answered nor withdrawn,
    and was asked at least `days_between` civil days ago; thanks are for whoever answered within
    the plan's `late_hours`; the rest is for everybody.
    """
    if step is THANK_YOU:
        limit = now - timedelta(hours=plan.mail.late_hours)
        return _lacking(wave, step).where(
            Invitation.answered,
            exists().where(Response.invitation_id == Invitation.id, Response.submitted_at > limit),
        )
    if step.asks and step is not INVITATION:
        return unanswered(wave, step).where(~_asked(since=_start_of_spacing(plan, now)))
    return _lacking(wave, step)


def unanswered(wave: int, step: Step) -> Select[int]:
    """Select everybody whom a letter that asks is for, however lately they were asked."""
    return _lacking(wave, step).where(
        _letter(Letter.step == INVITATION.name, Letter.state.in_(GONE)),
        Invitation.answered.is_(False),
    )


def earliest_day(session: Session, wave: int, step: Step, plan: WavePlan) -> date | None:
    """Give the first civil day on which somebody may be asked again by a step.

    None where nobody waits for it, or letters that ask are still under way to all who do.
    """
    last = (
        select(func.max(_went_at).label("at"))
        .where(
            Letter.invitation_id.in_(unanswered(wave, step)),
            Letter.invitation_id.not_in(
                unanswered(wave, step).where(
                    _letter(Letter.step.in_(ASKING), Letter.state.in_(UNDER_WAY))
                )
            ),
            Letter.step.in_(ASKING),
            Letter.state.in_(GONE),
        )
        .group_by(Letter.invitation_id)
        .subquery()
    )
    asked: datetime | None = session.scalar(
        select(func.min(last.c.at, type_=Letter.not_before.type))
    )
    if asked is None:
        return None
    civil = asked.astimezone(ZoneInfo(plan.zone)).date()
    return civil + timedelta(days=plan.mail.days_between)


def _lacking(wave: int, step: Step) -> Select[int]:
    return select(Invitation.id).where(
        Invitation.wave_id == wave,
        Invitation.revoked.is_(False),
        Invitation.withdrawn.is_(False),
        ~_letter(Letter.step == step.name),
    )


def _asked(*, since: datetime) -> ColumnElement[bool]:
    return _letter(
        Letter.step.in_(ASKING),
        or_(
            Letter.state.in_(UNDER_WAY),
            and_(Letter.state.in_(GONE), _went_at >= since),
        ),
    )


def _letter(*which: ColumnElement[bool] | Any) -> ColumnElement[bool]:
    mine = exists().where(Letter.invitation_id == Invitation.id, *which)
    # Named outright: a query about letters around it must not be taken for this one's.
    return mine.correlate(Invitation)


def _start_of_spacing(plan: WavePlan, now: datetime) -> datetime:
    """Give the midnight since which nobody may have been asked."""
    zone = ZoneInfo(plan.zone)
    first = now.astimezone(zone).date() - timedelta(days=plan.mail.days_between - 1)
    return datetime.combine(first, time(), zone)

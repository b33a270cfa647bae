"""When an outbox will have something to do: letters that come due, within pace and windows."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mailer.sending.outbox import State
from survey_service.mailing.sending.claiming import DueWave
from survey_service.mailing.sending.dropping import WAITING
from survey_service.mailing.sending.lanes import Lane
from survey_service.mailing.sending.pace import Quota
from survey_service.store.letters import Letter
from survey_service.store.waves import Wave


def of_waves(code: str | None) -> ColumnElement[bool]:
    """Restrict to one wave's letters, or to every wave's: named, so that the index serves."""
    waves = select(Wave.id)
    return Letter.wave_id.in_(waves if code is None else waves.where(Wave.code == code))


def next_lease_end(session: Session, wave: str | None) -> datetime | None:
    """Give the earliest end of a lease."""
    query = select(func.min(Letter.lease_until)).where(
        of_waves(wave), Letter.state.in_((State.CLAIMED, State.INTENT))
    )
    return session.scalar(query)


def next_claim(session: Session, lane: Lane, wave: DueWave, quota: Quota) -> datetime | None:
    """Give the instant at which a wave will have a letter to claim, or to drop, for a lane."""
    full = [domain for domain in lane.domain_limits if quota.room_for(domain) == 0]
    moments = [_earliest(session, lane, wave, wave.never)]
    for steps, opens_at in ((wave.now, quota.now), (wave.later, wave.opens_at)):
        free = _earliest(session, lane, wave, steps, but_for=full)
        if free is not None:
            moments.append(_not_before(free, opens_at, quota.ready_at(), now=quota.now))
        for domain in full:
            held = _earliest(session, lane, wave, steps, only=domain)
            if held is not None:
                ready = max(quota.ready_at(), quota.ready_at(domain))
                moments.append(_not_before(held, opens_at, ready, now=quota.now))
    return min((moment for moment in moments if moment is not None), default=None)


def _not_before(due: datetime, *gates: datetime, now: datetime) -> datetime:
    """Give when a letter passes every gate; gates that are open now change nothing."""
    return max([due, *(gate for gate in gates if gate > now)])


def _earliest(
    session: Session,
    lane: Lane,
    wave: DueWave,
    steps: tuple[str, ...],
    *,
    but_for: list[str] | None = None,
    only: str | None = None,
) -> datetime | None:
    if not steps:
        return None
    moments: list[datetime] = []
    for state in WAITING:
        query = select(Letter.not_before).where(
            Letter.wave_id == wave.id, Letter.state == state, Letter.step.in_(steps)
        )
        if lane.domains and steps is not wave.never:
            query = query.where(Letter.domain.in_(lane.domains))
        if but_for:
            query = query.where(Letter.domain.not_in(but_for))
        if only is not None:
            query = query.where(Letter.domain == only)
        first = session.scalar(query.order_by(Letter.not_before).limit(1))
        if first is not None:
            moments.append(first)
    return min(moments, default=None)

"""Reminders of a rolling wave: each so many days after the person's own invitation went."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from survey_service.clock import Clock
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Invitation
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.queueing import queue_letters
from survey_service.waves.mail_plan.recipients import GONE, recipients
from survey_service.waves.mail_plan.step_keeping import note_step, noted_steps
from survey_service.waves.mail_plan.steps import INVITATION, REMINDERS, Step
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.reading import LoadedWave

_NEVER: Final = 10_000
"""Days that no wave lasts."""


def remind_joined(
    database: Database, session: Session, clock: Clock, wave: LoadedWave, *, actor: str
) -> int:
    """Queue the reminder that each person is due for by now; tells how many.

    A reminder is current from its own day to the next one's, so that nobody gets two after a
    standstill. Whether it still is to go is decided again when it is sent. A step that staff
    skipped stays out. The wave's row must be locked.
    """
    queued = 0
    opening = next_opening(wave.plan, clock.now())
    for step, whom in _steps(session, clock, wave):
        count = queue_letters(
            database, session, clock, wave.id, step.name, whom, not_before=opening
        )
        if count:
            row = session.get_one(Wave, wave.id)
            note_step(
                *(session, clock, row, step, "queued"),
                due_at=clock.now(),
                actor=actor,
                queued=count,
            )
        queued += count
    return queued


def is_anybody_due(session: Session, clock: Clock, wave: LoadedWave) -> bool:
    """Tell whether a reminder waits for anybody; only reads."""
    return any(session.scalar(select(exists(whom))) for _, whom in _steps(session, clock, wave))


def _steps(session: Session, clock: Clock, wave: LoadedWave) -> Iterator[tuple[Step, Select[int]]]:
    """Walk the reminders that can still go, each with those who are due for it."""
    now = clock.now()
    if next_opening(wave.plan, now) >= wave.closes_at:
        return
    noted = noted_steps(session, wave.id)
    days = [*wave.plan.reminders, _NEVER]
    for step, (first, next_one) in zip(REMINDERS, pairwise(days), strict=False):
        if step.name not in noted or noted[step.name].state != "skipped":
            yield step, _due(wave, step, now, first, next_one)


def _due(wave: LoadedWave, step: Step, now: datetime, first: int, next_one: int) -> Select[int]:
    """Select those whose invitation went at least `first` civil days ago, not `next_one`."""
    went_at = func.coalesce(Letter.settled_at, Letter.not_before, type_=Letter.not_before.type)
    went = exists().where(
        Letter.invitation_id == Invitation.id,
        Letter.step == INVITATION.name,
        Letter.state.in_(GONE),
        went_at < _midnight(wave, now, first - 1),
        went_at >= _midnight(wave, now, next_one - 1),
    )
    return recipients(wave.id, step, wave.plan, now).where(went.correlate(Invitation))


def _midnight(wave: LoadedWave, now: datetime, days: int) -> datetime:
    """Give the beginning of the civil day so many days before today in the wave's zone."""
    zone = ZoneInfo(wave.plan.zone)
    return datetime.combine(now.astimezone(zone).date() - timedelta(days=days), time(), zone)

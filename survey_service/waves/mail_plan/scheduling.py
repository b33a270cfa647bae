"""The schedule: steps of waves that are due are queued, however often and by whomever it is run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from survey_service.clock import Clock
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.waves import Publication, Wave
from survey_service.waves.mail_plan.queueing import queue_letters
from survey_service.waves.mail_plan.recipients import recipients
from survey_service.waves.mail_plan.step_keeping import PLAN, drop_waiting, note_step, noted_steps
from survey_service.waves.mail_plan.steps import INVITATION, PRE_NOTICE, RESULTS, THANK_YOU
from survey_service.waves.mail_plan.timetable import PlannedStep, timetable
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.plan import WavePlan, plan_from_json

_SENDING: Final = ("open", "closed", "published")
Deed = Literal["begin", "go on", "ask", "pass over", "clear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """What one run did: letters queued, and steps that were too late and ask, or were overtaken."""

    queued: int = 0
    late: int = 0
    overtaken: int = 0

    def __add__(self, other: "Scheduled") -> "Scheduled":
        return Scheduled(
            queued=self.queued + other.queued,
            late=self.late + other.late,
            overtaken=self.overtaken + other.overtaken,
        )


def schedule(database: Database, clock: Clock) -> Scheduled:
    """Queue what the plans of all waves have due, each person's letter of a step once.

    Open waves only, closed ones for the last thanks, and published ones for the letter about
    results. Any number of workers may run it at once: a wave's row is locked while its letters
    are queued.
    """
    with database.reading() as session:
        waves = session.scalars(select(Wave).where(Wave.state.in_(_SENDING)))
        busy = [wave.id for wave in waves if any(_deeds(session, wave, clock.now()))]
    done = Scheduled()
    for wave in busy:
        with database.writing() as session:
            done += _schedule_wave(database, session, clock, wave)
    return done


def queue_step(
    database: Database,
    session: Session,
    clock: Clock,
    wave: Wave,
    planned: PlannedStep,
    *,
    actor: str,
) -> int:
    """Queue a step for those whom it is for, and note it; tells how many letters are new.

    The wave's row must be locked. The number of thanks is not journaled: it would tell when
    people answered.
    """
    plan, now = plan_from_json(wave.plan), clock.now()
    whom = recipients(wave.id, planned.step, plan, now)
    opening = next_opening(plan, now)
    kept = noted_steps(session, wave.id).get(planned.step.name)
    queued = queue_letters(
        database, session, clock, wave.id, planned.step.name, whom, not_before=opening
    )
    counts = {} if planned.step is THANK_YOU else {"queued": queued}
    if kept is None or kept.state != "queued" or counts.get("queued"):
        due_at = planned.due_at or now
        note_step(
            session, clock, wave, planned.step, "queued", due_at=due_at, actor=actor, **counts
        )
    return queued


def current_step(session: Session, wave: Wave, plan: WavePlan, name: str) -> PlannedStep | None:
    """Find a step of a wave's plan by its name, results with the instant of the publication."""
    found = next((planned for planned in timetable(plan) if planned.step.name == name), None)
    if found is None or found.step is not RESULTS:
        return found
    published_at = session.scalar(
        select(func.min(Publication.published_at)).where(Publication.wave_id == wave.id)
    )
    return PlannedStep(step=RESULTS, day=None, due_at=published_at, ends_at=None)


def _schedule_wave(database: Database, session: Session, clock: Clock, wave_id: int) -> Scheduled:
    wave = session.scalars(
        select(Wave).where(Wave.id == wave_id).with_for_update(key_share=True)
    ).one()
    now = clock.now()
    done = Scheduled()
    for planned, deed in [*_deeds(session, wave, now)]:
        due_at = planned.due_at or now
        if deed == "ask":
            hours = int((now - due_at) / timedelta(hours=1))
            note_step(
                session, clock, wave, planned.step, "late", due_at=due_at, actor=PLAN, hours=hours
            )
            done += Scheduled(late=1)
        elif deed == "pass over":
            note_step(session, clock, wave, planned.step, "skipped", due_at=due_at, actor=PLAN)
            done += Scheduled(overtaken=1)
        elif deed == "clear":
            drop_waiting(session, clock, wave.id, [planned.step.name], "overtaken")
        else:
            queued = queue_step(database, session, clock, wave, planned, actor=PLAN)
            done += Scheduled(queued=queued)
    return done


def _deeds(session: Session, wave: Wave, now: datetime) -> Iterator[tuple[PlannedStep, Deed]]:
    """Tell what is to be done about a wave's steps as things stand; nothing is changed."""
    plan = plan_from_json(wave.plan)
    noted = noted_steps(session, wave.id)
    limit = timedelta(hours=plan.mail.late_hours)
    goes_on = now < wave.closes_at
    for planned in _steps_in_force(session, wave, plan):
        state = noted[planned.step.name].state if planned.step.name in noted else None
        if planned.is_over(now):
            if state == "late" or (state is None and goes_on and planned.step.asks):
                yield planned, "pass over"
            elif goes_on and _is_under_way(session, wave, planned):
                # Whoever still waits for this letter gets the next in its stead.
                yield planned, "clear"
        elif (
            planned.step is PRE_NOTICE
            or not planned.has_begun(now)
            or _opens_too_late(planned, plan, now)
        ):
            continue
        elif state is None:
            # Thanks are late by the person, not by the step.
            late = planned.step is not THANK_YOU and now - (planned.due_at or now) > limit
            yield planned, "ask" if late else "begin"
        elif (
            state == "queued"
            and planned.step is not RESULTS
            and _waits(session, wave, planned, now)
        ):
            yield planned, "go on"


def _steps_in_force(session: Session, wave: Wave, plan: WavePlan) -> list[PlannedStep]:
    if wave.state == "published":
        results = current_step(session, wave, plan, RESULTS.name)
        return [] if results is None else [results]
    return [
        planned
        for planned in timetable(plan)
        if planned.step is not INVITATION and planned.step.goes_in(wave.state)
    ]


def _opens_too_late(planned: PlannedStep, plan: WavePlan, now: datetime) -> bool:
    if planned.step is THANK_YOU:  # a weekend after the closing makes nobody's thanks needless
        return False
    return planned.is_over(next_opening(plan, now))


def _is_under_way(session: Session, wave: Wave, planned: PlannedStep) -> bool:
    waiting = exists().where(
        Letter.wave_id == wave.id,
        Letter.state.in_(("queued", "deferred")),
        Letter.step == planned.step.name,
    )
    return bool(session.scalar(select(waiting)))


def _waits(session: Session, wave: Wave, planned: PlannedStep, now: datetime) -> bool:
    whom = recipients(wave.id, planned.step, plan_from_json(wave.plan), now)
    return bool(session.scalar(select(exists(whom))))

"""What became of each step of a wave's mail plan: noted once, kept, and journaled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.base import Instant
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, WaveStep
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.steps import Step
from survey_service.waves.mail_plan.timetable import timetable
from survey_service.waves.plan import WavePlan

PLAN = "plan"
"""Who decided, where nobody had to."""

_BATCH = 1_000
"""Letters named in one statement."""

StepState = Literal["queued", "late", "skipped"]


def noted_steps(session: Session, wave: int) -> dict[str, WaveStep]:
    """Give what was noted about a wave's steps, by name."""
    rows = session.scalars(select(WaveStep).where(WaveStep.wave_id == wave))
    return {row.step: row for row in rows}


def keep_step(
    session: Session,
    clock: Clock,
    wave: Wave,
    step: Step,
    state: StepState,
    *,
    due_at: datetime,
    actor: str,
) -> None:
    """Note what became of a step; the wave's row must be locked."""
    kept = noted_steps(session, wave.id).get(step.name)
    if kept is None:
        session.add(
            WaveStep(
                wave_id=wave.id,
                step=step.name,
                state=state,
                due_at=due_at,
                decided_at=clock.now(),
                decided_by=actor,
            )
        )
    elif kept.state != state:
        kept.state, kept.decided_at, kept.decided_by = state, clock.now(), actor
    session.flush()


def note_step(
    session: Session,
    clock: Clock,
    wave: Wave,
    step: Step,
    state: StepState,
    *,
    due_at: datetime,
    actor: str,
    **counts: int,
) -> None:
    """Note and journal what became of a step; the wave's row must be locked."""
    keep_step(session, clock, wave, step, state, due_at=due_at, actor=actor)
    details = {"step": step.name, **counts}
    record(session, clock, actor=actor, wave=wave.code, event=f"step {state}", details=details)


def answer_late_steps(session: Session, clock: Clock, code: str, *, actor: str) -> None:
    """Skip the steps of a wave that still ask, since whatever ends the wave answers them."""
    session.execute(
        update(WaveStep)
        .where(
            WaveStep.wave_id == select(Wave.id).where(Wave.code == code).scalar_subquery(),
            WaveStep.state == "late",
        )
        .values(state="skipped", decided_at=clock.now(), decided_by=actor)
    )


def drop_waiting(
    session: Session, clock: Clock, wave: int, steps: Sequence[str], reason: str
) -> int:
    """Drop the letters of some steps that wait to be sent; tells how many.

    A letter that a worker has in hand is left to it.
    """
    waiting = (
        select(Letter.id)
        .where(
            Letter.wave_id == wave,
            Letter.step.in_(steps),
            Letter.state.in_(("queued", "deferred")),
        )
        .order_by(Letter.id)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(waiting).all()
    now = literal(clock.now(), Instant())
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        session.execute(
            update(Letter)
            .where(Letter.id.in_(batch))
            .values(state="dropped", reason=reason, settled_at=now)
        )
        lines = select(Letter.id, now, literal("dropped"), literal(reason))
        session.execute(
            insert(LetterEvent).from_select(
                ["letter_id", "at", "event", "detail"], lines.where(Letter.id.in_(batch))
            )
        )
    return len(ids)


def queue_again(session: Session, clock: Clock, wave: int, plan: WavePlan) -> None:
    """Queue again what the end of a wave had dropped, now that its plan has a later one.

    A step that has another day by now waits for it; whether a person has answered meanwhile is
    asked when their letter is sent.
    """
    now = clock.now()
    due = {planned.step.name: planned.due_at for planned in timetable(plan)}
    dropped = (Letter.wave_id == wave, Letter.state == "dropped", Letter.reason == "wave-over")
    for step in session.scalars(select(Letter.step).where(*dropped).distinct()).all():
        which = (*dropped, Letter.step == step)
        line = select(Letter.id, literal(now, Instant()), literal("queued")).where(*which)
        session.execute(
            insert(LetterEvent).from_select(["letter_id", "at", "event"], line.order_by(Letter.id))
        )
        session.execute(
            update(Letter)
            .where(*which)
            .values(
                state="queued",
                reason=None,
                settled_at=None,
                not_before=max(now, due.get(step) or now),
            )
        )

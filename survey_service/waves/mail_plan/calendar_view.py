"""The calendar of a wave's letters: each step with its day, its state and its letters."""

from datetime import date, datetime
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.clock import Clock
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.recipients import GONE, UNDER_WAY
from survey_service.waves.mail_plan.scheduling import current_step
from survey_service.waves.mail_plan.step_keeping import noted_steps
from survey_service.waves.mail_plan.timetable import PlannedStep, timetable
from survey_service.waves.plan import SendWindow, plan_from_json
from survey_service.waves.reading import WaveUnknownError
from survey_service.waves.status import wave_status

StepStanding = Literal["to-come", "due", "queued", "late", "skipped", "passed", "by-hand"]


class CalendarStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step: its civil day, the instants (UTC) it is due and ends at, and its letters.

    `late` asks staff; `due` waits for the next look of a worker; `passed` never went; `by-hand`
    is in no plan. `waiting` letters are to go, `sent` ones may be in doubt, `ended` ones were
    dropped or failed.
    """

    step: str
    standing: StepStanding
    day: date | None = None
    due_at: datetime | None = None
    ends_at: datetime | None = None
    waiting: int = 0
    sent: int = 0
    ended: int = 0


class WaveCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of a wave's plan in order, then those sent by hand; None for an open window."""

    code: str
    zone: str
    window: SendWindow | None
    days_between: int
    steps: tuple[CalendarStep, ...]


def wave_calendar(session: Session, clock: Clock, code: str) -> WaveCalendar:
    """Lay out the letters of a wave, before its opening and after; raises WaveUnknownError."""
    wave = session.scalar(select(Wave).where(Wave.code == code))
    if wave is None:
        raise WaveUnknownError(code)
    plan = plan_from_json(wave.plan)
    letters = {step.step: step.states for step in wave_status(session, code).letters}
    noted = {name: row.state for name, row in noted_steps(session, wave.id).items()}
    names = [planned.step.name for planned in timetable(plan)]
    found = [current_step(session, wave, plan, name) for name in names]
    steps = [
        _row(
            planned,
            _standing(wave, planned, noted, clock.now()),
            letters.get(planned.step.name, {}),
        )
        for planned in found
        if planned is not None
    ]
    for name, states in letters.items():
        if name not in names:
            waiting, sent, ended = _counts(states)
            by_hand = CalendarStep(
                step=name, standing="by-hand", waiting=waiting, sent=sent, ended=ended
            )
            steps.append(by_hand)
    return WaveCalendar(
        code=code,
        zone=plan.zone,
        window=plan.mail.window,
        days_between=plan.mail.days_between,
        steps=tuple(steps),
    )


def _row(planned: PlannedStep, standing: StepStanding, states: dict[str, int]) -> CalendarStep:
    waiting, sent, ended = _counts(states)
    return CalendarStep(
        step=planned.step.name,
        standing=standing,
        day=planned.day,
        due_at=planned.due_at,
        ends_at=planned.ends_at,
        waiting=waiting,
        sent=sent,
        ended=ended,
    )


def _counts(states: dict[str, int]) -> tuple[int, int, int]:
    waiting = sum(states.get(state, 0) for state in UNDER_WAY)
    sent = sum(states.get(state, 0) for state in GONE)
    return waiting, sent, sum(states.values()) - waiting - sent


def _standing(
    wave: Wave, planned: PlannedStep, noted: dict[str, str], now: datetime
) -> StepStanding:
    state = noted.get(planned.step.name)
    if state == "queued":
        return "queued"
    if state == "late":
        return "late"
    if state == "skipped":
        return "skipped"
    if planned.is_over(now) or wave.state == "cancelled":
        return "passed"
    ended = wave.state not in {"draft", "open", "paused"}
    if ended and planned.step.after == "open" and not planned.step.goes_in(wave.state):
        return "passed"
    return "due" if planned.has_begun(now) else "to-come"

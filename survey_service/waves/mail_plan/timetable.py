"""The timetable of a wave's letters: when each step of its plan is due, and until when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from survey_service.waves.mail_plan.steps import (
    CLOSING_NOTICE,
    INVITATION,
    PRE_NOTICE,
    REMINDERS,
    RESULTS,
    THANK_YOU,
    Step,
)
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.plan import WavePlan

MOST_PLANNED: Final = 3
"""A plan has no more reminders than that; whoever wants another sends it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step of a plan: its civil day, and the instants (UTC) between which it is current.

    `due_at` lies inside the send window. Both are None for what follows the results, whose day
    no plan knows; in a rolling wave a reminder has an end only, since everybody has a day of
    their own.
    """

    step: Step
    day: date | None
    due_at: datetime | None
    ends_at: datetime | None

    def is_current(self, now: datetime) -> bool:
        """Tell whether the step has begun and the next has not."""
        return self.has_begun(now) and not self.is_over(now)

    def has_begun(self, now: datetime) -> bool:
        """Tell whether the step is due."""
        return self.due_at is not None and self.due_at <= now

    def is_over(self, now: datetime) -> bool:
        """Tell whether the next step has begun, or the wave's time is over."""
        return self.ends_at is not None and self.ends_at <= now


def timetable(plan: WavePlan) -> tuple[PlannedStep, ...]:
    """List the steps of a plan in the order in which they are due.

    A step that asks is current until the next one that asks; all end with the wave's last day,
    but for thanks, which whoever answered in its last hours gets within the plan's `late_hours`.
    """
    closes_at = plan.closes_at().astimezone(UTC)
    asking = [*_asking(plan)]
    ends = [*(_due(plan, following) for _, following in asking[1:]), closes_at]
    steps = [
        PlannedStep(step=step, day=day, due_at=_due(plan, day), ends_at=end)
        for (step, day), end in zip(asking, ends, strict=True)
    ]
    if plan.mail.pre_notice is not None:
        day = plan.opens - timedelta(days=plan.mail.pre_notice)
        first = PlannedStep(
            step=PRE_NOTICE, day=day, due_at=_due(plan, day), ends_at=_due(plan, plan.opens)
        )
        steps.insert(0, first)
    if is_rolling(plan):
        steps += [
            PlannedStep(step=step, day=None, due_at=None, ends_at=closes_at)
            for step, _ in zip(REMINDERS, plan.reminders, strict=False)
        ]
    if plan.mail.thank_you:
        opens_at = plan.opens_at().astimezone(UTC)
        thanked_by = closes_at + timedelta(hours=plan.mail.late_hours)
        steps.append(
            PlannedStep(step=THANK_YOU, day=plan.opens, due_at=opens_at, ends_at=thanked_by)
        )
    if plan.mail.results:
        steps.append(PlannedStep(step=RESULTS, day=None, due_at=None, ends_at=None))
    return tuple(steps)


def is_rolling(plan: WavePlan) -> bool:
    """Tell whether people join day by day: then reminders count from each one's own invitation."""
    return plan.sample is not None and plan.sample.rolling is not None


def _asking(plan: WavePlan) -> list[tuple[Step, date]]:
    steps = [(INVITATION, plan.opens)]
    if not is_rolling(plan):
        steps += [
            (step, plan.opens + timedelta(days=days))
            for step, days in zip(REMINDERS, plan.reminders, strict=False)
        ]
    if plan.mail.closing_notice is not None:
        steps.append((CLOSING_NOTICE, plan.closes - timedelta(days=plan.mail.closing_notice)))
    return steps


def _due(plan: WavePlan, day: date) -> datetime:
    return next_opening(plan, datetime.combine(day, time(), ZoneInfo(plan.zone)))

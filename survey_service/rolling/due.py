"""Whose turn it is in a rolling wave: people of its frame who have not been considered yet."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from questionnaires.index import Code
from survey_service.clock import Clock
from survey_service.frame.reach import rated_classes
from survey_service.sampling.exclusions import Exclusions
from survey_service.sampling.frame import FramePerson, walk_frame
from survey_service.store.transactions import SampledPerson, Transaction
from survey_service.waves.reading import LoadedWave
from survey_service.waves.sample_plan import Rolling, SamplePlan

_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingFrame:
    """A rolling wave as of a civil day in its zone; results until `until` have their turn."""

    wave: LoadedWave
    plan: SamplePlan
    rolling: Rolling
    today: date

    @property
    def until(self) -> date:
        """Give the last day of whose results people are asked by now."""
        return min(self.plan.until, self.today - timedelta(days=self.rolling.days_after))

    @property
    def units(self) -> Collection[Code]:
        """Give the units that the sample's group rates."""
        classes = rated_classes(self.wave.framework, self.wave.questionnaires, self.plan.group)
        return [code for code, unit in self.wave.units.items() if unit.unit_class in classes]


def rolling_frame(wave: LoadedWave, clock: Clock) -> RollingFrame | None:
    """Give the frame of a rolling wave as of today; None for any other wave."""
    plan = wave.plan.sample
    if plan is None or plan.rolling is None:
        return None
    today = clock.now().astimezone(ZoneInfo(wave.plan.zone)).date()
    return RollingFrame(wave=wave, plan=plan, rolling=plan.rolling, today=today)


def walk_due(session: Session, frame: RollingFrame, excluded: Exclusions) -> Iterator[FramePerson]:
    """Walk those whose turn it is, each with the cases that were delivered in time.

    A transaction is considered once in a wave, whoever it belongs to by now, and so is a person.
    """
    if frame.until < frame.plan.since:
        return
    walking = walk_frame(
        session,
        frame.wave,
        today=frame.today,
        units=frame.units,
        excluded=excluded,
        until=frame.until,
        besides=_is_considered(frame.wave.id),
    )
    yield from _in_time(session, walking, frame.rolling, excluded)


def count_to_come(session: Session, frame: RollingFrame, excluded: Exclusions) -> None:
    """Count the transactions of the frame's days whose turn has not come."""
    first = max(frame.plan.since, frame.until + timedelta(days=1))
    rows = session.execute(
        select(Transaction.unit, func.count())
        .where(
            Transaction.returned.between(first, frame.plan.until),
            *([Transaction.source.in_(frame.plan.sources)] if frame.plan.sources else []),
            ~_is_considered(frame.wave.id),
        )
        .group_by(Transaction.unit)
    )
    for unit, count in rows:
        excluded.add("not-due", unit, count)


def _is_considered(wave: int) -> ColumnElement[bool]:
    # By the transaction too: a corrected address must not bring a second chance, or invitation,
    # nor may an address that came later to somebody known by their telephone.
    asked_about = select(SampledPerson.transaction_id).where(SampledPerson.wave_id == wave)
    person = exists().where(
        SampledPerson.wave_id == wave, SampledPerson.person == Transaction.person
    )
    other = aliased(Transaction)
    theirs_by_now = select(other.person).where(other.id.in_(asked_about), other.person.is_not(None))
    return or_(
        person.correlate(Transaction),
        Transaction.id.in_(asked_about),
        Transaction.person.in_(theirs_by_now),
    )


def _in_time(
    session: Session, people: Iterable[FramePerson], rolling: Rolling, excluded: Exclusions
) -> Iterator[FramePerson]:
    latest = timedelta(days=rolling.latest_days)
    walking = iter(people)
    while batch := list(islice(walking, _BATCH)):
        ids = [case.transaction for one in batch for case in one.cases]
        rows = select(Transaction.id, Transaction.delivered_on).where(Transaction.id.in_(ids))
        delivered = {row.id: row.delivered_on for row in session.execute(rows)}
        for one in batch:
            kept = tuple(
                case
                for case in one.cases
                if (came := delivered.get(case.transaction)) is None
                or came - case.returned <= latest
            )
            for case in one.cases:
                if case not in kept:
                    excluded.add("too-late", case.unit)
            if kept:
                yield FramePerson(person=one.person, cases=kept)

"""A rolling sample in counts, made anew from its rows at each roll: what the freeze rests on."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, func, select, union, update
from sqlalchemy.orm import Session

from analysis.sampling.lot import fpc_population
from questionnaires.index import Code, Mode
from survey_service.clock import Clock
from survey_service.rolling.due import RollingFrame, count_to_come
from survey_service.sampling.exclusions import Exclusions
from survey_service.sampling.strata import LETTER, Place, fields_of, stratum_at
from survey_service.sampling.summary import CoverageCount, StratumSummary, Summary
from survey_service.sampling.tracing import note_altered, record_change
from survey_service.store.transactions import Sample, SampledPerson, Transaction
from survey_service.transactions.coverage import coverage
from survey_service.waves.reading import LoadedWave

PASSED: Final = "passed"
RECOUNTED: Final = "rolling sample recounted"
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """What the rows of a sample say now: people whose number of transactions is another, counts."""

    people: dict[bytes, int]
    summary: dict[str, Any]


def recount(session: Session, frame: RollingFrame, excluded: Exclusions) -> Recount | None:
    """Count a rolling sample anew; None where everything is as it is kept.

    `excluded` holds what the roll left out. Only reads, so that answers need not wait for it.
    """
    count_to_come(session, frame, excluded)
    people = _recounted(session, frame)
    summary = msgspec.to_builtins(_summary(session, frame, excluded, people))
    sample = session.get_one(Sample, frame.wave.id)
    if not people and sample.summary == summary:
        return None
    return Recount(people=people, summary=summary)


def keep_counts(
    session: Session, clock: Clock, wave: LoadedWave, counted: Recount, *, actor: str
) -> None:
    """Keep what was counted; the wave's row must be locked."""
    note_altered(session, clock, wave, actor=actor)
    if counted.people:
        renewing = (
            update(SampledPerson)
            .where(SampledPerson.wave_id == wave.id, SampledPerson.person == bindparam("whose"))
            .values(transactions=bindparam("now"))
        )
        rows = [{"whose": person, "now": count} for person, count in counted.people.items()]
        session.connection().execute(renewing, rows)
    session.get_one(Sample, wave.id).summary = counted.summary
    details = {"people": len(counted.people)}
    record_change(session, clock, wave, actor=actor, event=RECOUNTED, details=details)


def _within(frame: RollingFrame) -> tuple[ColumnElement[bool], ...]:
    plan = frame.plan
    return (
        Transaction.returned.between(plan.since, plan.until),
        *([Transaction.source.in_(plan.sources)] if plan.sources else []),
    )


def _recounted(session: Session, frame: RollingFrame) -> dict[bytes, int]:
    """Count how many of the frame's transactions are each person's, where it is another number."""
    offered = [service.code for service in frame.wave.questionnaires.offered()]
    counted = (
        select(Transaction.person, func.count().label("transactions"))
        .where(
            *_within(frame),
            Transaction.unit.in_(frame.units),
            *([Transaction.service.in_(offered)] if offered else []),
        )
        .group_by(Transaction.person)
        .subquery()
    )
    rows = session.execute(
        select(SampledPerson.person, counted.c.transactions)
        .join(counted, counted.c.person == SampledPerson.person)
        .where(
            SampledPerson.wave_id == frame.wave.id,
            SampledPerson.transactions != counted.c.transactions,
        )
    )
    return {row.person: row.transactions for row in rows}


def _summary(
    session: Session, frame: RollingFrame, excluded: Exclusions, recounted: Mapping[bytes, int]
) -> Summary:
    plan = frame.plan
    return Summary(
        strata=tuple(_strata(session, frame, recounted)),
        excluded=excluded.counts(),
        coverage=tuple(
            CoverageCount(**msgspec.structs.asdict(one))
            for one in coverage(session, plan.sources, plan.since, plan.until)
        ),
    )


def _strata(
    session: Session, frame: RollingFrame, recounted: Mapping[bytes, int]
) -> Iterator[StratumSummary]:
    transactions = _transactions(session, frame)
    several = _several(session, frame, recounted)
    people, drawn = Counter[str](), Counter[str]()
    rows = session.execute(
        select(SampledPerson.stratum, SampledPerson.state, func.count())
        .where(SampledPerson.wave_id == frame.wave.id)
        .group_by(SampledPerson.stratum, SampledPerson.state)
    )
    for stratum, state, count in rows:
        people[stratum] += count
        drawn[stratum] += count if state != PASSED else 0
    probability = str(Fraction(frame.rolling.rate))
    for stratum in sorted({*people, *transactions}):
        place = _place(frame, stratum)
        yield StratumSummary(
            stratum=stratum,
            unit=place.unit,
            service=place.service,
            channel=place.channel,
            mode=place.mode,
            transactions=transactions[stratum],
            people=people[stratum],
            fpc_population=fpc_population(several[stratum], frame.plan.target),
            drawn=drawn[stratum],
            reserve=0,
            probability=probability,
        )


def _several(
    session: Session, frame: RollingFrame, recounted: Mapping[bytes, int]
) -> dict[str, Counter[int]]:
    """Count by stratum how many people have each number of transactions, as it is by now."""
    counts = defaultdict[str, Counter[int]](Counter)
    of_wave = SampledPerson.wave_id == frame.wave.id
    rows = session.execute(
        select(SampledPerson.person, SampledPerson.stratum, SampledPerson.transactions)
        .where(of_wave)
        .execution_options(yield_per=_BATCH)
    )
    for row in rows:
        counts[row.stratum][recounted.get(row.person, row.transactions)] += 1
    return counts


def _transactions(session: Session, frame: RollingFrame) -> Counter[str]:
    """Count the transactions of the frame's days that stand behind the people considered."""
    of_wave = SampledPerson.wave_id == frame.wave.id
    by_person = _joined(frame, of_wave, SampledPerson.person == Transaction.person)
    by_case = _joined(frame, of_wave, SampledPerson.transaction_id == Transaction.id)
    # Both ways: the person of a row may have been corrected since.
    either = union(by_person, by_case).subquery()
    rows = session.execute(
        select(
            either.c.unit,
            either.c.service,
            either.c.channel,
            func.min(either.c.stratum).label("stratum"),
        ).group_by(either.c.id, either.c.unit, either.c.service, either.c.channel)
    )
    counts = Counter[str]()
    for row in rows:
        mode: Mode = "letter" if row.stratum.startswith(LETTER) else "web"
        place = Place(unit=row.unit, service=row.service, channel=row.channel, mode=mode)
        counts[stratum_at(frame.plan, place)] += 1
    return counts


def _joined(
    frame: RollingFrame, of_wave: ColumnElement[bool], how: ColumnElement[bool]
) -> Select[int, str, str, str, str]:
    return (
        select(
            *(Transaction.id, Transaction.unit, Transaction.service, Transaction.channel),
            SampledPerson.stratum,
        )
        .join(SampledPerson, how)
        .where(of_wave, *_within(frame))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    unit: Code = ""
    service: Code = ""
    channel: Code = ""


def _place(frame: RollingFrame, stratum: str) -> Place:
    """Read a stratum's fields from its code (`strata.stratum_at`)."""
    codes = stratum.removeprefix(LETTER).split("/")
    plain = (code.replace("%2F", "/").replace("%25", "%") for code in codes)
    named = _Named(**dict(zip(fields_of(frame.plan), plain, strict=False)))
    return Place(
        unit=named.unit,
        service=named.service,
        channel=named.channel,
        mode="letter" if stratum.startswith(LETTER) else "web",
    )

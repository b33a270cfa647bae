"""The frame of a wave: who used a service and may be asked, and who is left out by which rule."""

from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from survey_service.sampling.exclusions import AsOf, Exclusions, Rule, asked_lately, refusals
from survey_service.store.transactions import Transaction
from survey_service.waves.reading import LoadedWave
from survey_service.waves.sample_plan import SamplePlan

_Rows = Select[*tuple[Any, ...]]
_BATCH: Final = 5_000
_PERSON, _EMAIL = 0, 8
_CALLED = itemgetter(2, 3)
"""By what the source calls it: a row's id depends on the order of the imports."""


class Case(NamedTuple):
    """A transaction that somebody may be asked about; `email` is the person's, "" without one."""

    transaction: int
    source: str
    number: str
    unit: Code
    service: Code
    channel: Code
    returned: date
    email: str
    name: str


class FramePerson(NamedTuple):
    """Somebody in the frame by their digest, and their cases in the order of source and number."""

    person: bytes
    cases: tuple[Case, ...]


def walk_frame(
    session: Session,
    wave: LoadedWave,
    *,
    today: date,
    units: Collection[Code],
    excluded: Exclusions,
    since: date | None = None,
    until: date | None = None,
    as_of: AsOf | None = None,
    besides: ColumnElement[bool] | None = None,
) -> Iterator[FramePerson]:
    """Walk the frame of a wave with a sample, in the order of the people's digests.

    `units` are those that the sample's group rates. `since` and `until` stand for the plan's days.
    With `as_of` suppressions, waves and transactions that came later do not count. Transactions
    for which `besides` holds are passed over and not counted. Rows are fetched as they are walked:
    memory does not grow with the list. Raises ValueError for a wave without a sample.
    """
    plan = wave.plan.sample
    if plan is None:
        raise ValueError(f"wave {wave.code} draws no sample")
    rated, offered = frozenset(units), {service.code for service in wave.questionnaires.offered()}
    within = _within(plan, since or plan.since, until or plan.until, as_of, besides)

    @cache
    def barred(unit: Code, service: Code) -> Rule | None:
        if unit not in rated:
            return "unit-not-rated"
        return "service-not-asked" if offered and service not in offered else None

    connection = session.connection()
    for row in connection.execute(_without_contact(within)):
        excluded.add(barred(row.unit, row.service) or "no-contact", row.unit, row.transactions)
    refusal = refusals(session, wave, plan, as_of)
    statement = _listed(within, asked_lately(Transaction.person, wave.id, plan, today, as_of))
    options = {"yield_per": _BATCH}
    with closing(connection.execute(statement, execution_options=options)) as rows:
        for person, own in groupby(rows, key=itemgetter(_PERSON)):
            listed = list(own)
            if len(listed) > 1:
                listed.sort(key=_CALLED)
            email: str = next((row[_EMAIL] for row in listed if row[_EMAIL]), "")
            rule = refusal(email, len(listed), listed[0].lately)
            cases: list[Case] = []
            for _, number, source, called, unit, service, channel, returned, _, name, _ in listed:
                why = barred(unit, service) or rule
                if why is None:
                    cases.append(
                        Case(number, source, called, unit, service, channel, returned, email, name)
                    )
                else:
                    excluded.add(why, unit)
            if cases:
                yield FramePerson(person, tuple(cases))


def email_of(session: Session, plan: SamplePlan, people: Collection[bytes]) -> dict[bytes, str]:
    """Find the addresses under which the walk knows people; nothing for those without one."""
    rows = session.execute(
        select(Transaction.person, Transaction.source, Transaction.number, Transaction.email).where(
            *_within(plan, plan.since, plan.until, None),
            Transaction.person.in_(people),
            Transaction.email != "",
        )
    )
    ordered = sorted(rows, key=lambda row: (row.source, row.number), reverse=True)
    return {row.person: row.email for row in ordered if row.person is not None}


def _within(
    plan: SamplePlan,
    since: date,
    until: date,
    as_of: AsOf | None,
    besides: ColumnElement[bool] | None = None,
) -> tuple[ColumnElement[bool], ...]:
    return (
        Transaction.returned.between(since, until),
        *([Transaction.source.in_(plan.sources)] if plan.sources else []),
        *([] if as_of is None else [Transaction.id <= as_of.last]),
        *([] if besides is None else [~besides]),
    )


def _without_contact(within: tuple[ColumnElement[bool], ...]) -> _Rows:
    return (
        select(
            Transaction.unit, Transaction.service, func.count(Transaction.id).label("transactions")
        )
        .where(*within, Transaction.person.is_(None))
        .group_by(Transaction.unit, Transaction.service)
    )


def _listed(within: tuple[ColumnElement[bool], ...], lately: ColumnElement[bool]) -> _Rows:
    return (
        select(
            *(Transaction.person, Transaction.id, Transaction.source, Transaction.number),
            *(Transaction.unit, Transaction.service, Transaction.channel, Transaction.returned),
            *(Transaction.email, Transaction.name, lately.label("lately")),
        )
        .where(*within, Transaction.person.is_not(None))
        .order_by(Transaction.person)
    )

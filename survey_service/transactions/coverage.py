"""How far a list reaches people: transactions with an e-mail address, a telephone, nothing."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Final, Literal, get_args

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from survey_service.store.transactions import Transaction

CoverageField = Literal["unit", "service", "channel", "month"]
_FIELDS: Final[tuple[CoverageField, ...]] = get_args(CoverageField)
SHARED_FROM = 20
"""An address behind more transactions than this is hardly a person's own."""

_REACH = case(
    (Transaction.email != "", "email"),
    (Transaction.telephone.is_not(None), "telephone"),
    else_="nothing",
)


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Transactions with one value of a field, and those with an e-mail address or telephone only.

    A month is written "2026-03".
    """

    field: CoverageField
    value: str
    transactions: int
    email: int
    telephone: int


class People(msgspec.Struct, frozen=True, kw_only=True):
    """The persons behind transactions, and how many have one, two, or more of them.

    `shared` are addresses and telephones behind more than `SHARED_FROM` transactions.
    """

    persons: int
    with_one: int
    with_two: int
    with_more: int
    most: int
    shared: int
    shared_transactions: int


class FrameReport(msgspec.Struct, frozen=True, kw_only=True):
    """What lists hold before anybody is drawn from them; `coverage` is sorted by field."""

    transactions: int
    email: int
    telephone: int
    people: People
    coverage: tuple[Coverage, ...]


def coverage(
    session: Session, sources: Collection[str], since: date, until: date
) -> tuple[Coverage, ...]:
    """Count the transactions of sources (all where empty) returned from `since` to `until`.

    Units, services, channels and months follow each other, each sorted by its values.
    """
    within = _within(sources, since, until)
    sums: dict[tuple[CoverageField, str], Counter[str]] = {}
    cells = select(Transaction.unit, Transaction.service, Transaction.channel, _REACH, func.count())
    grouped = cells.where(within).group_by(
        Transaction.unit, Transaction.service, Transaction.channel, _REACH
    )
    for unit, service, channel, reach, number in session.execute(grouped):
        keys: tuple[tuple[CoverageField, str], ...]
        keys = (("unit", unit), ("service", service), ("channel", channel))
        for key in keys:
            sums.setdefault(key, Counter())[reach] += number
    days = select(Transaction.returned, _REACH, func.count()).where(within)
    for day, reach, number in session.execute(days.group_by(Transaction.returned, _REACH)):
        # Days become months here: databases have no common word for it.
        sums.setdefault(("month", f"{day:%Y-%m}"), Counter())[reach] += number
    return tuple(
        Coverage(
            field=field,
            value=value,
            transactions=counts.total(),
            email=counts["email"],
            telephone=counts["telephone"],
        )
        for (field, value), counts in sorted(
            sums.items(), key=lambda item: (_FIELDS.index(item[0][0]), item[0][1])
        )
    )


def frame_report(
    session: Session, sources: Collection[str], since: date, until: date
) -> FrameReport:
    """Report on what `coverage` counts, with the persons behind it."""
    found = coverage(session, sources, since, until)
    units = [row for row in found if row.field == "unit"]
    return FrameReport(
        transactions=sum(row.transactions for row in units),
        email=sum(row.email for row in units),
        telephone=sum(row.telephone for row in units),
        people=_people(session, _within(sources, since, until)),
        coverage=found,
    )


def _within(sources: Collection[str], since: date, until: date) -> ColumnElement[bool]:
    # A frame is most of the table: looking rows up one by one through an index takes four times as
    # long as reading all of them, and databases believe the opposite.
    returned = func.coalesce(Transaction.returned, Transaction.returned)
    within = returned.between(since, until)
    source = func.coalesce(Transaction.source, Transaction.source)
    return and_(within, source.in_(sources)) if sources else within


def _people(session: Session, within: ColumnElement[bool]) -> People:
    each = (
        select(func.count().label("transactions"))
        .where(within, Transaction.person.is_not(None))
        .group_by(Transaction.person)
        .subquery()
    )
    many = each.c.transactions
    counted = {
        int(transactions): int(persons)
        for transactions, persons in session.execute(select(many, func.count()).group_by(many))
    }
    shared = {number: people for number, people in counted.items() if number > SHARED_FROM}
    return People(
        persons=sum(counted.values()),
        with_one=counted.get(1, 0),
        with_two=counted.get(2, 0),
        with_more=sum(people for number, people in counted.items() if number > 2),
        most=max(counted, default=0),
        shared=sum(shared.values()),
        shared_transactions=sum(number * people for number, people in shared.items()),
    )

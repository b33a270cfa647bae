"""Who is left out of a frame: the rules, in their order, and what each leaves out by unit."""

import unicodedata
from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    exists,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from questionnaires.index import Code
from survey_service.sampling.summary import ExcludedCount
from survey_service.store.journal import JournalEntry
from survey_service.store.mail import Suppression
from survey_service.store.people import Contact
from survey_service.store.transactions import AskedPerson, Sample
from survey_service.store.waves import Wave
from survey_service.waves.reading import LoadedWave
from survey_service.waves.sample_plan import SamplePlan

Rule = Literal[
    "unit-not-rated",
    "service-not-asked",
    "no-contact",
    "no-email",
    "domain",
    "opted-out",
    "unreachable",
    "set-aside",
    "asked-lately",
    "drawn-elsewhere",
    "shared-address",
    "in-another-group",
    "too-late",
    "not-due",
]
"""Why a transaction is left out: the first that applies, in this order.

`opted-out` is the person's own wish, `unreachable` what returned mail told, `set-aside` a decision
of staff, `drawn-elsewhere` that the person was drawn for a wave that has not opened. In a rolling
wave `too-late` was delivered too long after the result was handed over, and `not-due` is one whose
day to be asked has not come.
"""
_RULES: Final[dict[str, Rule]] = {
    "opt-out": "opted-out",
    "complaint": "opted-out",
    "hard-address": "unreachable",
    "soft-mailbox": "unreachable",
}


class Exclusions:
    """Counts the transactions that are left out, by rule and unit."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Rule, Code]] = Counter()

    def add(self, rule: Rule, unit: Code, transactions: int = 1) -> None:
        """Count transactions of a unit."""
        self._counts[rule, unit] += transactions

    def counts(self) -> tuple[ExcludedCount, ...]:
        """Give the counts, sorted."""
        return tuple(
            ExcludedCount(rule=rule, unit=unit, transactions=count)
            for (rule, unit), count in sorted(self._counts.items())
        )

    def by_rule(self) -> dict[str, int]:
        """Sum over the units."""
        sums: Counter[str] = Counter()
        for (rule, _), count in sorted(self._counts.items()):
            sums[rule] += count
        return dict(sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """The moment at which a frame was fixed, and the newest transaction and contact of then."""

    moment: datetime
    last: int
    contact: int


def comparable(email: str) -> str:
    """Give the comparable form of an address that is kept as it goes on the wire."""
    return unicodedata.normalize("NFKC", email).casefold()


def refusals(
    session: Session, wave: LoadedWave, plan: SamplePlan, as_of: AsOf | None
) -> Callable[[str, int, Rule | None], Rule | None]:
    """Give what says why a person, by their address and transactions, is left out."""
    suppressed = _suppressed(session, wave.code, as_of)
    elsewhere = frozenset(
        session.scalars(
            select(Contact.email_key).where(
                Contact.wave_id == wave.id,
                Contact.group != plan.group,
                *([] if as_of is None else [Contact.id <= as_of.contact]),
            )
        )
    )
    barred = tuple(domain.casefold().strip(".@ ") for domain in plan.exclude_domains)
    seen: dict[str, bool] = {}

    def is_barred(domain: str) -> bool:
        if domain not in seen:
            seen[domain] = any(domain == one or domain.endswith(f".{one}") for one in barred)
        return seen[domain]

    def refusal(email: str, transactions: int, lately: Rule | None) -> Rule | None:
        if not email and not plan.letters:
            return "no-email"
        key = comparable(email)
        if barred and email and is_barred(key.rpartition("@")[2]):
            return "domain"
        if key in suppressed:
            return suppressed[key]
        if lately:
            return lately
        if transactions > plan.most_per_person:
            return "shared-address"
        return "in-another-group" if key in elsewhere and email else None

    return refusal


def _suppressed(session: Session, wave: str, as_of: AsOf | None) -> dict[str, Rule]:
    """Read the addresses not written to, with the rule: a person's own wish before any other."""
    ruling: list[ColumnElement[bool]] = [
        or_(Suppression.wave.is_(None), Suppression.wave == wave),
        Suppression.released_at.is_(None)
        if as_of is None
        else or_(Suppression.released_at.is_(None), Suppression.released_at > as_of.moment),
        *([] if as_of is None else [Suppression.at <= as_of.moment]),
    ]
    rules: list[tuple[str, Rule]] = [
        (row.email_key, _RULES.get(row.reason, "set-aside"))
        for row in session.execute(select(Suppression.email_key, Suppression.reason).where(*ruling))
    ]
    # "opted-out" < "set-aside" < "unreachable": later pairs win.
    return dict(sorted(rules, reverse=True))


_NONE: Final = "[]"
"""The units of a wave before its opening, as JSON."""


def months_before(day: date, months: int) -> date:
    """Give the same day so many months earlier, or the last of that month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def asked_lately(
    person: SQLColumnExpression[bytes] | SQLColumnExpression[bytes | None],
    wave: int,
    plan: SamplePlan,
    today: date,
    as_of: AsOf | None = None,
) -> ColumnElement[Any]:
    """Give the rule by which a person asked in the last `months_between` months is left out.

    NULL where there is none. A wave that has not opened has asked nobody yet, and perhaps never
    will: whom it has drawn is told apart, or a draft drawn only to keep people out of another wave
    would not show.
    """
    if not plan.months_between:
        return null()
    asked = [
        AskedPerson.person == person,
        AskedPerson.wave_id != wave,
        AskedPerson.wave_id.not_in(_given_up(as_of)),
        AskedPerson.asked_on > months_before(today, plan.months_between),
    ]
    if as_of is not None:
        # The day is moved when a wave opens; a rolling one asks on many days after its beginning.
        before = and_(Sample.wave_id == AskedPerson.wave_id, Sample.drawn_at <= as_of.moment)
        then = or_(Sample.nonce.is_(None), AskedPerson.asked_on <= today)
        asked.append(exists().where(before, then).correlate(AskedPerson))
    unopened = select(Wave.id).where(cast(Wave.units, String) == _NONE)
    opened = exists().where(*asked, AskedPerson.wave_id.not_in(unopened))
    by_any = exists().where(*asked)
    lately: Rule = "asked-lately"
    elsewhere: Rule = "drawn-elsewhere"
    return case(
        (opened.correlate_except(AskedPerson), lately),
        (by_any.correlate_except(AskedPerson), elsewhere),
    )


def _given_up(as_of: AsOf | None) -> Select[int]:
    """Find the waves that were given up, by then, before they opened."""
    found = select(Wave.id).where(Wave.state == "cancelled", cast(Wave.units, String) == _NONE)
    if as_of is None:
        return found
    return found.where(
        exists().where(
            JournalEntry.wave == Wave.code,
            JournalEntry.event == "cancelled",
            JournalEntry.at <= as_of.moment,
        )
    )

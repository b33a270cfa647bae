"""The next reserve of a stratum, called to take the place of somebody who cannot be asked."""

from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import ColumnElement, literal, not_, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.pseudonyms import Pseudonyms
from survey_service.sampling.contacts import DrawnPerson, add_contacts
from survey_service.sampling.exclusions import Rule, asked_lately, refusals
from survey_service.sampling.frame import email_of
from survey_service.sampling.standing import standings_of
from survey_service.sampling.strata import LETTER, is_drawn_by_strata
from survey_service.sampling.summary import Summary
from survey_service.store.database import Database
from survey_service.store.people import Invitation
from survey_service.store.transactions import Sample, SampledPerson, Transaction
from survey_service.waves.assignment import Assigned
from survey_service.waves.inviting import invite
from survey_service.waves.mail_plan.queueing import queue_letters
from survey_service.waves.mail_plan.steps import INVITATION
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.reading import LoadedWave
from survey_service.waves.sample_plan import SamplePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The unit of the reserve who was called, None where none was left; how many were passed."""

    unit: Code | None
    passed: int


def call_reserve(
    database: Database,
    session: Session,
    clock: Clock,
    entropy: Entropy,
    pseudonyms: Pseudonyms,
    wave: LoadedWave,
    plan: SamplePlan,
    *,
    stratum: str,
    today: date,
) -> Called:
    """Call the reserve of the lowest place; where the wave is open they are invited at once.

    The place is that in the stratum, or in the whole list where the design draws from one: then
    the reserve may be of another stratum.
    Whoever may no longer be asked by the rules of the frame is passed over, and the row says why.
    """
    passed = 0
    waiting = session.execute(
        select(SampledPerson, Transaction)
        .join(Transaction, Transaction.id == SampledPerson.transaction_id)
        .where(
            SampledPerson.wave_id == wave.id,
            _of_list(plan, stratum),
            SampledPerson.state == "reserve",
        )
        .order_by(SampledPerson.place)
    )
    refusal = refusals(session, wave, plan, None)
    for reserve, case in waiting.all():
        email = case.email or email_of(session, plan, [reserve.person]).get(reserve.person, "")
        lately: Rule | None = session.scalar(
            select(asked_lately(literal(reserve.person), wave.id, plan, today))
        )
        why: Rule | None = refusal(email, 1, lately)
        if wave.units and case.unit not in wave.units:
            why = "unit-not-rated"
        if why is not None:
            reserve.state, reserve.reason = "passed", why
            passed += 1
            continue
        _ask(database, session, clock, entropy, pseudonyms, wave, reserve, case.unit, today)
        return Called(unit=case.unit, passed=passed)
    return Called(unit=None, passed=passed)


def _of_list(plan: SamplePlan, stratum: str) -> ColumnElement[bool]:
    """Find the people whom lot ranked together with those of a stratum."""
    if is_drawn_by_strata(plan):
        return SampledPerson.stratum == stratum
    by_letter = SampledPerson.stratum.startswith(LETTER, autoescape=True)
    return by_letter if stratum.startswith(LETTER) else not_(by_letter)


def _ask(
    database: Database,
    session: Session,
    clock: Clock,
    entropy: Entropy,
    pseudonyms: Pseudonyms,
    wave: LoadedWave,
    reserve: SampledPerson,
    unit: Code,
    today: date,
) -> None:
    summary = msgspec.convert(session.get_one(Sample, wave.id).summary, Summary)
    called = DrawnPerson(
        person=reserve.person,
        transaction=reserve.transaction_id,
        stratum=reserve.stratum,
        place=reserve.place,
        transactions=reserve.transactions,
        state="called",
    )
    contacts = add_contacts(
        *(session, wave, [called], pseudonyms), today=today, standings=standings_of(summary)
    )
    contact = contacts[reserve.person]
    reserve.state, reserve.contact_id = "called", contact
    if wave.state != "draft":
        _invite(database, session, clock, entropy, wave, contact, unit)


def _invite(
    database: Database,
    session: Session,
    clock: Clock,
    entropy: Entropy,
    wave: LoadedWave,
    contact: int,
    unit: Code,
) -> None:
    group = wave.plan.sample.group if wave.plan.sample else ""
    invite(
        session, wave, [Assigned(contact=contact, email="", group=group, units=(unit,))], entropy
    )
    due: datetime = next_opening(wave.plan, max(clock.now(), wave.opens_at))
    queue_letters(
        *(database, session, clock, wave.id, INVITATION.name),
        select(Invitation.id).where(Invitation.contact_id == contact),
        not_before=due,
    )

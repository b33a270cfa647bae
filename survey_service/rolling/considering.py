"""People whose turn has come, considered once: lot decides, and its decision is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.sampling.numbers import chosen_case, is_taken, permanent_number
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.pseudonyms import Pseudonyms
from survey_service.rolling.due import RollingFrame, rolling_frame
from survey_service.sampling.contacts import DrawnPerson, write_people
from survey_service.sampling.frame import Case, FramePerson
from survey_service.sampling.strata import stratum_of
from survey_service.sampling.tracing import note_altered, record_change
from survey_service.store.database import Database
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import SampledPerson, Transaction
from survey_service.store.waves import Wave
from survey_service.waves.assignment import Assigned
from survey_service.waves.inviting import invite
from survey_service.waves.mail_plan.queueing import queue_letters
from survey_service.waves.mail_plan.steps import INVITATION
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.reading import LoadedWave, load_wave

ROLLED: Final = "rolled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """How many were invited, and how many lot passed over."""

    invited: int = 0
    passed: int = 0


def hold(session: Session, clock: Clock, code: str) -> LoadedWave | None:
    """Give a wave, locked, while people can still be asked in it; None where they cannot."""
    held = select(Wave.id).where(Wave.code == code, Wave.state == "open")
    if session.scalar(held.with_for_update(key_share=True)) is None:
        return None
    wave = load_wave(session, code)
    return wave if clock.now() < wave.closes_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """What lots are drawn with, and who has them drawn."""

    database: Database
    clock: Clock
    entropy: Entropy
    pseudonyms: Pseudonyms
    seed: bytes
    actor: str

    def consider(self, code: str, people: Sequence[FramePerson]) -> Considered:
        """Consider people of an open wave in one transaction, which holds the wave.

        Whom or what another worker has considered since the walk is left out, and so is a
        transaction that a delivery has changed since: the next roll sees it as it is.
        """
        with self.database.writing() as session:
            wave = hold(session, self.clock, code)
            frame = wave and rolling_frame(wave, self.clock)
            if wave is None or frame is None:
                return Considered()
            drawn = [*self._drawn(frame, _left(session, wave.id, people))]
            if not drawn:
                return Considered()
            note_altered(session, self.clock, wave, actor=self.actor)
            for _ in write_people(
                session, wave, drawn, self.pseudonyms, today=frame.today, standings={}
            ):
                pass
            asked = [one.person for one in drawn if one.is_asked]
            invited = self._invite(session, wave, asked)
            done = Considered(invited=invited, passed=len(drawn) - invited)
            record_change(
                session,
                self.clock,
                wave,
                actor=self.actor,
                event=ROLLED,
                details={
                    "day": frame.today.isoformat(),
                    "invited": done.invited,
                    "passed": done.passed,
                },
            )
        return done

    def _drawn(self, frame: RollingFrame, people: Iterator[FramePerson]) -> Iterator[DrawnPerson]:
        """Let lot choose the case, and whether the person is asked about it."""
        rate = Fraction(frame.rolling.rate)
        for one in people:
            case = one.cases[chosen_case(one.person, self.seed, len(one.cases))]
            taken = is_taken(permanent_number(one.person, self.seed), rate)
            yield DrawnPerson(
                person=one.person,
                transaction=case.transaction,
                stratum=stratum_of(frame.plan, case),
                place=0,  # nobody has a rank in a list that is not whole yet
                transactions=len(one.cases),
                state="invited" if taken else "passed",
            )

    def _invite(self, session: Session, wave: LoadedWave, people: Sequence[bytes]) -> int:
        contacts = session.execute(
            select(Contact.id, Contact.email, Contact.group, Contact.transactions)
            .join(SampledPerson, SampledPerson.contact_id == Contact.id)
            .where(SampledPerson.wave_id == wave.id, SampledPerson.person.in_(people))
            .order_by(Contact.id)
        ).all()
        assigned = [
            Assigned(
                contact=row.id,
                email=row.email,
                group=row.group,
                units=tuple(done["unit"] for done in row.transactions),
            )
            for row in contacts
        ]
        invited = invite(session, wave, assigned, self.entropy)
        keys = [row.id for row in contacts]
        theirs = select(Invitation.id).where(Invitation.contact_id.in_(keys))
        opening = next_opening(wave.plan, max(self.clock.now(), wave.opens_at))
        queue_letters(
            *(self.database, session, self.clock, wave.id, INVITATION.name, theirs),
            not_before=opening,
        )
        return invited


def _left(session: Session, wave: int, people: Sequence[FramePerson]) -> Iterator[FramePerson]:
    of_wave = SampledPerson.wave_id == wave
    known = select(SampledPerson.person).where(
        of_wave, SampledPerson.person.in_([one.person for one in people])
    )
    ids = [case.transaction for one in people for case in one.cases]
    taken = select(SampledPerson.transaction_id).where(
        of_wave, SampledPerson.transaction_id.in_(ids)
    )
    considered, gone = set(session.scalars(known)), set(session.scalars(taken))
    now = {
        row.id: (row.person, row.returned, row.unit, row.service, row.channel)
        for row in session.execute(
            select(
                *(Transaction.id, Transaction.person, Transaction.returned),
                *(Transaction.unit, Transaction.service, Transaction.channel),
            ).where(Transaction.id.in_(ids))
        )
    }
    for one in people:
        left = tuple(
            case
            for case in one.cases
            if case.transaction not in gone and now.get(case.transaction) == _as_walked(one, case)
        )
        if left and one.person not in considered:
            yield FramePerson(person=one.person, cases=left)


def _as_walked(one: FramePerson, case: Case) -> tuple[object, ...]:
    return (one.person, case.returned, case.unit, case.service, case.channel)

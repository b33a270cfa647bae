"""Which letters are due: each wave has its share, its oldest first, the needless dropped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, ScalarSelect, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from mailer.sending.outbox import State
from survey_service.mailing.sending.dropping import (
    FACTS,
    STOPPED,
    WAITING,
    drop,
    drop_all,
    is_over,
    reason_to_drop,
)
from survey_service.mailing.sending.lanes import Lane
from survey_service.mailing.sending.pace import Quota
from survey_service.store.base import Instant
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.steps import LINKS, STEPS
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.plan import WavePlan, plan_from_json

MOST_DROPPED: Final = 5_000
"""Letters of a wave that is over, dropped in one transaction: some tenths of a second."""

_ROUNDS: Final = 32
"""How often one claim looks further where what it found was not to be sent."""

AT_ANY_TIME: Final = frozenset(step.name for step in LINKS)
"""Whoever asks for their link is waiting for it, also at night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWave:
    """A wave with waiting letters, and which steps of it may go now, later, or never again."""

    id: int
    plan: WavePlan
    now: tuple[str, ...]
    later: tuple[str, ...]
    never: tuple[str, ...]
    opens_at: datetime
    """When its steps of `later` may go."""


def waves_waiting(session: Session, now: datetime, code: str | None) -> list[DueWave]:
    """Read the waves that have letters queued or put off, or one of them, but for paused ones."""
    query = select(Wave.id, Wave.state, Wave.closes_at, Wave.plan).where(
        Wave.state != STOPPED, or_(*(_earliest(state).is_not(None) for state in WAITING))
    )
    if code is not None:
        query = query.where(Wave.code == code)
    return [
        due_wave(row.id, row.state, row.closes_at, plan_from_json(row.plan), now)
        for row in session.execute(query.order_by(Wave.id))
    ]


def _earliest(state: State) -> ScalarSelect[datetime]:
    # One look into the index; for an EXISTS PostgreSQL may read every letter there is.
    return (
        select(func.min(Letter.not_before))
        .where(Letter.wave_id == Wave.id, Letter.state == state)
        .scalar_subquery()
    )


def due_wave(wave: int, state: str, closes_at: datetime, plan: WavePlan, now: datetime) -> DueWave:
    """Say which steps of a wave fit its state and its send window."""
    opens_at = next_opening(plan, now)
    fits, never = list[str](), list[str]()
    for step in STEPS.values():
        if is_over(step, state, closes_at, now):
            never.append(step.name)
        elif step.goes_in(state):
            fits.append(step.name)
    at_once = [name for name in fits if opens_at <= now or name in AT_ANY_TIME]
    return DueWave(
        id=wave,
        plan=plan,
        now=tuple(at_once),
        later=tuple(name for name in fits if name not in at_once),
        never=tuple(never),
        opens_at=opens_at,
    )


def _candidates(state: State, *, served: bool, shut: bool) -> Select[*tuple[Any, ...]]:
    first = (
        select(func.min(Letter.id))
        .where(Letter.invitation_id == Invitation.id, Letter.step == "invitation")
        .correlate(Invitation)
        .scalar_subquery()
    )
    query = (
        select(
            *FACTS,
            Wave.code.label("wave"),
            Invitation.public_id,
            Invitation.generation,
            Invitation.units,
            Contact.name,
            Contact.email,
            Contact.group.label("group"),
            Contact.own_unit,
            Invitation.rotation,
            Contact.language,
            Contact.transactions,
            first.label("first"),
        )
        .join(Wave, Wave.id == Letter.wave_id)
        .join(Invitation, Invitation.id == Letter.invitation_id)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(
            Letter.wave_id == bindparam("wave_id"),
            Letter.state == state,
            Letter.not_before <= bindparam("as_of", type_=Instant),
            Letter.step.in_(bindparam("steps", expanding=True)),
        )
        .order_by(Letter.not_before, Letter.id)
        .limit(bindparam("most"))
        .with_for_update(of=Letter, skip_locked=True)
    )
    if served:
        query = query.where(Letter.domain.in_(bindparam("served", expanding=True)))
    if shut:
        query = query.where(Letter.domain.not_in(bindparam("shut", expanding=True)))
    return query


_CANDIDATES: Final = {
    (state, served, shut): _candidates(state, served=served, shut=shut)
    for state in WAITING
    for served in (False, True)
    for shut in (False, True)
}
"""Built once: of a claim's time most would go into building its statements."""

_CLAIM: Final = (
    update(Letter)
    .where(Letter.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=State.CLAIMED,
        attempt=Letter.attempt + 1,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until", type_=Instant),
    )
)


@dataclass(slots=True, kw_only=True)
class Claiming:
    """One claim: who claims, for which lane, within what the pace leaves."""

    session: Session
    now: datetime
    lane: Lane
    quota: Quota
    owner: str
    lease: timedelta
    taken: dict[str, int] = field(default_factory=dict[str, int])
    """Letters claimed so far, by domain."""
    shut: set[str] = field(default_factory=set[str])
    """Domains that get no more letters now."""

    def of(self, waves: Sequence[DueWave], limit: int) -> list[Row[*tuple[Any, ...]]]:
        """Claim up to `limit` letters, an equal share of each wave that has so many."""
        for domain in self.lane.domain_limits:
            self._shut_if_full(domain)
        claimed: list[Row[*tuple[Any, ...]]] = []
        for wave in waves:
            if wave.never:
                drop_all(self.session, wave.id, wave.never, self.now, MOST_DROPPED)
        active = [wave for wave in waves if wave.now]
        while active and len(claimed) < limit:
            share = -(-(limit - len(claimed)) // len(active))
            full: list[DueWave] = []
            for wave in active:
                wanted = min(share, limit - len(claimed))
                got = self._of_wave(wave, wanted) if wanted else []
                claimed += got
                if len(got) == wanted:
                    full.append(wave)
            active = full
        return claimed

    def _of_wave(self, wave: DueWave, wanted: int) -> list[Row[*tuple[Any, ...]]]:
        claimed: list[Row[*tuple[Any, ...]]] = []
        for _ in range(_ROUNDS):
            rows = self._oldest(wave, wanted - len(claimed))
            reasons = [(row.id, reason_to_drop(row, self.now)) for row in rows]
            dropped = [(letter, reason) for letter, reason in reasons if reason is not None]
            drop(self.session, dropped, self.now)
            gone = {letter for letter, _ in dropped}
            going = [row for row in rows if row.id not in gone and self._has_room(row.domain)]
            if going:
                claim = {
                    "ids": [row.id for row in going],
                    "owner": self.owner,
                    "until": self.now + self.lease,
                }
                self.session.connection().execute(_CLAIM, claim)
            claimed += going
            if len(going) == len(rows) or len(claimed) == wanted:
                break
        return claimed

    def _oldest(self, wave: DueWave, most: int) -> list[Row[*tuple[Any, ...]]]:
        values = {
            "wave_id": wave.id,
            "as_of": self.now,
            "steps": wave.now,
            "most": most,
            "served": self.lane.domains,
            "shut": sorted(self.shut),
        }
        # Two scans of the index, each of which stops in time; one over both states would sort.
        rows: list[Row[*tuple[Any, ...]]] = []
        for state in WAITING:
            query = _CANDIDATES[state, bool(self.lane.domains), bool(self.shut)]
            rows += self.session.connection().execute(query, values).all()
        rows.sort(key=lambda row: (row.not_before, row.id))
        return rows[:most]

    def _has_room(self, domain: str) -> bool:
        if domain in self.shut:
            return False
        self.taken[domain] = self.taken.get(domain, 0) + 1
        self._shut_if_full(domain)
        return True

    def _shut_if_full(self, domain: str) -> None:
        room = self.quota.room_for(domain)
        if room is not None and self.taken.get(domain, 0) >= room:
            self.shut.add(domain)

"""How a wave goes: counts of people and letters, and never an answer about a unit."""

from datetime import datetime

import msgspec
from sqlalchemy import Integer, case, func, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from survey_service.store.answers import Draft
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, PausedTransport, Suppression, WaveStep
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.steps import INVITATION, PRE_NOTICE, STEPS
from survey_service.waves.reading import LoadedWave, WaveState, load_wave

ZONE = "UTC"
"""The zone of counts that were kept before waves told theirs."""
ENDED = frozenset({"sent", "failed", "dropped"})
"""The states of a letter that nothing will change by itself."""
EVERYBODY = frozenset({PRE_NOTICE.name, INVITATION.name})
"""The steps that every invitation has a letter of."""
MAIL, RECEIPT = "web", "receipt"
"""The modes of people who get mail, and of those who come by themselves."""
LEARNT = ("bounced", "delayed", "delivered", "complained")
"""What is learnt about a letter after it was sent."""


class GroupStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One group: invited, begun (a draft with an answer, not sent in yet) and answered."""

    group: Code
    invited: int
    begun: int
    answered: int


class StepStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The letters of one step by state, and what was learnt about them since, letters each.

    `expected` is how many letters the step must have. `resent` counts those that went out twice,
    or may have, since nobody knew whether the first was accepted.
    """

    step: str
    states: dict[str, int]
    expected: int = 0
    resent: int = 0
    bounced: int = 0
    delayed: int = 0
    delivered: int = 0
    complained: int = 0

    @property
    def open(self) -> int:
        """Letters whose end is still to come, or to be found out."""
        return sum(count for state, count in self.states.items() if state not in ENDED)

    @property
    def finished(self) -> bool:
        """Whether the counts add up: every letter is there, and every one has ended."""
        return self.open == 0 and sum(self.states.values()) >= self.expected


class LateStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the plan that came too late to be sent unasked."""

    step: str
    due_at: datetime


class StoppedRelay(msgspec.Struct, frozen=True, kw_only=True):
    """A relay through which nothing goes until staff let it."""

    name: str
    reason: str
    at: datetime


class WaveStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A wave's progress; groups come in the order of the framework, letters in the plan's.

    `withdrawn` counts, for the wave as a whole, the people invited who took their response back;
    `opted_out` and `suppressed` those listed who are not written to, by their own wish or since
    their mail bounced. `purged` tells that only these counts are left. `late` steps ask whether
    to send; `stopped` relays are everybody's. `zone` is the wave's own. Of `codes` given out for
    receipts `volunteers` answered by one; they are in no group's counts.
    """

    code: str
    state: WaveState
    contacts: int
    groups: tuple[GroupStatus, ...]
    letters: tuple[StepStatus, ...]
    withdrawn: int = 0
    opted_out: int = 0
    suppressed: int = 0
    purged: bool = False
    late: tuple[LateStep, ...] = ()
    stopped: tuple[StoppedRelay, ...] = ()
    zone: str = ZONE
    codes: int = 0
    volunteers: int = 0

    @property
    def total(self) -> GroupStatus:
        """Sum up the groups."""
        return GroupStatus(
            group="",
            invited=sum(row.invited for row in self.groups),
            begun=sum(row.begun for row in self.groups),
            answered=sum(row.answered for row in self.groups),
        )

    @property
    def finished(self) -> bool:
        """Whether every step that was begun is through."""
        return all(step.finished for step in self.letters)


# Made at the import: msgspec takes a struct's annotations in when it first meets it, and two
# threads that meet it at once crash the process.
msgspec.json.Decoder(WaveStatus)


def wave_status(session: Session, code: str) -> WaveStatus:
    """Count how far a wave is, or give the counts kept at its cut-off; raises WaveUnknownError.

    What goes out after the cut-off, and what waits for staff, is counted at any time.
    """
    wave = load_wave(session, code)
    kept = session.scalar(select(Wave.tally).where(Wave.id == wave.id))
    if kept is not None:
        then = msgspec.convert(kept, WaveStatus)
        late = [name for name, step in STEPS.items() if step.after == "published"]
        since = [step for step in _letters(session, wave.id) if step.step in late]
        # The purge keeps the counts of those letters too, which then are no more.
        counted = {step.step for step in since}
        return msgspec.structs.replace(
            then,
            state=wave.state,
            purged=then.contacts > 0 and not _listed(session, wave.id),
            letters=(*(step for step in then.letters if step.step not in counted), *since),
            late=_late(session, wave.id),
            stopped=_stopped(session),
            zone=wave.plan.zone,
        )
    withdrawn = (
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.wave_id == wave.id, Invitation.withdrawn)
    )
    codes, volunteers = _receipts(session, wave.id)
    return WaveStatus(
        code=wave.code,
        state=wave.state,
        contacts=_listed(session, wave.id),
        groups=_groups(session, wave),
        letters=_letters(session, wave.id),
        withdrawn=session.scalar(withdrawn) or 0,
        opted_out=_not_written_to(session, wave, opted_out=True),
        suppressed=_not_written_to(session, wave, opted_out=False),
        late=_late(session, wave.id),
        stopped=_stopped(session),
        zone=wave.plan.zone,
        codes=codes,
        volunteers=volunteers,
    )


def _listed(session: Session, wave: int) -> int:
    contacts = (
        select(func.count())
        .select_from(Contact)
        .where(Contact.wave_id == wave, Contact.mode != RECEIPT)
    )
    return session.scalar(contacts) or 0


def _receipts(session: Session, wave: int) -> tuple[int, int]:
    """Count the codes given out for receipts, and the answers that came by them."""
    row = session.execute(
        select(
            func.count().label("codes"),
            func.sum(case((Invitation.answered, 1), else_=0), type_=Integer).label("answers"),
        )
        .select_from(Invitation)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(Invitation.wave_id == wave, Contact.mode == RECEIPT)
    ).one()
    return row.codes, row.answers or 0


def _groups(session: Session, wave: LoadedWave) -> tuple[GroupStatus, ...]:
    begun = Invitation.answered.is_(False) & (Draft.answered > 0)
    rows = session.execute(
        select(
            Contact.group,
            func.count().label("invited"),
            func.sum(case((begun, 1), else_=0), type_=Integer).label("begun"),
            func.sum(case((Invitation.answered, 1), else_=0), type_=Integer).label("answered"),
        )
        .join(Invitation, Invitation.contact_id == Contact.id)
        .outerjoin(Draft, Draft.invitation_id == Invitation.id)
        .where(
            Invitation.wave_id == wave.id,
            Invitation.revoked.is_(False),
            Contact.mode != RECEIPT,
        )
        .group_by(Contact.group)
    )
    order = {group.code: place for place, group in enumerate(wave.framework.groups)}
    statuses = [
        GroupStatus(group=row.group, invited=row.invited, begun=row.begun, answered=row.answered)
        for row in rows
    ]
    return tuple(sorted(statuses, key=lambda row: (order.get(row.group, len(order)), row.group)))


def _letters(session: Session, wave: int) -> tuple[StepStatus, ...]:
    rows = session.execute(
        select(
            Letter.step,
            Letter.state,
            func.count().label("letters"),
            func.sum(case((Letter.resent > 0, 1), else_=0), type_=Integer).label("resent"),
        )
        .where(Letter.wave_id == wave)
        .group_by(Letter.step, Letter.state)
    )
    states: dict[str, dict[str, int]] = {}
    resent: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.state):
        states.setdefault(row.step, {})[row.state] = row.letters
        resent[row.step] = resent.get(row.step, 0) + row.resent
    learnt = _learnt(session, wave)
    invited = (
        select(func.count())
        .select_from(Invitation)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(Invitation.wave_id == wave, Contact.mode == MAIL)
    )
    everybody = session.scalar(invited) or 0
    order = {name: place for place, name in enumerate(STEPS)}
    return tuple(
        StepStatus(
            step=step,
            states=states[step],
            expected=everybody if step in EVERYBODY else sum(states[step].values()),
            resent=resent[step],
            **learnt.get(step, {}),
        )
        for step in sorted(states, key=lambda step: (order.get(step, len(order)), step))
    )


def _learnt(session: Session, wave: int) -> dict[str, dict[str, int]]:
    rows = session.execute(
        select(
            Letter.step,
            LetterEvent.event,
            func.count(LetterEvent.letter_id.distinct()).label("letters"),
        )
        .join(LetterEvent, LetterEvent.letter_id == Letter.id)
        .where(Letter.wave_id == wave, LetterEvent.event.in_(LEARNT))
        .group_by(Letter.step, LetterEvent.event)
    )
    learnt: dict[str, dict[str, int]] = {}
    for row in rows:
        learnt.setdefault(row.step, {})[row.event] = row.letters
    return learnt


def _not_written_to(session: Session, wave: LoadedWave, *, opted_out: bool) -> int:
    wished = Suppression.reason == "opt-out"
    ruling = (
        Suppression.email_key == Contact.email_key,
        Suppression.released_at.is_(None),
        Suppression.wave.is_(None) | (Suppression.wave == wave.code),
    )
    by_wish = select(Suppression.id).where(*ruling, wished).exists()
    otherwise = select(Suppression.id).where(*ruling, ~wished).exists()
    which = by_wish if opted_out else otherwise & ~by_wish
    counted = select(func.count()).select_from(Contact).where(Contact.wave_id == wave.id, which)
    return session.scalar(counted) or 0


def _late(session: Session, wave: int) -> tuple[LateStep, ...]:
    rows = session.execute(
        select(WaveStep.step, WaveStep.due_at)
        .where(WaveStep.wave_id == wave, WaveStep.state == "late")
        .order_by(WaveStep.due_at, WaveStep.step)
    )
    return tuple(LateStep(step=row.step, due_at=row.due_at) for row in rows)


def _stopped(session: Session) -> tuple[StoppedRelay, ...]:
    rows = session.scalars(select(PausedTransport).order_by(PausedTransport.name))
    return tuple(StoppedRelay(name=row.name, reason=row.reason, at=row.at) for row in rows)

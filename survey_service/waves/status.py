"""How a wave goes: counts of people and letters, and never an answer about a unit."""

import msgspec
from sqlalchemy import Integer, case, func, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from survey_service.store.answers import Draft
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.reading import LoadedWave, WaveState, load_wave


class GroupStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One group: invited, begun (a draft with an answer, not sent in yet) and answered."""

    group: Code
    invited: int
    begun: int
    answered: int


class StepStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The letters of one step by state."""

    step: str
    states: dict[str, int]


class WaveStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A wave's progress; groups come in the order of the framework.

    `withdrawn` counts, for the wave as a whole, the people invited who took their response back.
    """

    code: str
    state: WaveState
    contacts: int
    groups: tuple[GroupStatus, ...]
    letters: tuple[StepStatus, ...]
    withdrawn: int = 0

    @property
    def total(self) -> GroupStatus:
        """Sum up the groups."""
        return GroupStatus(
            group="",
            invited=sum(row.invited for row in self.groups),
            begun=sum(row.begun for row in self.groups),
            answered=sum(row.answered for row in self.groups),
        )


def wave_status(session: Session, code: str) -> WaveStatus:
    """Count how far a wave is, or give the counts kept at its cut-off; raises WaveUnknownError."""
    wave = load_wave(session, code)
    kept = session.scalar(select(Wave.tally).where(Wave.id == wave.id))
    if kept is not None:
        return msgspec.structs.replace(msgspec.convert(kept, WaveStatus), state=wave.state)
    contacts = select(func.count()).select_from(Contact).where(Contact.wave_id == wave.id)
    withdrawn = (
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.wave_id == wave.id, Invitation.withdrawn)
    )
    return WaveStatus(
        code=wave.code,
        state=wave.state,
        contacts=session.scalar(contacts) or 0,
        groups=_groups(session, wave),
        letters=_letters(session, wave.id),
        withdrawn=session.scalar(withdrawn) or 0,
    )


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
        .where(Invitation.wave_id == wave.id, Invitation.revoked.is_(False))
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
        select(Letter.step, Letter.state, func.count().label("letters"))
        .where(Letter.wave_id == wave)
        .group_by(Letter.step, Letter.state)
    )
    steps: dict[str, dict[str, int]] = {}
    for row in sorted(rows, key=lambda row: (row.step, row.state)):
        steps.setdefault(row.step, {})[row.state] = row.letters
    return tuple(StepStatus(step=step, states=states) for step, states in steps.items())

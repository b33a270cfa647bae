"""The people invited to a wave, as the coarsening of its strata sees them."""

from collections import defaultdict
from collections.abc import Collection, Sequence

import msgspec
from msgspec.structs import replace
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from questionnaires.index import Mode
from questionnaires.relations import Rater, assign
from survey_service.frame.register import units_in_force
from survey_service.freezing.drawn_people import DrawnPeople
from survey_service.freezing.drawn_strata import fpc_population
from survey_service.freezing.narrowing import InvitedPerson
from survey_service.store.people import Contact, Invitation
from survey_service.waves.assignment import rated_unit, relation_in
from survey_service.waves.reading import LoadedWave

STRATIFIED_BY_UNIT = frozenset({"own", "transaction"})

Invited = Row[Invitation, Contact]


def invited_people(session: Session, wave_id: int, *, revoked: bool = False) -> Sequence[Invited]:
    """Read the invitations of a wave with their contacts, in order: the standing or the revoked."""
    return session.execute(
        select(Invitation, Contact)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(Invitation.wave_id == wave_id, Invitation.revoked.is_(revoked))
        .order_by(Invitation.id)
    ).all()


def came(invited: Sequence[Invited], answered: Collection[int]) -> list[Invited]:
    """Leave out the codes of receipts that nobody answered by: they were given to nobody known.

    `answered` are invitations.
    """
    return [one for one in invited if one[1].mode != "receipt" or one[0].id in answered]


def described(
    session: Session, wave: LoadedWave, invited: Sequence[Invited], drawn: DrawnPeople | None
) -> list[InvitedPerson]:
    """Describe everybody invited, with the units that a drawn subset might have given them."""
    eligible = _eligible(session, wave, invited)
    return [
        described_person(wave, invitation, contact, drawn, eligible.get(str(invitation.id), ()))
        for invitation, contact in invited
    ]


def described_person(
    wave: LoadedWave,
    invitation: Invitation,
    contact: Contact,
    drawn: DrawnPeople | None,
    eligible: Sequence[str] = (),
) -> InvitedPerson:
    """Describe one person; without `eligible` only the units that they were given count.

    Somebody drawn stands where they were drawn, whatever else is known of their transaction.
    """
    stratum = None if drawn is None else drawn.stratum(contact.id)
    if stratum is not None:
        unit, service, channel = stratum.unit, stratum.service, stratum.channel
        label, population, mode = "", fpc_population(stratum), stratum.mode
    else:
        unit = _stratum_unit(wave, contact.group, invitation.units)
        service, channel = contact.service or "", contact.channel or ""
        label, population = contact.stratum or "", contact.population
        mode = msgspec.convert(contact.mode, Mode)
    return InvitedPerson(
        group=contact.group,
        eligible=frozenset(eligible) | set(invitation.units),
        assigned=frozenset(invitation.units),
        unit=unit,
        service=service,
        channel=channel,
        mode=mode,
        label=label,
        population=population,
        weight="1" if stratum is not None else contact.weight,
    )


def _eligible(
    session: Session, wave: LoadedWave, invited: Sequence[Invited]
) -> dict[str, tuple[str, ...]]:
    """Give the units each person might have been given, had no subset been drawn."""
    units = [rated_unit(unit) for unit in units_in_force(session, wave.plan.opens)]
    raters: dict[str, list[Rater]] = defaultdict(list)
    for invitation, contact in invited:
        raters[contact.group].append(
            Rater(
                key=str(invitation.id),
                own_unit=contact.own_unit,
                sectors=tuple(contact.sectors),
                transactions=tuple(row["unit"] for row in contact.transactions),
            )
        )
    eligible: dict[str, tuple[str, ...]] = {}
    for group, people in raters.items():
        relation = relation_in(wave.framework, wave.questionnaires, group)
        if relation is not None:
            whole = replace(relation, subset=None)
            eligible |= assign(whole, people, units, seed=wave.plan.seed)
    return eligible


def _stratum_unit(wave: LoadedWave, group: str, units: Sequence[str]) -> str:
    if wave.questionnaires.relation(group).rates.units not in STRATIFIED_BY_UNIT:
        return ""
    return min(units, default="")

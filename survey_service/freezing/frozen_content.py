"""What a closed wave leaves in its dataset, put together from the tables."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.dataset.content import BallotRow, DatasetContent, FreeText
from survey_service.dataset.design import (
    DatasetUnit,
    Design,
    Issued,
    ListKind,
    Sampling,
    StratumDispositions,
    WaveLabel,
)
from survey_service.entropy import Entropy
from survey_service.frame.register import units_in_force
from survey_service.freezing.coarsening import Coarsened, coarsen
from survey_service.freezing.dispositions import count_dispositions, dispositions
from survey_service.freezing.drawn_people import DrawnPeople, drawn_people
from survey_service.freezing.invited_people import (
    Invited,
    came,
    described,
    described_person,
    invited_people,
)
from survey_service.freezing.narrowing import declarations
from survey_service.freezing.stated_sampling import state_sampling, weigh_drawn
from survey_service.store.answers import Ballot, Response
from survey_service.store.people import Invitation
from survey_service.waves.reading import LoadedWave

KEY_BYTES = 8


def frozen_content(session: Session, wave: LoadedWave, entropy: Entropy) -> DatasetContent:
    """Put together what the tables hold of a closed wave, people left out.

    Ballots of people who stand in a drawn group without having been drawn are left out: somebody
    added them past the service. Raises ProblemsError where the lists contradict themselves.
    """
    drawn = drawn_people(session, wave)
    threshold = wave.framework.rules.disclosure_threshold
    answered = set(
        session.scalars(
            select(Response.invitation_id)
            .join(Invitation, Invitation.id == Response.invitation_id)
            .where(Invitation.wave_id == wave.id)
        )
    )
    listed = came(invited_people(session, wave.id), answered)
    strangers = {one[0].id for one in listed if drawn is not None and drawn.is_strange(one[1])}
    invited = [one for one in listed if one[0].id not in strangers]
    people = described(session, wave, invited, drawn)
    coarsened = coarsen(people, threshold, _list_kinds(wave, drawn))
    weights = {invitation.id: contact.weight for invitation, contact in invited}
    sampling = None
    if drawn is not None:
        own, weighted = weigh_drawn(drawn, invited, coarsened, answered, threshold)
        weights |= own
        people = [
            replace(person, weight=weights[invitation.id])
            for (invitation, _), person in zip(invited, people, strict=True)
        ]
        coarsened = replace(
            coarsened, declared=declarations(people, coarsened.stratum_of, threshold)
        )
        sampling = state_sampling(session, wave, drawn, weighted.strata, strangers=len(strangers))
    ballots, texts = _answers(
        session,
        wave,
        {
            invitation.id: (stratum, weights[invitation.id])
            for (invitation, _), stratum in zip(invited, coarsened.stratum_of, strict=True)
        },
        strangers,
        entropy,
    )
    return DatasetContent(
        framework=wave.framework,
        questionnaires=wave.questionnaires,
        design=_design(
            wave,
            invited,
            coarsened,
            _dispositions(session, wave, invited, coarsened, drawn),
            _predecessors(session, wave),
            sampling,
        ),
        ballots=ballots,
        free_text=texts,
    )


def _list_kinds(wave: LoadedWave, drawn: DrawnPeople | None) -> dict[str, ListKind]:
    kinds: dict[str, ListKind] = {
        relation.group: relation.list_kind for relation in wave.questionnaires.relations
    }
    if drawn is not None:
        kinds[drawn.plan.group] = "drawn"
    return kinds


def _answers(
    session: Session,
    wave: LoadedWave,
    about: Mapping[int, tuple[str, str]],
    strangers: Collection[int],
    entropy: Entropy,
) -> tuple[list[BallotRow], list[FreeText]]:
    """Read ballots and texts; `about` gives stratum and weight by invitation."""
    rows = session.execute(
        select(Ballot)
        .join(Invitation, Invitation.id == Ballot.invitation_id)
        .where(Invitation.wave_id == wave.id)
        .order_by(Ballot.invitation_id, Ballot.unit)
    ).scalars()
    keys: dict[int, str] = {}
    ballots: list[BallotRow] = []
    for row in rows:
        if row.invitation_id in strangers:
            continue
        if row.invitation_id not in keys:
            keys[row.invitation_id] = entropy.token(KEY_BYTES).hex()
        stratum, weight = about[row.invitation_id]
        ballots.append(
            BallotRow(
                ballot=entropy.token(KEY_BYTES).hex(),
                respondent=keys[row.invitation_id],
                stratum=stratum,
                unit=row.unit,
                familiar=row.familiar,
                answers=row.answers,
                weight=weight,
            )
        )
    written = session.execute(
        select(Response.invitation_id, Response.texts)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .where(Invitation.wave_id == wave.id)
    )
    texts = [
        FreeText(item=entry["item"], unit=entry["unit"], text=entry["text"])
        for invitation, entries in written
        if invitation not in strangers
        for entry in entries
    ]
    return ballots, texts


def _dispositions(
    session: Session,
    wave: LoadedWave,
    invited: Sequence[Invited],
    coarsened: Coarsened,
    drawn: DrawnPeople | None,
) -> tuple[StratumDispositions, ...]:
    """Count what became of everybody, revoked invitations in the stratum where they would stand."""
    revoked = invited_people(session, wave.id, revoked=True)
    standing = [invitation.id for invitation, _ in invited]
    strata = list(zip(standing, coarsened.stratum_of, strict=True))
    for invitation, contact in revoked:
        stratum = coarsened.stratum_for(described_person(wave, invitation, contact, drawn))
        if stratum is not None:
            strata.append((invitation.id, stratum))
    return count_dispositions(dispositions(session, wave), strata, coarsened)


def _predecessors(session: Session, wave: LoadedWave) -> dict[str, tuple[str, ...]]:
    """Give the units that each one replaced, for a comparison with a former wave."""
    return {
        unit.code: tuple(sorted(unit.successor_of))
        for unit in units_in_force(session, wave.plan.opens)
    }


def _design(
    wave: LoadedWave,
    invited: Sequence[Invited],
    coarsened: Coarsened,
    counted: tuple[StratumDispositions, ...],
    predecessors: Mapping[str, tuple[str, ...]],
    sampling: Sampling | None,
) -> Design:
    modes = wave.framework.rules.modes
    issued = Counter(
        (unit, contact.group)
        for invitation, contact in invited
        if contact.mode in modes
        for unit in invitation.units
    )
    return Design(
        wave=WaveLabel(code=wave.code, title=wave.plan.title, year=wave.framework.year),
        units=tuple(
            DatasetUnit(
                code=unit.code,
                name=Text(vi=unit.name_vi, en=unit.name_en),
                unit_class=unit.unit_class,
                successor_of=predecessors.get(unit.code, ()),
            )
            for unit in wave.units.values()
        ),
        strata=coarsened.strata,
        issued=tuple(
            Issued(unit=unit, group=group, ballots=count)
            for (unit, group), count in sorted(issued.items())
        ),
        seed=wave.plan.seed,
        threshold=wave.framework.rules.disclosure_threshold,
        coarsened=coarsened.coarsened,
        declared=coarsened.declared,
        dispositions=counted,
        sampling=sampling,
    )

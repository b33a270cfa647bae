"""The cut-off: answers move into the restricted dataset and lose their people for good."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.text import Text
from survey_service import journal
from survey_service.clock import Clock
from survey_service.coarsening import Coarsened, coarsen
from survey_service.dataset.content import BallotRow, DatasetContent, FreeText
from survey_service.dataset.design import (
    DatasetUnit,
    Design,
    Issued,
    StratumDispositions,
    WaveLabel,
)
from survey_service.dataset.writing import write_dataset
from survey_service.dispositions import count_dispositions, dispositions
from survey_service.entropy import Entropy
from survey_service.frame.register import units_in_force
from survey_service.invited_people import Invited, described, described_person, invited_people
from survey_service.store.answers import Ballot, Response
from survey_service.store.database import Database
from survey_service.store.people import Invitation
from survey_service.store.scrubbing import scrub
from survey_service.store.waves import Wave
from survey_service.waves.forgetting import CLEARED, forget_answering
from survey_service.waves.mail_plan.step_keeping import drop_waiting
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.reading import LoadedWave, load_wave
from survey_service.waves.status import wave_status
from survey_service.waves.transitions import change_state

KEY_BYTES = 8


def freeze_wave(
    database: Database, clock: Clock, entropy: Entropy, *, code: str, folder: Path, actor: str
) -> str:
    """Freeze a closed wave into `folder` and give the dataset's hash.

    In the transaction that records the hash, every response, ballot and draft is deleted, and
    with them who answered and which units anybody rated; the counts are kept.
    Freezing again gives the same hash. Raises WaveUnknownError, WaveStateError where the wave is
    not closed, and ProblemsError where the lists contradict themselves, or where somebody reading
    the database keeps its files from being cleaned: then freezing again cleans them.
    """
    with database.writing() as session:
        wave = load_wave(session, code)
        frozen = session.scalar(select(Wave.dataset_hash).where(Wave.id == wave.id))
        if frozen is None:
            frozen = _freeze(session, clock, entropy, wave=wave, folder=folder, actor=actor)
    if not scrub(database, CLEARED):
        raise ProblemsError(_still_read(code))
    return frozen


def _freeze(
    session: Session,
    clock: Clock,
    entropy: Entropy,
    *,
    wave: LoadedWave,
    folder: Path,
    actor: str,
) -> str:
    change_state(session, wave.code, "freeze")
    journal.require_whole(session)
    content = _gather(session, wave, entropy)
    # A folder from an attempt that never committed belongs to no dataset.
    shutil.rmtree(folder, ignore_errors=True)
    dataset_hash = write_dataset(folder, content)
    waiting = [name for name, step in STEPS.items() if step.after == "open"]
    drop_waiting(session, clock, wave.id, waiting, "wave-over")
    tally = msgspec.to_builtins(wave_status(session, wave.code))
    forget_answering(session, session.get_one(Wave, wave.id))
    session.execute(
        update(Wave).where(Wave.id == wave.id).values(dataset_hash=dataset_hash, tally=tally)
    )
    journal.record(
        session,
        clock,
        actor=actor,
        wave=wave.code,
        event="frozen",
        details={"dataset": dataset_hash, "ballots": len(content.ballots)},
    )
    return dataset_hash


def _gather(session: Session, wave: LoadedWave, entropy: Entropy) -> DatasetContent:
    invited = invited_people(session, wave.id)
    coarsened = coarsen(
        described(session, wave, invited),
        wave.framework.rules.disclosure_threshold,
        {relation.group: relation.list_kind for relation in wave.questionnaires.relations},
    )
    ballots, texts = _answers(session, wave, invited, coarsened, entropy)
    return DatasetContent(
        framework=wave.framework,
        questionnaires=wave.questionnaires,
        design=_design(
            wave,
            invited,
            coarsened,
            _dispositions(session, wave, invited, coarsened),
            _predecessors(session, wave),
        ),
        ballots=ballots,
        free_text=texts,
    )


def _answers(
    session: Session,
    wave: LoadedWave,
    invited: Sequence[Invited],
    coarsened: Coarsened,
    entropy: Entropy,
) -> tuple[list[BallotRow], list[FreeText]]:
    about = {
        invitation.id: (stratum, contact.weight)
        for (invitation, contact), stratum in zip(invited, coarsened.stratum_of, strict=True)
    }
    rows = session.execute(
        select(Ballot)
        .join(Invitation, Invitation.id == Ballot.invitation_id)
        .where(Invitation.wave_id == wave.id)
        .order_by(Ballot.invitation_id, Ballot.unit)
    ).scalars()
    keys: dict[int, str] = {}
    ballots: list[BallotRow] = []
    for row in rows:
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
        select(Response.texts)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .where(Invitation.wave_id == wave.id)
    ).scalars()
    texts = [
        FreeText(item=entry["item"], unit=entry["unit"], text=entry["text"])
        for entries in written
        for entry in entries
    ]
    return ballots, texts


def _dispositions(
    session: Session, wave: LoadedWave, invited: Sequence[Invited], coarsened: Coarsened
) -> tuple[StratumDispositions, ...]:
    """Count what became of everybody, revoked invitations in the stratum where they would stand."""
    revoked = invited_people(session, wave.id, revoked=True)
    standing = [invitation.id for invitation, _ in invited]
    strata = list(zip(standing, coarsened.stratum_of, strict=True))
    for invitation, contact in revoked:
        stratum = coarsened.stratum_for(described_person(wave, invitation, contact))
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
) -> Design:
    issued = Counter(
        (unit, contact.group) for invitation, contact in invited for unit in invitation.units
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
    )


def _still_read(code: str) -> Problem:
    return problem(
        f"đợt/wave {code}",
        "đã chốt số liệu, nhưng một chương trình khác đang đọc cơ sở dữ liệu nên dữ liệu cũ chưa "
        "xóa hết khỏi tệp; đóng chương trình đó rồi chạy lại: wave freeze.",
        "the wave is frozen, but another program is reading the database and what was deleted is "
        "still in its files; close that program and run again: wave freeze.",
    )

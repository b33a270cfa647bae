"""The cut-off: answers move into the restricted dataset and lose their people for good."""

import shutil
from pathlib import Path

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service import journal
from survey_service.clock import Clock
from survey_service.dataset.writing import write_dataset
from survey_service.entropy import Entropy
from survey_service.freezing.frozen_content import frozen_content
from survey_service.freezing.stated_sampling import reveal_seed
from survey_service.keys import KeyRing
from survey_service.store.database import Database
from survey_service.store.scrubbing import scrub
from survey_service.store.waves import Wave
from survey_service.waves.forgetting import CLEARED, forget_answering
from survey_service.waves.mail_plan.step_keeping import drop_waiting
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.reading import LoadedWave, load_wave
from survey_service.waves.status import wave_status
from survey_service.waves.transitions import change_state


def freeze_wave(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    *,
    code: str,
    folder: Path,
    actor: str,
    keys: KeyRing | None = None,
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
            frozen = _freeze(
                session, clock, entropy, wave=wave, folder=folder, actor=actor, keys=keys
            )
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
    keys: KeyRing | None,
) -> str:
    change_state(session, wave.code, "freeze")
    journal.require_whole(session)
    seed = reveal_seed(session, wave, keys)
    content = frozen_content(session, wave, entropy)
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
        details={
            "dataset": dataset_hash,
            "ballots": len(content.ballots),
            **({} if seed is None else {"sample_seed": seed}),
        },
    )
    return dataset_hash


def _still_read(code: str) -> Problem:
    return problem(
        f"đợt/wave {code}",
        "đã chốt số liệu, nhưng một chương trình khác đang đọc cơ sở dữ liệu nên dữ liệu cũ chưa "
        "xóa hết khỏi tệp; đóng chương trình đó rồi chạy lại: wave freeze.",
        "the wave is frozen, but another program is reading the database and what was deleted is "
        "still in its files; close that program and run again: wave freeze.",
    )

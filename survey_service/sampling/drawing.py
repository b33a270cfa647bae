"""The draw of a wave's sample: the frame is fixed first, then the seed comes, then lot decides."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.keys import KeyRing
from survey_service.pseudonyms import Pseudonyms
from survey_service.sampling.contacts import write_people
from survey_service.sampling.drawable import drawable, nobody, rated_by
from survey_service.sampling.exclusions import AsOf, Exclusions
from survey_service.sampling.fixing import FixedFrame, fix_frame
from survey_service.sampling.frame import FramePerson, walk_frame
from survey_service.sampling.selecting import Selection, select_people
from survey_service.sampling.standing import standings_of
from survey_service.sampling.summary import CoverageCount, Summary
from survey_service.sampling.tracing import DRAWN, draws, record_change
from survey_service.store.database import Database
from survey_service.store.people import Contact
from survey_service.store.transactions import Sample, Transaction
from survey_service.transactions.coverage import coverage
from survey_service.waves.reading import LoadedWave, decode_wave
from survey_service.waves.sample_keeping import remove_listed
from survey_service.waves.sample_plan import SamplePlan
from survey_service.waves.transitions import require_state

SEED_BYTES: Final = 32
_STEP: Final = 2_000

Tell = Callable[[int, int], None]
"""Told how much is done of how much: transactions read and people written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDrawn:
    """What a draw came to; `number` counts the draws of the wave, discarded ones too."""

    people: int
    invited: int
    reserve: int
    number: int
    seed: str
    frame_hash: str
    sample_hash: str
    summary: Summary


def draw_sample(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    keys: KeyRing,
    *,
    code: str,
    actor: str,
    tell: Tell | None = None,
) -> SampleDrawn:
    """Draw the sample of a draft wave, in one transaction: broken off it leaves nothing.

    The seed is taken from the entropy once the frame is fixed, so that nobody can choose whom it
    draws; the key ring proves that addresses are those of the digests that lot goes by. People of
    the sample's group who came from a list before are removed, and counted in the journal. Raises
    WaveUnknownError, WaveStateError, and ProblemsError where the wave draws no sample, has drawn
    one, asks day by day, nobody is in its frame, or an address is not a person's own.
    """
    with database.writing() as session:
        wave = decode_wave(require_state(session, code, "draw"))
        plan = drawable(session, wave)
        former = remove_listed(session, wave.id, plan.group)
        now = clock.now()
        today = now.astimezone(ZoneInfo(wave.plan.zone)).date()
        newest = session.scalar(select(func.max(Transaction.id))) or 0
        newest_contact = session.scalar(select(func.max(Contact.id))) or 0
        excluded = Exclusions()
        frame = frame_of(
            session, wave, plan, today=today, excluded=excluded, tell=_counted(session, plan, tell)
        )
        if not len(frame):
            raise ProblemsError(nobody(wave, excluded))
        seed = entropy.token(SEED_BYTES)
        selection = select_people(frame, plan, seed)
        summary = Summary(
            strata=selection.strata,
            excluded=excluded.counts(),
            coverage=_coverage(session, plan),
        )
        session.add(
            Sample(
                wave_id=wave.id,
                drawn_at=now,
                commitment=hashlib.sha256(seed).hexdigest(),
                seed=seed.hex(),
                frame_hash=frame.fingerprint,
                summary=msgspec.to_builtins(summary),
            )
        )
        session.flush()
        _write(session, wave, selection, summary, Pseudonyms(keys), today=today, tell=tell)
        invited = sum(one.drawn for one in selection.strata)
        reserve = sum(one.reserve for one in selection.strata)
        number = draws(session, wave) + 1
        sample_hash = record_change(
            session,
            clock,
            wave,
            actor=actor,
            event=DRAWN,
            details={
                "draw": number,
                "seed": seed.hex(),
                "frame_hash": frame.fingerprint,
                "units": frame.unit_fingerprints,
                "last_transaction": newest,
                "last_contact": newest_contact,
                "transactions": len(frame.transaction),
                "people": len(frame),
                "invited": invited,
                "reserve": reserve,
                "strata": len(selection.strata),
                "excluded": excluded.by_rule(),
                "removed_from_list": former,
            },
        )
    return SampleDrawn(
        people=len(frame),
        invited=invited,
        reserve=reserve,
        number=number,
        seed=seed.hex(),
        frame_hash=frame.fingerprint,
        sample_hash=sample_hash,
        summary=summary,
    )


def frame_of(
    session: Session,
    wave: LoadedWave,
    plan: SamplePlan,
    *,
    today: date,
    excluded: Exclusions,
    as_of: AsOf | None = None,
    tell: Callable[[int], None] | None = None,
) -> FixedFrame:
    """Fix the frame of a wave as it stands, or as it stood."""
    people = walk_frame(
        session,
        wave,
        today=today,
        units=rated_by(session, wave, plan.group),
        excluded=excluded,
        as_of=as_of,
    )
    return fix_frame(people if tell is None else _telling(people, tell), plan, plan.since)


def _write(
    session: Session,
    wave: LoadedWave,
    selection: Selection,
    summary: Summary,
    pseudonyms: Pseudonyms,
    *,
    today: date,
    tell: Tell | None,
) -> None:
    total = sum(one.drawn + one.reserve for one in selection.strata)
    done = 0
    people = selection.people()
    for count in write_people(
        session, wave, people, pseudonyms, today=today, standings=standings_of(summary)
    ):
        done += count
        if tell is not None:
            tell(done, total)


def _counted(session: Session, plan: SamplePlan, tell: Tell | None) -> Callable[[int], None] | None:
    if tell is None:
        return None
    total = session.scalar(
        select(func.count()).where(Transaction.returned.between(plan.since, plan.until))
    )
    return lambda done: tell(done, total or 0)


def _telling(people: Iterator[FramePerson], tell: Callable[[int], None]) -> Iterator[FramePerson]:
    done = shown = 0
    for person in people:
        done += len(person.cases)
        if done - shown >= _STEP:
            tell(done)
            shown = done
        yield person
    tell(done)


def _coverage(session: Session, plan: SamplePlan) -> tuple[CoverageCount, ...]:
    counted = coverage(session, plan.sources, plan.since, plan.until)
    return tuple(msgspec.convert(msgspec.to_builtins(one), CoverageCount) for one in counted)

"""A draw made again: from the seed in the journal and the transactions that are still there."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.journal import entries
from survey_service.sampling.drawable import drawn_sample, sampled_plan
from survey_service.sampling.drawing import frame_of
from survey_service.sampling.exclusions import AsOf, Exclusions
from survey_service.sampling.fixing import FixedFrame
from survey_service.sampling.selecting import select_people
from survey_service.sampling.tracing import ASKED, DRAWN, draws, is_intact
from survey_service.store.database import Database
from survey_service.store.transactions import Sample, SampledPerson
from survey_service.waves.reading import LoadedWave, load_wave
from survey_service.waves.sample_plan import SamplePlan


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What could be proved of a sample, and what not.

    `seed_journaled`: the sample's seed and frame are those of the newest draw in the journal.
    `frame_unchanged`: whoever is in the frame today was in it then; else `changed_units` are the
    units where it differs, and nothing can be said of the lot itself. `same_people`: the seed draws
    the people of the sample from that frame; None where the frame is not that of the draw.
    `gone` are people of the sample who are no longer in the frame. `intact`: the people asked are
    those drawn, as far as the journal traces them.
    """

    draws: int
    seed_journaled: bool
    frame_unchanged: bool
    changed_units: tuple[str, ...]
    same_people: bool | None
    gone: int
    intact: bool

    @property
    def holds(self) -> bool:
        """Tell whether nothing contradicts the draw, and all of it could be proved."""
        return self.seed_journaled and self.intact and self.same_people is True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    stratum: str
    place: int
    transactions: int
    transaction: int


def check_sample(database: Database, *, code: str) -> Checked:
    """Draw a wave's sample again and compare; changes nothing.

    Raises WaveUnknownError, and ProblemsError where no sample was drawn.
    """
    with database.reading() as session:
        wave = load_wave(session, code)
        plan, sample = sampled_plan(wave), drawn_sample(session, wave)
        named = _journaled(session, wave)
        frame = _frame(session, wave, plan, sample, named)
        unchanged = frame.fingerprint == named.get("frame_hash")
        return Checked(
            draws=draws(session, wave),
            seed_journaled=(sample.seed, sample.frame_hash)
            == (named.get("seed"), named.get("frame_hash")),
            frame_unchanged=unchanged,
            changed_units=_differing(frame, named.get("units", {})),
            same_people=_is_same(session, wave, plan, frame, named) if unchanged else None,
            gone=_gone(session, wave, frame),
            intact=is_intact(session, wave.id),
        )


def _journaled(session: Session, wave: LoadedWave) -> dict[str, Any]:
    newest: dict[str, Any] = {}
    for entry in entries(session, wave=wave.code):
        if entry.event == DRAWN:
            newest = entry.details
    return newest


def _frame(
    session: Session, wave: LoadedWave, plan: SamplePlan, sample: Sample, named: dict[str, Any]
) -> FixedFrame:
    return frame_of(
        session,
        wave,
        plan,
        today=sample.drawn_at.astimezone(ZoneInfo(wave.plan.zone)).date(),
        excluded=Exclusions(),
        as_of=AsOf(
            moment=sample.drawn_at,
            last=int(named.get("last_transaction", 0)),
            contact=int(named.get("last_contact", 0)),
        ),
    )


def _differing(frame: FixedFrame, then: dict[str, str]) -> tuple[str, ...]:
    now = frame.unit_fingerprints
    return tuple(unit for unit in sorted({*now, *then}) if now.get(unit) != then.get(unit))


def _is_same(
    session: Session,
    wave: LoadedWave,
    plan: SamplePlan,
    frame: FixedFrame,
    named: dict[str, Any],
) -> bool:
    kept = {
        row.person: _Kept(
            stratum=row.stratum,
            place=row.place,
            transactions=row.transactions,
            transaction=row.transaction_id,
        )
        for row in session.execute(
            select(
                *(SampledPerson.person, SampledPerson.stratum, SampledPerson.place),
                *(SampledPerson.transactions, SampledPerson.transaction_id),
            ).where(SampledPerson.wave_id == wave.id)
        )
    }
    count = 0
    for one in select_people(frame, plan, bytes.fromhex(named["seed"])).people():
        drawn = _Kept(
            stratum=one.stratum,
            place=one.place,
            transactions=one.transactions,
            transaction=one.transaction,
        )
        if kept.get(one.person) != drawn:
            return False
        count += 1
    return count == len(kept)


def _gone(session: Session, wave: LoadedWave, frame: FixedFrame) -> int:
    """Count the people asked who are in the frame no more."""
    asked = set(
        session.scalars(
            select(SampledPerson.person).where(
                SampledPerson.wave_id == wave.id, SampledPerson.state.in_(ASKED)
            )
        )
    )
    return len(asked) - sum(person in asked for person in frame.everybody())

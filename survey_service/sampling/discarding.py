"""A drawn sample given up before its wave opens: for a stated reason, and counted for good."""

from typing import Final

from sqlalchemy import delete, func, select

from questionnaires.problems import ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.sampling.drawable import drawn_sample, sampled_plan
from survey_service.sampling.tracing import BY_LOT, DISCARDED, draws
from survey_service.store.database import Database
from survey_service.store.people import Contact
from survey_service.store.transactions import AskedPerson, SampledPerson
from survey_service.waves.reading import decode_wave
from survey_service.waves.transitions import require_state

LONGEST_REASON: Final = 500


def discard_sample(database: Database, clock: Clock, *, code: str, reason: str, actor: str) -> int:
    """Remove a draft wave's sample and its people; tells how many had been drawn to be asked.

    Raises WaveUnknownError, WaveStateError, and ProblemsError where there is no sample, or no
    reason without an address is given.
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON or "@" in reason:
        raise ProblemsError(
            problem(
                f"đợt/wave {code}",
                f"cần ghi lý do bỏ mẫu (tối đa {LONGEST_REASON} ký tự), không kèm địa chỉ thư của "
                "ai.",
                f"a reason for giving the sample up is needed (at most {LONGEST_REASON} "
                "characters), without anybody's e-mail address.",
            )
        )
    with database.writing() as session:
        wave = decode_wave(require_state(session, code, "discard"))
        plan = sampled_plan(wave)
        sample = drawn_sample(session, wave)
        of_wave = SampledPerson.wave_id == wave.id
        people = session.scalar(select(func.count()).where(of_wave)) or 0
        asked = (
            session.scalar(
                select(func.count()).where(of_wave, SampledPerson.contact_id.is_not(None))
            )
            or 0
        )
        details = {
            "draw": draws(session, wave),
            "reason": reason.strip(),
            "seed": sample.seed,
            "invited": asked,
            "people": people,
        }
        session.execute(delete(SampledPerson).where(of_wave))
        session.execute(delete(AskedPerson).where(AskedPerson.wave_id == wave.id))
        session.execute(
            delete(Contact).where(
                Contact.wave_id == wave.id,
                Contact.group == plan.group,
                Contact.mode.in_(BY_LOT),
            )
        )
        session.delete(sample)
        record(session, clock, actor=actor, wave=code, event=DISCARDED, details=details)
    return asked

"""The purge: a wave's lists and letters deleted when the day comes that people were told."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.mailing.returning.scoring_bounces import SOFT
from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, ReturnedMail, Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.scrubbing import scrub
from survey_service.store.transactions import SampledPerson
from survey_service.store.waves import Wave
from survey_service.waves.forgetting import CLEARED
from survey_service.waves.mail_plan.recipients import UNDER_WAY
from survey_service.waves.mail_plan.step_keeping import noted_steps
from survey_service.waves.mail_plan.steps import RESULTS
from survey_service.waves.plan import WavePlan, plan_from_json
from survey_service.waves.status import wave_status
from survey_service.waves.transitions import require_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was deleted; no people where the wave had been purged before."""

    people: int
    letters: int


def purge_wave(database: Database, clock: Clock, *, code: str, actor: str) -> Purged:
    """Delete the people of a wave that is over, their invitations, letters and what came back.

    Counts, the publication, the addresses not written to in any wave, and the digests of who was
    asked and when stay. Purging again changes nothing. Raises WaveUnknownError, WaveStateError
    where the wave is not frozen, published or cancelled, and ProblemsError before its day, while
    letters about results are owed, or where somebody reading the database keeps its files from
    being cleaned: then purging again does.
    """
    with database.writing() as session:
        wave = require_state(session, code, "purge")
        plan = plan_from_json(wave.plan)
        barred = _before_its_day(wave, plan, clock.now()) or _owed(session, wave, plan)
        if barred is not None:
            raise ProblemsError(barred)
        purged = Purged(
            people=_count(session, Contact, wave), letters=_count(session, Letter, wave)
        )
        if purged.people:
            wave.tally = msgspec.to_builtins(wave_status(session, code))
            _delete(session, wave)
            details = {"people": purged.people, "letters": purged.letters}
            record(session, clock, actor=actor, wave=code, event="purged", details=details)
    if not scrub(database, (*CLEARED, Contact, SampledPerson)):
        raise ProblemsError(_still_read(code))
    return purged


def _delete(session: Session, wave: Wave) -> None:
    letters = select(Letter.id).where(Letter.wave_id == wave.id)
    came_back = or_(ReturnedMail.letter_id.in_(letters), ReturnedMail.wave == wave.code)
    # A score of failures in several waves keeps its address, as the list of suppressions does.
    scored = ReturnedMail.failure.in_(SOFT)
    session.execute(
        update(ReturnedMail)
        .where(came_back)
        .values(
            letter_id=None,
            raw=None,
            diagnostic=None,
            email_key=case((scored, ReturnedMail.email_key), else_=None),
        )
    )
    # Whoever wanted no more mail of this wave gets none; the address has no further reason to stay.
    session.execute(delete(Suppression).where(Suppression.wave == wave.code))
    session.execute(delete(LetterEvent).where(LetterEvent.letter_id.in_(letters)))
    of_wave = select(Invitation.id).where(Invitation.wave_id == wave.id)
    for answers in (Ballot, Response, Draft):  # a cancelled wave may have some; children first
        session.execute(delete(answers).where(answers.invitation_id.in_(of_wave)))
    # The sample's seed and counts stay; who was drawn, and that a reserve was not, goes.
    for people in (Letter, Invitation, SampledPerson, Contact):
        session.execute(delete(people).where(people.wave_id == wave.id))


def _count(session: Session, table: type[Contact | Letter], wave: Wave) -> int:
    counted = select(func.count()).select_from(table).where(table.wave_id == wave.id)
    return session.scalar(counted) or 0


def _before_its_day(wave: Wave, plan: WavePlan, now: datetime) -> Problem | None:
    day = plan.privacy.kept_until
    ends = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(plan.zone))
    if now >= ends:
        return None
    return problem(
        f"đợt/wave {wave.code}",
        f"người được hỏi đã được báo rằng danh sách lưu đến hết ngày {day:%d/%m/%Y}, để còn thực "
        "hiện quyền của mình; xóa được từ ngày hôm sau.",
        f"people were told that lists are kept until the end of {day:%d/%m/%Y}, for their rights; "
        "they can be deleted from the day after.",
    )


def _owed(session: Session, wave: Wave, plan: WavePlan) -> Problem | None:
    """Say what people were promised and have not got yet: the letter about results."""
    results = noted_steps(session, wave.id).get(RESULTS.name)
    if wave.state == "frozen" and plan.mail.results and results is None:
        return problem(
            f"đợt/wave {wave.code}",
            "kế hoạch hứa gửi thư báo kết quả mà đợt chưa công bố; công bố trước, hoặc bỏ thư đó "
            f"bằng: wave step {wave.code} results --skip.",
            "the plan promises a letter about results and the wave is not published; publish it "
            f"first, or spare the letter with: wave step {wave.code} results --skip.",
        )
    owed = session.scalar(
        select(func.count()).where(
            Letter.wave_id == wave.id,
            Letter.step == RESULTS.name,
            Letter.state.in_((*UNDER_WAY, "uncertain")),
        )
    )
    late = results is not None and results.state == "late"
    if wave.state != "published" or not (owed or late):
        return None
    return problem(
        f"đợt/wave {wave.code}",
        f"{owed} thư báo kết quả chưa gửi xong hoặc chưa rõ; chờ gửi xong, hoặc bỏ thư còn chờ "
        f"bằng: wave step {wave.code} results --skip.",
        f"{owed} letters about results are not through or in doubt; wait for them, or drop those "
        f"that wait with: wave step {wave.code} results --skip.",
    )


def _still_read(code: str) -> Problem:
    return problem(
        f"đợt/wave {code}",
        "đã xóa, nhưng một chương trình khác đang đọc cơ sở dữ liệu nên dữ liệu cũ chưa xóa hết "
        "khỏi tệp; đóng chương trình đó rồi chạy lại: wave purge.",
        "everything is deleted, but another program is reading the database and it is still in "
        "its files; close that program and run again: wave purge.",
    )

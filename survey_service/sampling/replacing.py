"""Somebody drawn who cannot be asked: taken out for a stated reason, the next reserve called."""

from dataclasses import dataclass
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from mailer.smtp.failure import Failure
from mailer.writing.address import Address, parse_address
from questionnaires.index import Code
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.journal import record
from survey_service.keys import KeyRing
from survey_service.pseudonyms import Pseudonyms
from survey_service.sampling.calling import call_reserve
from survey_service.sampling.drawable import drawn_sample, sampled_plan
from survey_service.sampling.tracing import ASKED, REFUSED, REPLACED, record_change, require_intact
from survey_service.store.answers import Draft, Response
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail, Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import AskedPerson, SampledPerson
from survey_service.waves.reading import LoadedWave, decode_wave
from survey_service.waves.transitions import require_state

Reason = Literal["returned", "wrong-person", "deceased", "not-eligible"]
REASONS: Final[tuple[Reason, ...]] = ("returned", "wrong-person", "deceased", "not-eligible")
BY_POST: Final = "returned-by-post"
"""What "returned" is called for a letter on paper, of which the service has no evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What a replacement came to; `called` is False where no reserve of the stratum is left.

    `passed` counts reserves who may no longer be asked themselves.
    """

    reason: str
    unit: Code
    called: bool
    passed: int


def replace_person(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    keys: KeyRing,
    *,
    code: str,
    contact: str,
    reason: Reason,
    actor: str,
) -> Replaced:
    """Take somebody drawn out of a wave and call the next reserve of their stratum.

    `contact` is their address as the invitation log shows it, or the number of a letter on paper
    ("letter:17"). "returned" takes evidence: a letter that came back for good. Nobody is replaced
    who began to answer; such attempts are journaled. Raises WaveUnknownError, WaveStateError, and
    ProblemsError where nobody is found, the wave's time is over, the reason is not borne out, or
    the sample was changed outside the service.
    """
    with database.writing() as session:
        wave = decode_wave(require_state(session, code, "replace"))
        plan = sampled_plan(wave)
        drawn_sample(session, wave)
        now = clock.now()
        if now >= wave.closes_at:
            raise ProblemsError(_over(wave))
        require_intact(session, wave)
        sampled, person = _find(session, wave, contact)
        (unit,) = (str(done["unit"]) for done in person.transactions)
        invitation = session.scalar(select(Invitation).where(Invitation.contact_id == person.id))
        stated = BY_POST if reason == "returned" and person.mode == "letter" else reason
        barred = _barred(session, wave, person, invitation, stated)
        if barred is not None:
            record(
                session,
                clock,
                actor=actor,
                wave=code,
                event=REFUSED,
                details={"unit": unit, "reason": stated},
            )
        else:
            _take_out(session, sampled, person, invitation, stated)
            called = call_reserve(
                *(database, session, clock, entropy, Pseudonyms(keys), wave, plan),
                stratum=sampled.stratum,
                today=now.astimezone(ZoneInfo(wave.plan.zone)).date(),
            )
            record_change(
                session,
                clock,
                wave,
                actor=actor,
                event=REPLACED,
                details={
                    "unit": unit,
                    "reason": stated,
                    "called": called.unit,
                    "passed": called.passed,
                    "open": wave.state != "draft",
                },
            )
            return Replaced(
                reason=stated, unit=unit, called=called.unit is not None, passed=called.passed
            )
    # The attempt is recorded by now: whoever asks about many people leaves a trace.
    raise ProblemsError(barred)


def _find(session: Session, wave: LoadedWave, contact: str) -> tuple[SampledPerson, Contact]:
    """Find somebody who is asked by the words of the staff; raises ProblemsError."""
    read = parse_address(contact) if "@" in contact else None
    key = read.key if isinstance(read, Address) else contact.strip()
    row = session.execute(
        select(SampledPerson, Contact)
        .join(Contact, Contact.id == SampledPerson.contact_id)
        .where(
            SampledPerson.wave_id == wave.id,
            SampledPerson.state.in_(ASKED),
            Contact.email_key == key,
        )
    ).one_or_none()
    if row is None:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "không có ai trong mẫu đang được hỏi ở địa chỉ này; xem địa chỉ trong: mail log, "
                "hoặc số của thư giấy dạng letter:17.",
                "nobody of the sample is asked at this address; see: mail log, or the number of "
                "a letter on paper, like letter:17.",
            )
        )
    return row[0], row[1]


def _barred(
    session: Session, wave: LoadedWave, person: Contact, invitation: Invitation | None, reason: str
) -> Problem | None:
    # Asked first: else a made-up bounce would tell who has begun to answer.
    if reason == "returned" and not _came_back(session, wave, person, invitation):
        return problem(
            f"đợt/wave {wave.code}",
            "không có thư nào gửi người này bị trả về hẳn; lý do “returned” cần thư trả về do phần "
            "mềm ghi nhận (mail returns). Lần thử này được ghi nhật ký.",
            "no letter to this person came back for good; the reason “returned” takes a bounce "
            "that the service has seen (mail returns). The journal keeps this attempt.",
        )
    if invitation is not None and _has_begun(session, invitation):
        return problem(
            f"đợt/wave {wave.code}",
            "người này không thay được nữa: giấy mời đã được dùng. Lần thử này được ghi nhật ký.",
            "this person cannot be replaced any more: the invitation is in use. The journal keeps "
            "this attempt.",
        )
    return None


def _has_begun(session: Session, invitation: Invitation) -> bool:
    if invitation.answered or invitation.withdrawn:
        return True
    begun = or_(
        exists().where(Draft.invitation_id == invitation.id),
        exists().where(Response.invitation_id == invitation.id),
    )
    return bool(session.scalar(select(begun)))


def _came_back(
    session: Session, wave: LoadedWave, person: Contact, invitation: Invitation | None
) -> bool:
    """Tell whether returned mail proves that letters do not arrive; the word of staff is none."""
    proofs = [
        exists().where(
            Suppression.email_key == person.email_key,
            Suppression.reason.in_((Failure.HARD_ADDRESS, Failure.SOFT_MAILBOX)),
            Suppression.released_at.is_(None),
            or_(Suppression.wave.is_(None), Suppression.wave == wave.code),
        )
    ]
    if invitation is not None:
        letters = select(Letter.id).where(Letter.invitation_id == invitation.id)
        proofs += [
            exists().where(
                Letter.invitation_id == invitation.id,
                Letter.state == "failed",
                Letter.reason == Failure.HARD_ADDRESS,
            ),
            exists().where(
                ReturnedMail.letter_id.in_(letters), ReturnedMail.failure == Failure.HARD_ADDRESS
            ),
        ]
    return bool(session.scalar(select(or_(*proofs))))


def _take_out(
    session: Session,
    sampled: SampledPerson,
    person: Contact,
    invitation: Invitation | None,
    reason: str,
) -> None:
    """Revoke the invitation, or before the opening forget the contact."""
    sampled.state, sampled.reason = "replaced", reason
    if invitation is not None:
        invitation.revoked = True
        return
    sampled.contact_id = None
    session.flush()
    session.execute(delete(Contact).where(Contact.id == person.id))
    session.execute(
        delete(AskedPerson).where(
            AskedPerson.person == sampled.person, AskedPerson.wave_id == sampled.wave_id
        )
    )


def _over(wave: LoadedWave) -> Problem:
    return problem(
        f"đợt/wave {wave.code}",
        "đợt đã hết hạn nhận phiếu, không thay người được nữa.",
        "the wave's last day is over; nobody can be replaced any more.",
    )

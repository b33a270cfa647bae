"""One letter to try a wave's mail with: through the real relay, marked, and about nobody."""

from dataclasses import dataclass

from mailer.reason import Reason
from mailer.smtp.envelope import Envelope
from mailer.smtp.outcome import Outcome, Verdict
from mailer.smtp.transport import SmtpTransport
from mailer.writing.address import Address, parse_address
from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.text import Language
from survey_service.config import Settings
from survey_service.journal import record
from survey_service.mailing.relays.setup import MailSetup, Relay
from survey_service.mailing.writing.preview import Specimens, person_of, step_named
from survey_service.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSent:
    """A letter that a relay accepted: which relay, and its words."""

    relay: str
    code: int
    words: str


async def send_trial(
    database: Database,
    settings: Settings,
    mail: MailSetup,
    ready: Specimens,
    *,
    to: str,
    step: str,
    language: Language,
    group: str | None,
    relay: str | None,
    actor: str,
) -> TrialSent:
    """Send a step's letter to an address of the office's own people.

    Journaled before it goes, without the address. Raises ProblemsError for an address, step,
    group or relay that cannot be used, and with the relay's words where it did not accept.
    """
    name = step_named(step)
    address = parse_address(to)
    if isinstance(address, Reason):
        raise ProblemsError(problem("--to", address.vi, address.en))
    way = _relay(mail, relay, address)
    person = person_of(ready.wave, group)
    envelope = Envelope(
        sender=settings.mail_from if mail.returns is None else mail.returns.address,
        recipient=address.wire,
        message=ready.write(name, person, language, address.wire),
    )
    with database.writing() as session:
        record(
            session,
            ready.clock,
            actor=actor,
            wave=ready.wave.code,
            event="mail-tested",
            details={"step": name, "language": language, "relay": way.name},
        )
    transport = SmtpTransport(way.transport)
    try:
        outcome = await transport.deliver(envelope)
    finally:
        await transport.close()
    if outcome.verdict is not Verdict.SENT or outcome.code is None:
        raise ProblemsError(_trouble(way, outcome))
    return TrialSent(relay=way.name, code=outcome.code, words=outcome.text)


def _relay(mail: MailSetup, name: str | None, address: Address) -> Relay:
    domain = address.wire.rpartition("@")[2]
    for relay in mail.relays:
        serves = not relay.lane.domains or domain in relay.lane.domains
        if relay.name == name or (name is None and serves):
            return relay
    known = ", ".join(relay.name for relay in mail.relays)
    raise ProblemsError(
        problem(
            "--relay",
            f"không có máy chủ gửi nào tên “{name}”; các máy chủ: {known}."
            if name is not None
            else f"không máy chủ gửi nào phục vụ tên miền {domain}; chọn bằng --relay: {known}.",
            f"there is no relay named “{name}”; the relays: {known}."
            if name is not None
            else f"no relay serves the domain {domain}; choose one by --relay: {known}.",
        )
    )


def _trouble(relay: Relay, outcome: Outcome) -> Problem:
    said = " ".join(str(part) for part in (outcome.code, outcome.text) if part)
    where = f"máy chủ gửi/relay {relay.name}"
    if outcome.verdict is Verdict.UNCERTAIN:
        return problem(
            where,
            f"không rõ thư thử đã được nhận chưa ({said}); xem hộp thư đến trước khi gửi lại.",
            f"it is not known whether the test letter was accepted ({said}); look into the inbox "
            "before sending another.",
        )
    return problem(
        where,
        f"không nhận thư thử ({said}); kiểm tra bằng: survey-service mail doctor.",
        f"did not accept the test letter ({said}); find out why by: survey-service mail doctor.",
    )

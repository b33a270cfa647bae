"""A test letter: written, and sent over the real transport."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mailer.doctor.finding import Finding, Sheet
from mailer.smtp.envelope import Envelope
from mailer.smtp.outcome import Outcome, Verdict
from mailer.smtp.transport import SmtpTransport, TransportSettings
from mailer.writing.dkim import DkimSigner

CHECK = "test letter"
"""What findings about it are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A test letter as it is known by: its envelope, and the Message-ID in it."""

    envelope: Envelope
    message_id: str


def write_trial(
    *,
    author: str,
    recipient: str,
    sender: str,
    message_id: str,
    envelope_id: str,
    at: datetime,
    signer: DkimSigner | None,
) -> Trial:
    """Write the test letter; addresses are ASCII. Raises ValueError for one that is none."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(addr_spec=author)
    letter["To"] = Address(addr_spec=recipient)
    letter["Subject"] = "Thư thử / Test letter"
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(
        "Đây là thư thử đường gửi. Không cần trả lời.\n"
        "Xem phần đầu thư (Show original): SPF, DKIM và DMARC phải là PASS.\n\n"
        "This letter tests how mail is sent. No answer is needed.\n"
        "Look at its source (Show original): SPF, DKIM and DMARC should say PASS.\n",
        cte="quoted-printable",
    )
    octets = letter.as_bytes()
    if signer is not None:
        octets = signer.sign(octets, at=at)
    envelope = Envelope(sender=sender, recipient=recipient, message=octets, envelope_id=envelope_id)
    return Trial(envelope=envelope, message_id=message_id)


async def send_trial(relay: str, settings: TransportSettings, trial: Trial) -> Finding:
    """Send a test letter as any letter is sent, and say what the relay answered."""
    transport = SmtpTransport(replace(settings, connections=1))
    try:
        outcome = await transport.deliver(trial.envelope)
    finally:
        await transport.close()
    return _judged(Sheet(CHECK, relay), outcome)


def _judged(sheet: Sheet, outcome: Outcome) -> Finding:
    said = " ".join(str(part) for part in (outcome.code, outcome.text) if part)
    if outcome.verdict is Verdict.SENT:
        return sheet.ok(
            f"Máy chủ đã nhận thư thử: {said}.", f"The relay took the test letter: {said}."
        )
    if outcome.verdict is Verdict.UNCERTAIN:
        return sheet.warning(
            f"Không rõ máy chủ đã nhận thư thử hay chưa ({said}). Xem hộp thư đến, rồi thử lại.",
            f"It is not known whether the relay took the test letter ({said}). Look into the "
            "inbox, then try again.",
        )
    return sheet.error(
        f"Máy chủ từ chối thư thử: {said}. Xem lời máy chủ nói; thường là địa chỉ gửi chưa được "
        "phép, địa chỉ nhận sai, hoặc thư bị coi là rác.",
        f"The relay refused the test letter: {said}. Its words say why; most often the sender is "
        "not allowed, the recipient does not exist, or the letter is taken for spam.",
    )

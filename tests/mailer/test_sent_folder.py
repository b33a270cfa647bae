"""The Sent folder proves acceptances, and absences only where it is known to hold our letters."""

from datetime import UTC, datetime, timedelta

from carrying import doubt
from free_ports import free_port
from postal import Dovecot

from mailer.resolving.resolver import Answer
from mailer.resolving.sent_folder import SentFolder
from mailer.returns.mailbox import open_mailbox
from mailer.returns.mailbox_url import MailboxUrl
from mailer.smtp.oauth import TokenError

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SETTLE = timedelta(minutes=10)


def sent_folder(url: str) -> SentFolder:
    return SentFolder(lambda: open_mailbox(MailboxUrl.parse(url)), settle=SETTLE, now=lambda: NOON)


def ask(folder: SentFolder, letter: str, *, since: datetime = NOON - SETTLE) -> Answer:
    question = doubt(f"<{letter}.mac@khaosat.example>", since=since)
    return folder.accepted([question])[question.message_id]


def message(letter: str, domain: str = "khaosat.example") -> bytes:
    return f"Message-ID: <{letter}.mac@{domain}>\r\nSubject: x\r\n\r\nx\r\n".encode()


def test_a_copy_in_the_folder_proves_the_acceptance(dovecot: Dovecot) -> None:
    folder = sent_folder(dovecot.url("proof", "Sent"))
    dovecot.append("proof", message("l1"), "Sent")
    assert ask(folder, "l1") is Answer.YES
    assert ask(folder, "l1", since=NOON) is Answer.YES


def test_an_absence_counts_once_it_has_settled(dovecot: Dovecot) -> None:
    folder = sent_folder(dovecot.url("absence", "Sent"))
    dovecot.append("absence", message("l1"), "Sent")
    late = NOON - SETTLE + timedelta(seconds=1)
    assert ask(folder, "l2", since=late) is Answer.UNKNOWN
    assert ask(folder, "l2") is Answer.NO
    assert ask(folder, "1") is Answer.NO, "part of another letter's id is not this letter"


def test_a_folder_without_our_letters_proves_no_absence(dovecot: Dovecot) -> None:
    folder = sent_folder(dovecot.url("elsewhere", "Sent"))
    assert ask(folder, "l1") is Answer.UNKNOWN
    dovecot.append("elsewhere", message("l1", "outlook.example"), "Sent")
    assert ask(folder, "l1") is Answer.UNKNOWN


def test_a_failed_look_up_is_not_a_no(dovecot: Dovecot) -> None:
    dovecot.append("failed", message("l1"), "Sent")
    url = dovecot.url("failed", "Sent")
    assert ask(sent_folder(url), "l2") is Answer.NO
    assert ask(sent_folder(url.replace("/Sent", "/Gone")), "l2") is Answer.UNKNOWN
    assert ask(sent_folder(url.replace("mat-khau", "wrong")), "l2") is Answer.UNKNOWN
    nowhere = url.replace(str(dovecot.port), str(free_port()))
    assert ask(sent_folder(nowhere), "l2") is Answer.UNKNOWN


def test_without_a_token_nothing_is_known(dovecot: Dovecot) -> None:
    def refused() -> str:
        raise TokenError("the token server refuses: 400 invalid_client")

    url = MailboxUrl.parse(dovecot.url("token", "Sent").replace(":mat-khau", ""))
    folder = SentFolder(lambda: open_mailbox(url, token=refused), settle=SETTLE, now=lambda: NOON)
    assert ask(folder, "l1") is Answer.UNKNOWN

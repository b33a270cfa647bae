import pytest
from made_returns import ADDRESS, dsn

from mailer.returns.judging import about_letter, judge, status_for
from mailer.returns.reading import read_returned
from mailer.returns.returned import ReturnedRecipient
from mailer.smtp.failure import Failure

CASES = [
    ("failed", "5.1.1", "550 5.1.1 User unknown", Failure.HARD_ADDRESS),
    ("failed", "5.1.2", "Host or domain name not found", Failure.HARD_ADDRESS),
    ("failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", Failure.HARD_ADDRESS),
    ("failed", "5.2.1", "550 5.2.1 mailbox disabled", Failure.HARD_ADDRESS),
    ("failed", "5.0.0", "550 unknown user", Failure.HARD_ADDRESS),
    ("failed", "", "550 No such user here", Failure.HARD_ADDRESS),
    (
        "failed",
        "5.4.1",
        "550 5.4.1 Recipient address rejected: no",
        Failure.HARD_ADDRESS,
    ),
    ("failed", "5.2.2", "552 5.2.2 Over quota", Failure.SOFT_MAILBOX),
    ("failed", "5.0.0", "Mail quota exceeded", Failure.SOFT_MAILBOX),
    ("failed", "5.2.1", "550 5.2.1 receiving mail at a rate that", Failure.SOFT_MAILBOX),
    ("failed", "4.4.1", "connect to mx.example: Connection timed out", Failure.EXPIRED),
    ("failed", "4.4.7", "Maximum-Time-Expired", Failure.EXPIRED),
    ("failed", "5.0.0", "retry timeout exceeded", Failure.EXPIRED),
    ("failed", "4.2.2", "452 4.2.2 mailbox full; gave up after 5 days", Failure.SOFT_MAILBOX),
    ("failed", "5.7.1", "550 5.7.1 user unknown is not why", Failure.POLICY),
    ("failed", "5.0.0", "550-5.7.1 likely unsolicited mail", Failure.POLICY),
    ("failed", "5.7.26", "550 5.7.26 unauthenticated", Failure.POLICY),
    ("failed", "5.1.1", "554 5.7.1 blocked using zen.spamhaus.org", Failure.POLICY),
    ("failed", "5.1.1", "550 rejected, your IP is on a blocklist", Failure.POLICY),
    ("failed", "5.1.8", "550 5.1.8 Bad sender's domain", Failure.POLICY),
    ("failed", "5.0.0", "554 Message rejected as spam", Failure.POLICY),
    ("failed", "5.3.4", "552 5.3.4 too large", Failure.CONTENT),
    ("failed", "5.6.0", "554 5.6.0 malformed", Failure.CONTENT),
    ("failed", "5.0.0", "550 no", Failure.UNKNOWN),
    ("delayed", "4.1.1", "450 4.1.1 unverified address", Failure.SOFT_MAILBOX),
    ("delayed", "5.1.1", "550 5.1.1 user unknown", Failure.SOFT_MAILBOX),
    ("delayed", "4.4.1", "timed out", Failure.EXPIRED),
    ("delayed", "4.7.1", "450 4.7.1 come back later", Failure.POLICY),
    ("delivered", "2.0.0", "250 ok", None),
]


@pytest.mark.parametrize(("action", "status", "words", "failure"), CASES)
def test_a_report_is_judged_like_a_refusal(
    action: str, status: str, words: str, failure: Failure | None
) -> None:
    assert judge(ReturnedRecipient(action=action, status=status, diagnostic=words)) is failure


def test_the_servers_own_status_goes_before_a_general_one() -> None:
    recipient = ReturnedRecipient(action="failed", status="5.0.0", diagnostic="550 5.2.2 full")
    assert status_for(recipient) == "5.2.2"


def _two(first: str, second: str) -> bytes:
    more = f"Final-Recipient: rfc822; b@x.example\nAction: failed\nStatus: {second}\n"
    return dsn(status=first, diagnostic="smtp; no", final="a@x.example", more=more)


def test_one_member_of_a_list_who_is_gone_does_not_condemn_the_list() -> None:
    found = about_letter(read_returned(_two("5.1.1", "5.2.2")), ADDRESS)
    assert found is not None
    assert judge(found) is Failure.SOFT_MAILBOX


def test_the_recipient_that_the_letter_named_decides() -> None:
    found = about_letter(read_returned(_two("5.1.1", "5.2.2")), "A@x.example")
    assert found is not None
    assert judge(found) is Failure.HARD_ADDRESS

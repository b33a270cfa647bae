"""A refusal's class follows its enhanced status first, its code and words after that."""

import pytest

from mailer.smtp.failure import Failure, classify, enhanced_status


@pytest.mark.parametrize(
    ("code", "text", "failure"),
    [
        (550, "5.1.1 <x@y> User unknown", Failure.HARD_ADDRESS),
        (550, "5.1.2 bad domain", Failure.HARD_ADDRESS),
        (556, "5.1.10 null MX", Failure.HARD_ADDRESS),
        (550, "5.1.8 sender's domain", Failure.POLICY),
        (550, "5.2.1 disabled", Failure.HARD_ADDRESS),
        (450, "4.2.1 greylisted", Failure.SOFT_MAILBOX),
        (552, "5.2.2 full", Failure.SOFT_MAILBOX),
        (552, "5.2.3 too long for this mailbox", Failure.CONTENT),
        (552, "5.3.4 too large", Failure.CONTENT),
        (450, "4.3.2 not accepting", Failure.SOFT_MAILBOX),
        (550, "5.4.1 Recipient address rejected: Access denied", Failure.HARD_ADDRESS),
        (550, "5.4.1 no answer from host", Failure.EXPIRED),
        (451, "4.4.2 timed out", Failure.EXPIRED),
        (554, "5.6.0 malformed", Failure.CONTENT),
        (550, "5.7.1 user unknown is not why", Failure.POLICY),
        (550, "5.7.26 unauthenticated", Failure.POLICY),
        (554, "5.0.0 rejected as spam", Failure.POLICY),
        (550, "mail from 192.0.2.1 blocked", Failure.POLICY),
        (550, "No such user here", Failure.HARD_ADDRESS),
        (550, "sorry, no mailbox here by that name. unknown user", Failure.HARD_ADDRESS),
        (551, "not local", Failure.HARD_ADDRESS),
        (553, "mailbox name not allowed", Failure.HARD_ADDRESS),
        (552, "quota exceeded", Failure.SOFT_MAILBOX),
        (451, "try again", Failure.SOFT_MAILBOX),
        (550, "no", Failure.UNKNOWN),
    ],
)
def test_at_the_recipient(code: int, text: str, failure: Failure) -> None:
    assert classify(code=code, text=text, at_recipient=True) is failure


@pytest.mark.parametrize(
    ("code", "text", "failure"),
    [
        (552, "message exceeds limit", Failure.CONTENT),
        (550, "user unknown", Failure.UNKNOWN),
        (554, "transaction failed", Failure.UNKNOWN),
    ],
)
def test_after_the_text_words_about_users_prove_nothing(
    code: int, text: str, failure: Failure
) -> None:
    assert classify(code=code, text=text, at_recipient=False) is failure


def test_an_enhanced_status_is_found_and_an_address_is_not_taken_for_one() -> None:
    assert enhanced_status("5.1.10 gone") == "5.1.10"
    assert enhanced_status("relay 192.0.2.1 says no") is None

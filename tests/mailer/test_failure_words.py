"""What well-known servers say: refusals for our reputation are never taken for a bad address."""

import pytest

from mailer.smtp.failure import Failure, classify

POLICY = [
    (550, "5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited"),
    (550, "5.7.26 This mail is unauthenticated, which poses a security risk"),
    (550, "5.7.515 Access denied, sending domain x.example doesn't meet the required level"),
    (550, "5.7.606 Access denied, banned sending IP [192.0.2.1]"),
    (550, "5.7.750 Service unavailable. Client blocked from sending from unregistered domains"),
    (
        550,
        "SC-001 (BAY004) Unfortunately, messages from 192.0.2.1 weren't sent. block list (S3150)",
    ),
    (554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
    (554, "Service unavailable; Client host [192.0.2.1] blocked using bl.spamcop.net"),
    (553, "5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred"),
    (554, "5.0.0 Your access to this mail system has been rejected due to poor reputation"),
    (554, "5.7.9 Message not accepted for policy reasons. See https://x.example"),
    (550, "Mail from IP 192.0.2.1 was rejected due to listing in a block list"),
    (550, "5.1.0 <a@b.example> sender rejected. blocked by policy"),
    (550, "5.1.1 rejected: 192.0.2.1 is listed at a blacklist"),
    (550, "5.1.8 Sender address rejected: Domain not found"),
    (550, "5.2.1 message rejected: your IP is blocked"),
    (550, "permanent failure for one or more recipients (x@y.example:blocked)"),
    (550, "550 Administrative prohibition - envelope blocked"),
    (550, "relay not permitted"),
    (550, "Relaying denied"),
    (553, "sorry, that domain isn't in my list of allowed rcpthosts"),
    (550, "Rejected by header based Anti-Spoofing policy: a@b.example"),
    (554, "Message rejected because of unacceptable content; looks like spam"),
    (550, "5.6.0 message content rejected as spam"),
    (550, "DMARC check failed"),
    (550, "SPF check failed: sender not authorized"),
    (550, "The sender's IP has no PTR record; mail rejected"),
    (554, "5.3.0 access denied by policy"),
    (550, "Recipient address rejected: Message blocked, spam suspected"),
    (550, "mailbox unavailable: message contains a virus"),
]
HARD = [
    (550, "5.1.1 The email account that you tried to reach does not exist. Please try again later"),
    (550, "5.5.0 Requested action not taken: mailbox unavailable"),
    (550, "Requested action not taken: mailbox unavailable"),
    (554, "delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]"),
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    (550, "5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
    (550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual alias table"),
    (550, "<a@b.example>: Recipient address rejected: User unknown in local recipient table"),
    (550, "5.2.1 The email account that you tried to reach is disabled"),
    (550, "5.2.1 The email account that you tried to reach is inactive"),
    (550, "No such user here"),
    (550, "5.0.0 a@b.example... User unknown"),
    (550, "Invalid recipient a@b.example"),
    (550, "no mailbox by that name is currently available; this mailbox does not exist"),
    (550, "5.3.0 <a@b.example>... Addressee unknown"),
    (550, "mailbox not found"),
    (550, "The recipient a@b.example is no longer employed here"),
    (550, "Unknown recipient: a@b.example"),
    (550, "Hộp thư không tồn tại"),
    (550, "5.1.6 recipient no longer on server: a@b.example"),
    (550, "5.1.3 bad recipient address syntax"),
]
SOFT = [
    (552, "5.2.2 The email account that you tried to reach is over quota"),
    (552, "5.2.2 mailbox full"),
    (550, "5.2.0 mailbox is full"),
    (550, "User a@b.example has exceeded his quota"),
    (554, "5.2.2 STOREDRV.Deliver; mailbox full. The process failed to get the correct properties"),
    (550, "mailbox for a@b.example is full"),
    (450, "4.1.1 <a@b.example>: Recipient address rejected: unverified address"),
    (450, "4.2.0 <a@b.example>: Recipient address rejected: Greylisted"),
    (452, "4.2.2 Mailbox full"),
    (451, "4.3.0 Temporary lookup failure"),
    (450, "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents"),
]


@pytest.mark.parametrize(("code", "text"), POLICY)
def test_our_reputation_is_not_the_recipients_fault(code: int, text: str) -> None:
    assert classify(code=code, text=text, at_recipient=True) is Failure.POLICY


@pytest.mark.parametrize(("code", "text"), HARD)
def test_an_address_that_is_not_there_is_known(code: int, text: str) -> None:
    assert classify(code=code, text=text, at_recipient=True) is Failure.HARD_ADDRESS


@pytest.mark.parametrize(("code", "text"), SOFT)
def test_a_mailbox_that_cannot_take_mail_now_is_known(code: int, text: str) -> None:
    assert classify(code=code, text=text, at_recipient=True) is Failure.SOFT_MAILBOX

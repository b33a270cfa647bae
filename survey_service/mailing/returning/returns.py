"""What comes back: mails, a provider's events, and refusals, each taken once."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from mailer.reason import Reason
from mailer.returns.judging import about_letter, judge, status_for
from mailer.returns.naming import LetterNames
from mailer.returns.reading import read_returned
from mailer.returns.reports import kind_of
from mailer.returns.returned import Kind, Returned, ReturnedRecipient
from mailer.returns.taking_apart import LARGEST, clean
from mailer.sending.outbox import State
from mailer.smtp.failure import Failure, enhanced_status
from mailer.writing.address import parse_address
from survey_service.clock import Clock
from survey_service.keys import KeyRing
from survey_service.mailing.relays.mail_file import Returns
from survey_service.mailing.returning.return_reports import (
    EVIDENCE_KEPT,
    SCORES_KEPT,
    Report,
    Source,
    Taken,
    take_report,
)
from survey_service.mailing.returning.scoring_bounces import SOFT
from survey_service.mailing.returning.watching_policy import Watch
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail
from survey_service.store.people import Contact, Invitation

NULL_SENDERS = frozenset({"", "mailer-daemon"})
"""How a mail's null sender is written; Postfix's pipe gives it the name."""
DEFAULT_WATCH = Watch()
_SMTP_CLASSES = (Failure.HARD_ADDRESS, Failure.POLICY, *SOFT)
_ACTIONS = {Kind.BOUNCE: "failed", Kind.DELAY: "delayed", Kind.DELIVERY: "delivered"}
_REPLY = re.compile(r"[45]\d\d\b")
_WORDS = 1_000
"""Characters of a server's words that are kept."""
_AT_ONCE = 500


def letter_names(keys: KeyRing, returns: Returns | None) -> LetterNames:
    """Know our letters by the key ring, and by the address that bounces come back to."""
    secrets = keys.secrets("letter")
    if returns is None:
        return LetterNames(keys=secrets)
    return LetterNames(keys=secrets, address=returns.address, delimiter=returns.delimiter)


def take_mail(
    database: Database,
    clock: Clock,
    names: LetterNames,
    octets: bytes,
    *,
    source: Source,
    sender: str | None = None,
    recipient: str | None = None,
    watch: Watch = DEFAULT_WATCH,
) -> Taken:
    """Take one mail in one transaction; whatever it is, it is kept as evidence.

    `sender` and `recipient` are those of its envelope where they are known. The same octets a
    second time change nothing.
    """
    octets = octets[:LARGEST]
    returned = read_returned(octets)
    if sender is not None and sender.strip("<> ").lower() in NULL_SENDERS:
        returned = replace(returned, formal=True)
    if recipient is not None:
        returned = replace(returned, sent_to=(recipient, *returned.sent_to))
    letter = _number(names.of_mail(returned))
    with database.writing() as session:
        report = replace(
            _judge(returned, _address_of(session, letter)),
            digest=hashlib.sha256(octets).digest(),
            source=source,
            letter=letter,
            raw=octets,
        )
        return take_report(database, session, clock, report, watch=watch)


def take_event(
    database: Database,
    clock: Clock,
    names: LetterNames,
    *,
    name: str,
    kind: Kind,
    message_id: str,
    status: str = "",
    diagnostic: str = "",
    watch: Watch = DEFAULT_WATCH,
) -> Taken:
    """Take a provider's event about the letter of a Message-ID; `name` is the event's own."""
    recipient = ReturnedRecipient(
        action=_ACTIONS.get(kind, ""),
        status=enhanced_status(status) or "",
        diagnostic=clean(diagnostic)[:_WORDS],
    )
    report = Report(
        digest=hashlib.sha256(b"webhook\0" + name.encode()).digest(),
        source="webhook",
        kind=kind,
        trusted=True,
        letter=_number(names.of_message_id(message_id)),
        failure=judge(recipient),
        status=status_for(recipient),
        diagnostic=recipient.diagnostic,
    )
    with database.writing() as session:
        return take_report(database, session, clock, report, watch=watch)


def note_refusals(
    database: Database, clock: Clock, *, watch: Watch = DEFAULT_WATCH
) -> Sequence[Taken]:
    """Hold letters that servers refused when they were sent to the same rules as bounces.

    Every refusal is taken once, however often this is called.
    """
    taken: list[Taken] = []
    with database.writing() as session:
        refused = session.execute(
            select(Letter.id, Letter.attempt, Letter.reason, Letter.reply)
            .where(
                Letter.state == State.FAILED,
                Letter.reason.in_(_SMTP_CLASSES),
                # A letter that no server was told of was not refused by one.
                Letter.reply.is_not(None),
                ~exists().where(
                    ReturnedMail.letter_id == Letter.id,
                    ReturnedMail.source == "smtp",
                    ReturnedMail.at >= Letter.settled_at,
                ),
            )
            .order_by(Letter.settled_at, Letter.id)
            .limit(_AT_ONCE)
        ).all()
        for row in refused:
            report = Report(
                digest=hashlib.sha256(f"smtp\0{row.id}\0{row.attempt}".encode()).digest(),
                source="smtp",
                kind=Kind.BOUNCE,
                trusted=bool(_REPLY.match(row.reply)),
                letter=row.id,
                failure=Failure(row.reason),
                status=enhanced_status(row.reply) or "",
                diagnostic=row.reply[:_WORDS],
            )
            taken.append(take_report(database, session, clock, report, watch=watch))
    return taken


def purge_returns(database: Database, clock: Clock) -> int:
    """Drop the evidence of mails older than 90 days, and whom it named; gives how many.

    What a score is counted from keeps its address for four years.
    """
    now = clock.now()
    with database.writing() as session:
        purged = session.execute(
            update(ReturnedMail)
            .where(
                ReturnedMail.at <= now - EVIDENCE_KEPT,
                or_(ReturnedMail.raw.is_not(None), ReturnedMail.diagnostic.is_not(None)),
            )
            .values(raw=None, diagnostic=None)
            .returning(ReturnedMail.id)
        ).all()
        counts = and_(ReturnedMail.failure.in_(SOFT), ReturnedMail.wave.is_not(None))
        session.execute(
            update(ReturnedMail)
            .where(
                ReturnedMail.email_key.is_not(None),
                or_(
                    ReturnedMail.at <= now - SCORES_KEPT,
                    and_(ReturnedMail.at <= now - EVIDENCE_KEPT, ~counts),
                ),
            )
            .values(email_key=None)
        )
    return len(purged)


def _judge(returned: Returned, address: str) -> Report:
    recipient = about_letter(returned, address)
    failure = None if recipient is None else judge(recipient)
    kind = returned.kind
    if recipient is not None and len(returned.recipients) > 1:
        kind = kind_of((recipient,))
    named = min(returned.addresses, default="")
    parsed = parse_address(named) if named else None
    return Report(
        digest=b"",
        source="imap",
        kind=kind,
        trusted=returned.formal,
        address=None if parsed is None or isinstance(parsed, Reason) else parsed.key,
        failure=failure,
        status="" if recipient is None else status_for(recipient),
        diagnostic="" if recipient is None else recipient.diagnostic[:_WORDS],
    )


def _number(letter: str | None) -> int | None:
    plain = letter is not None and letter.isascii() and letter.isdigit() and len(letter) < 16
    return int(letter) if letter is not None and plain else None


def _address_of(session: Session, letter: int | None) -> str:
    found = session.scalar(
        select(Contact.email)
        .join(Invitation, Invitation.contact_id == Contact.id)
        .join(Letter, Letter.invitation_id == Invitation.id)
        .where(Letter.id == letter)
    )
    return found or ""

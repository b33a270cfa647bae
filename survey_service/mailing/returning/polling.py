"""Fetching what came back from its mailbox: read, taken, committed, and only then moved."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer.returns.mailbox import Mailbox, open_mailbox
from mailer.returns.mailbox_url import MailboxUrl
from mailer.returns.naming import LetterNames
from mailer.returns.returned import Kind
from survey_service.clock import Clock
from survey_service.keys import KeyRing
from survey_service.mailing.relays.mail_file import Returns
from survey_service.mailing.relays.setup import MailSetup, token_source
from survey_service.mailing.returning.returns import DEFAULT_WATCH, letter_names, take_mail
from survey_service.mailing.returning.watching_policy import Watch
from survey_service.store.database import Database
from survey_service.store.mail import MailboxCheckpoint

MOST = 500
"""Mails of one visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One visit: new mails by kind, how many of them suppressed an address, and repeated ones."""

    new: Counter[Kind]
    suppressed: int = 0
    repeated: int = 0


def poll_returns(
    database: Database,
    clock: Clock,
    keys: KeyRing,
    setup: MailSetup,
    *,
    watch: Watch = DEFAULT_WATCH,
) -> Polled | None:
    """Take what lies in the mailbox for returned mail; None where the mail file names none.

    A mail is committed before it is moved, and taken once however often it is read: whatever
    ends a visit, the next one goes on. Raises MailboxError, TokenError, RefusedError.
    """
    returns = setup.returns
    if returns is None or not returns.mailbox:
        return None
    login = returns.login
    url = MailboxUrl.parse(returns.mailbox, user="" if login is None else login.user)
    token = None if login is None else token_source(login).token
    with open_mailbox(url, token=token) as mailbox:
        return _visit(
            database, clock, letter_names(keys, returns), returns, mailbox, url.name, watch
        )


def _visit(
    database: Database,
    clock: Clock,
    names: LetterNames,
    returns: Returns,
    mailbox: Mailbox,
    name: str,
    watch: Watch,
) -> Polled:
    new: Counter[Kind] = Counter()
    suppressed = repeated = 0
    for uid in _in_turn(database, mailbox, name)[:MOST]:
        held = mailbox.fetch(uid)
        if held is None:
            continue
        taken = take_mail(database, clock, names, held.octets, source="imap", watch=watch)
        _remember(database, mailbox, name, uid)
        understood = taken.kind is not Kind.UNRECOGNISED
        mailbox.move(uid, returns.processed if understood else returns.unrecognised)
        if taken.new:
            new[taken.kind] += 1
            suppressed += taken.suppressed
        else:
            repeated += 1
    return Polled(new=new, suppressed=suppressed, repeated=repeated)


def _in_turn(database: Database, mailbox: Mailbox, name: str) -> list[int]:
    """Give the UIDs to read: new ones first, then those that were taken and could not be moved."""
    with database.reading() as session:
        seen = _checkpoint(session, name, mailbox.uid_validity)
    uids = mailbox.uids()
    return [uid for uid in uids if uid > seen] + [uid for uid in uids if uid <= seen]


def _checkpoint(session: Session, name: str, uid_validity: int) -> int:
    return (
        session.scalar(
            select(MailboxCheckpoint.uid).where(
                MailboxCheckpoint.mailbox == name,
                # Under another validity the numbers name other mails (RFC 3501 sec. 2.3.1.1).
                MailboxCheckpoint.uid_validity == uid_validity,
            )
        )
        or 0
    )


def _remember(database: Database, mailbox: Mailbox, name: str, uid: int) -> None:
    with database.writing() as session:
        session.execute(
            database.insert_missing(MailboxCheckpoint).values(
                mailbox=name, uid_validity=mailbox.uid_validity, uid=0
            )
        )
        row = session.get_one(MailboxCheckpoint, name, with_for_update=True)
        if row.uid_validity != mailbox.uid_validity or row.uid < uid:
            row.uid_validity = mailbox.uid_validity
            row.uid = uid

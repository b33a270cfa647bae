"""What can tell whether a relay accepted a letter: its own records, and what came back to us."""

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from mailer.resolving.chain import Chain
from mailer.resolving.knocking import knock
from mailer.resolving.postfix_log import PostfixLog
from mailer.resolving.resolver import Answer, CatcherResolver, Doubt, Resolver, unknown
from mailer.resolving.sent_folder import SentFolder
from mailer.returns.mailbox import open_mailbox
from mailer.returns.mailbox_url import MailboxUrl
from survey_service.clock import Clock
from survey_service.mailing.relays.setup import Relay
from survey_service.store.answers import Draft
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail
from survey_service.store.people import Invitation
from survey_service.waves.mail_plan.steps import INVITATION, LINKS, STEPS

_PROOFS = ("delivery", "bounce", "delay", "complaint", "auto-reply", "reply")
"""Kinds of returned mail that only a letter which had been accepted can bring about."""
_WITH_LINK = tuple(name for name, step in STEPS.items() if step.asks or step in LINKS)
"""Steps whose letters carry the personal link."""


def resolver_for(
    relay: Relay, *, database: Database, clock: Clock, caught: Path | None = None
) -> Resolver:
    """Put together all that can tell what a relay accepted.

    `caught` is the catcher's folder where the relay is the built-in catcher. Raises RefusedError
    for a Sent folder's URL that cannot be read.
    """
    records: list[Resolver] = []
    if caught is not None:
        records.append(CatcherResolver(caught))
    if relay.postfix_log is not None:
        knocking = partial(knock, relay.endpoint)
        records.append(PostfixLog(relay.postfix_log, knock=knocking, now=clock.now))
    if relay.sent_folder:
        url, tokens = MailboxUrl.parse(relay.sent_folder), relay.transport.tokens
        opening = partial(
            open_mailbox,
            url,
            token=None if tokens is None else tokens.token,
            context=relay.transport.tls_context,
        )
        records.append(SentFolder(opening, settle=relay.settle, now=clock.now))
    return Chain(hints=(ReportsCame(database), AnswerCame(database)), records=records)


class ReportsCame:
    """Knows that a letter was accepted by what it brought back: a report, a bounce, a reply."""

    name = "report that came back"

    def __init__(self, database: Database) -> None:
        self._database = database

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        """Say yes where anything came back but a refusal in the conversation itself."""
        came = select(ReturnedMail.letter_id).where(
            ReturnedMail.letter_id.in_(_keys(doubts)),
            ReturnedMail.kind.in_(_PROOFS),
            ReturnedMail.source != "smtp",
        )
        return _proven(self._database, came, doubts)


class AnswerCame:
    """Knows that an invitation arrived, since the link in it was used to answer.

    Only where no other letter can have brought the link.
    """

    name = "answer that came in"

    def __init__(self, database: Database) -> None:
        self._database = database

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        """Say yes where a first answer was saved or the form sent in."""
        other = aliased(Letter)
        elsewhere = exists().where(
            other.invitation_id == Letter.invitation_id,
            other.id != Letter.id,
            other.step.in_(_WITH_LINK),
            other.begun_at.is_not(None),
        )
        came = (
            select(Letter.id)
            .join(Invitation, Invitation.id == Letter.invitation_id)
            .outerjoin(Draft, Draft.invitation_id == Invitation.id)
            .where(
                Letter.id.in_(_keys(doubts)),
                Letter.step == INVITATION.name,
                or_(Invitation.answered, Draft.answered > 0),
                ~elsewhere,
            )
        )
        return _proven(self._database, came, doubts)


def _keys(doubts: Collection[Doubt]) -> list[int]:
    return [int(doubt.letter) for doubt in doubts]


def _proven(
    database: Database, letters: Select[int] | Select[int | None], doubts: Collection[Doubt]
) -> Mapping[str, Answer]:
    try:
        with database.reading() as session:
            found = {str(letter) for letter in session.scalars(letters)}
    except SQLAlchemyError:
        return unknown(doubts)
    return {
        doubt.message_id: Answer.YES if doubt.letter in found else Answer.UNKNOWN
        for doubt in doubts
    }

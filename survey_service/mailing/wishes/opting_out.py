"""Opting out: a person's wish to get no more mail, of one wave or of all, and its undoing."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from questionnaires.text import Language
from survey_service import journal
from survey_service.clock import Clock
from survey_service.keys import KeyRing
from survey_service.links import Link
from survey_service.store.mail import Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave

Scope = Literal["wave", "all"]
"""The mail of one wave, or all that this service will ever send to the address."""
Source = Literal["page", "one-click"]
Wish = Literal["wave", "all", "again"]
"""What a person confirms: a scope to opt out of, or getting mail again."""

REASON = "opt-out"
RESPONDENT = "respondent"
"""Who acts, as the journal and the list have it: never which one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whose mail an opt-out link is about, and what of it they have stopped.

    `masked` is the address as the page shows it: the link may be in other hands. `wave_key` is
    the wave's id with the hashes of its definitions.
    """

    invitation: int
    public_id: bytes
    email_key: str
    masked: str
    language: Language
    wave: str
    wave_key: tuple[int, str, str]
    stopped: Scope | None


class OptOutProofs:
    """Makes and checks the hidden field that a confirmation carries.

    A scanner that submits what stands behind a link has no proof; only the page that asked which
    mail is to stop gives one, for that choice alone.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._key = keys.secrets("link")[-1]

    def make(self, public_id: bytes, wish: Wish) -> str:
        """Give the proof of an invitation's wish: 128 bits of HMAC-SHA-256 in hexadecimal."""
        said = b"opt-out|" + wish.encode() + b"|" + public_id
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:32]

    def holds(self, public_id: bytes, wish: Wish, proof: str) -> bool:
        """Tell in constant time whether a proof is that of the invitation's wish."""
        return hmac.compare_digest(proof.encode(), self.make(public_id, wish).encode())


def masked(email: str) -> str:
    """Show an address to whoever knows it: its first letter and its domain."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


_RECIPIENT = (
    select(
        Invitation.id,
        Contact.email,
        Contact.email_key,
        Contact.language,
        Wave.code,
        Wave.id.label("wave"),
        Wave.framework_hash,
        Wave.questionnaires_hash,
    )
    .join(Contact, Contact.id == Invitation.contact_id)
    .join(Wave, Wave.id == Invitation.wave_id)
    .where(Invitation.public_id == bindparam("public_id"))
)

_STOPPED = select(Suppression.wave).where(
    Suppression.email_key == bindparam("email_key"),
    Suppression.reason == REASON,
    Suppression.released_at.is_(None),
    or_(Suppression.wave == bindparam("wave"), Suppression.wave.is_(None)),
)


def find_recipient(session: Session, link: Link) -> Recipient | None:
    """Find whose mail a link is about, of whatever generation; None once the address is purged."""
    row = session.execute(_RECIPIENT, {"public_id": link.public_id}).one_or_none()
    if row is None:
        return None
    return Recipient(
        invitation=row.id,
        public_id=link.public_id,
        email_key=row.email_key,
        masked=masked(row.email),
        language="en" if row.language == "en" else "vi",
        wave=row.code,
        wave_key=(row.wave, row.framework_hash, row.questionnaires_hash),
        stopped=_stopped(session, row.email_key, row.code),
    )


def opt_out(
    session: Session, clock: Clock, recipient: Recipient, scope: Scope, source: Source
) -> bool:
    """Stop a person's mail; False where that mail was stopped already.

    Letters that wait are dropped when they are claimed. The journal gets the fact alone.
    """
    _hold(session, recipient)
    if _stopped(session, recipient.email_key, recipient.wave) in {scope, "all"}:
        return False
    session.add(
        Suppression(
            email_key=recipient.email_key,
            wave=recipient.wave if scope == "wave" else None,
            reason=REASON,
            source=source,
            at=clock.now(),
        )
    )
    session.flush()
    details = {"scope": scope, "source": source}
    journal.record(
        session, clock, actor=RESPONDENT, wave=recipient.wave, event="opted out", details=details
    )
    return True


def want_again(session: Session, clock: Clock, recipient: Recipient) -> bool:
    """Let a person's mail come again, of this wave and of all; False where none was stopped."""
    _hold(session, recipient)
    stopped = _stopped(session, recipient.email_key, recipient.wave)
    if stopped is None:
        return False
    session.execute(
        update(Suppression)
        .where(
            Suppression.email_key == recipient.email_key,
            Suppression.reason == REASON,
            Suppression.released_at.is_(None),
            or_(Suppression.wave == recipient.wave, Suppression.wave.is_(None)),
        )
        .values(released_at=clock.now(), released_by=RESPONDENT)
    )
    journal.record(
        session,
        clock,
        actor=RESPONDENT,
        wave=recipient.wave,
        event="opt-out undone",
        details={"scope": stopped},
    )
    return True


def _hold(session: Session, recipient: Recipient) -> None:
    # Two presses at once must not leave two entries: on PostgreSQL the second waits here.
    invitation = select(Invitation.id).where(Invitation.id == recipient.invitation)
    session.execute(invitation.with_for_update())


def _stopped(session: Session, email_key: str, wave: str) -> Scope | None:
    waves = session.scalars(_STOPPED, {"email_key": email_key, "wave": wave}).all()
    if not waves:
        return None
    return "all" if None in waves else "wave"

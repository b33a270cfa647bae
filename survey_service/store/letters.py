"""The outbox: one row per invitation and step, with what became of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.store.base import Base, Instant


class Letter(Base):
    """A letter to send; it says what to send, never the text or the link.

    States are those of `mailer.sending.outbox`. `attempt` fences: a worker that lost its lease
    cannot overwrite what happened since. `domain` is the recipient's, in lower case; `transport`
    names the relay that the letter was last taken to, `begun_at` when that attempt began.

    No `id` is ever given twice, though letters are deleted at the cut-off: Message-ID and return
    path follow from it, and another letter's would be found in the relay's log and in its bounces.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("invitation_id", "step"),
        Index("ix_letters_due", "wave_id", "state", "not_before", "id", "domain"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"))
    step: Mapped[str] = mapped_column(String(20))
    not_before: Mapped[datetime] = mapped_column(Instant)
    domain: Mapped[str] = mapped_column(String(255), default="")
    state: Mapped[str] = mapped_column(String(12), default="queued")
    transport: Mapped[str | None] = mapped_column(String(40), default=None)
    attempt: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(64), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(Instant, default=None)
    begun_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    settled_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    resent: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(40), default=None)
    reply: Mapped[str | None] = mapped_column(Text, default=None)


class Dispatcher(Base):
    """The lease that lets one worker at a time send for a lane from an SQLite outbox."""

    __tablename__ = "dispatchers"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(Instant)

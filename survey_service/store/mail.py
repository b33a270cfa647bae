"""What mail leaves behind: what came back, who is not written to, pace, and steps of a plan."""

from datetime import datetime

from sqlalchemy import BigInteger, Double, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.store.base import Base, Instant


class LetterEvent(Base):
    """One thing that happened to a letter, in the order of `id`: a line of the invitation log.

    `event` is the state it entered, or `bounced`, `delayed`, `delivered`, `complained`,
    `resolved`; `detail` is the server's or the resolver's words, without an address or a link.
    """

    __tablename__ = "letter_events"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    event: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str | None] = mapped_column(Text, default=None)


class Suppression(Base):
    """An address that is not written to: in one wave, or, where `wave` is None, in none.

    `email_key` is the comparable form of the address. `reason` is one of `opt-out`,
    `hard-address`, `soft-mailbox`, `complaint`, `manual`; `source` says who brought it: `page`,
    `one-click`, `bounce`, `reply`, `webhook`, or a member of staff. It rules while `released_at`
    is None.
    """

    __tablename__ = "suppressions"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    email_key: Mapped[str] = mapped_column(String(320), index=True)
    wave: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Instant)
    evidence: Mapped[str | None] = mapped_column(Text, default=None)
    released_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    released_by: Mapped[str | None] = mapped_column(String(120), default=None)


class ReturnedMail(Base):
    """One mail or report that came back; `digest` (SHA-256) keeps it from counting twice.

    `kind` is `bounce`, `delay`, `delivery`, `complaint`, `auto-reply`, `reply` or `unrecognised`;
    `failure` the class of a bounce. `raw` is the evidence, kept for 90 days.
    """

    __tablename__ = "returned_mail"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    source: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), default=None)
    email_key: Mapped[str | None] = mapped_column(String(320), default=None, index=True)
    wave: Mapped[str | None] = mapped_column(String(40), default=None)
    transport: Mapped[str | None] = mapped_column(String(40), default=None)
    failure: Mapped[str | None] = mapped_column(String(20), default=None)
    status: Mapped[str | None] = mapped_column(String(12), default=None)
    diagnostic: Mapped[str | None] = mapped_column(Text, default=None)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)


class MailboxCheckpoint(Base):
    """How far an IMAP folder has been read: UIDs up to `uid` under this `uid_validity`."""

    __tablename__ = "mailbox_checkpoints"

    mailbox: Mapped[str] = mapped_column(String(200), primary_key=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)


class Bucket(Base):
    """A token bucket of a transport's limit: how many letters may go, as of an instant."""

    __tablename__ = "buckets"

    name: Mapped[str] = mapped_column(String(320), primary_key=True)
    tokens: Mapped[float] = mapped_column(Double[float]())
    at: Mapped[datetime] = mapped_column(Instant)


class PausedTransport(Base):
    """A transport through which nothing goes until somebody lets it: why, and since when."""

    __tablename__ = "paused_transports"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class WaveStep(Base):
    """What became of one step of a wave's mail plan: `queued`, `late` (it asks) or `skipped`."""

    __tablename__ = "wave_steps"
    __table_args__ = (UniqueConstraint("wave_id", "step"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    step: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(String(120))

"""Transactions of public services as the one-stop software delivered them, and who was drawn."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.store.base import Base, Instant


class Transaction(Base):
    """One finished or running procedure (giao dịch, hồ sơ TTHC) of a source.

    `number` is the file number, alone in its source. `service`, `unit` and `channel` are codes
    after the source's mapping. `email` is "" where there is none that letters reach. `person` is a
    keyed digest of the e-mail address, or else of the telephone number, None where there is
    neither; `telephone` one of the number. `content` is a digest of the row as it was delivered,
    by which a changed one is known. `delivered_on` is the day when it first came.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("source", "number"),
        Index("ix_transactions_person", "person", "id"),
        Index("ix_transactions_returned", "returned"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(80))
    service: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(40))
    received: Mapped[date | None] = mapped_column(Date, default=None)
    due: Mapped[date | None] = mapped_column(Date, default=None)
    returned: Mapped[date | None] = mapped_column(Date, default=None)
    name: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    person: Mapped[bytes | None] = mapped_column(LargeBinary(16), default=None)
    telephone: Mapped[bytes | None] = mapped_column(LargeBinary(16), default=None)
    content: Mapped[bytes] = mapped_column(LargeBinary(16), default=b"")
    delivered_on: Mapped[date | None] = mapped_column(Date, default=None)


class Delivery(Base):
    """One file or request with transactions of a source, by its content: the same comes in once.

    `counts` says what became of its rows: added, changed, unchanged, refused.
    """

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("source", "sha256"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)


class Sample(Base):
    """The sample of a wave: the seed it follows from, and fingerprints of its frame and people.

    `seed` is 32 hexadecimal bytes, None while a rolling wave keeps it from everybody; then
    `nonce` and the key ring give it, and `commitment` is its SHA-256, journaled at the opening.
    `summary` is `sampling.summary.Summary` as JSON.
    """

    __tablename__ = "samples"

    wave_id: Mapped[int] = mapped_column(
        ForeignKey("waves.id"), primary_key=True, autoincrement=False
    )
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    commitment: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str | None] = mapped_column(String(64), default=None)
    nonce: Mapped[str | None] = mapped_column(String(64), default=None)
    frame_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    sample_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)


class SampledPerson(Base):
    """A person drawn for a wave, and the transaction of theirs that they are asked about.

    `place` is the rank in their stratum by the permanent random numbers, from 1; `transactions`
    how many of the frame's are theirs (the multiplicity). States: "invited" (a contact), "reserve"
    (not asked unless called), "called" (a reserve who took somebody's place, a contact too),
    "replaced" (asked no more; `reason` says why), and in a rolling wave "passed" (considered, and
    not taken by lot). `contact_id` is cleared with the wave's lists.
    """

    __tablename__ = "sampled_people"
    __table_args__ = (Index("ix_sampled_people_stratum", "wave_id", "stratum", "place"),)

    wave_id: Mapped[int] = mapped_column(
        ForeignKey("samples.wave_id"), primary_key=True, autoincrement=False
    )
    person: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    stratum: Mapped[str] = mapped_column(String(200))
    place: Mapped[int]
    transactions: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), default=None)
    reason: Mapped[str | None] = mapped_column(String(40), default=None)


class AskedPerson(Base):
    """That a person was asked on a day, so that nobody is asked again too soon.

    The digest needs the key ring to be told from another; the row outlives the wave's lists.
    """

    __tablename__ = "asked_people"

    person: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    wave_id: Mapped[int] = mapped_column(
        ForeignKey("waves.id"), primary_key=True, autoincrement=False
    )
    asked_on: Mapped[date] = mapped_column(Date)

"""Waves: one survey round with everything it was opened with."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.store.base import Base, Instant


class Wave(Base):
    """A wave (đợt điều tra).

    `plan` is the checked wave file as canonical JSON; `framework`, `questionnaires` and `units`
    are the copies taken, and hashed, when the wave opened. `tally` keeps the counts of people and
    letters once the cut-off has cleared what they were counted from.
    """

    __tablename__ = "waves"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    plan: Mapped[bytes] = mapped_column(LargeBinary)
    framework: Mapped[bytes] = mapped_column(LargeBinary)
    questionnaires: Mapped[bytes] = mapped_column(LargeBinary)
    framework_hash: Mapped[str] = mapped_column(String(64))
    questionnaires_hash: Mapped[str] = mapped_column(String(64))
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    units: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    dataset_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    tally: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)


class Publication(Base):
    """One published version of a wave's score sheet; its files never change."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("wave_id", "version"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    version: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(Instant)


class PublicationFile(Base):
    """One file of a publication, as it was hashed."""

    __tablename__ = "publication_files"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)

"""Answers before the cut-off: sealed drafts, responses, and their ballots."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.store.base import Base, Instant


class Draft(Base):
    """An unfinished form: sealed answers, and in clear only page, count and day."""

    __tablename__ = "drafts"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitations.id"), primary_key=True, autoincrement=False
    )
    key_id: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    page: Mapped[int]
    answered: Mapped[int]
    day: Mapped[date] = mapped_column(Date)


class Response(Base):
    """One submitted form of one invitation (phiếu trả lời); gone at the cut-off.

    The invitation is the key: the first commit wins, every later one finds it taken. `texts`
    are the free-text answers: [{"item", "unit", "text"}], unit empty where it is about none.
    """

    __tablename__ = "responses"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitations.id"), primary_key=True, autoincrement=False
    )
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    texts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Ballot(Base):
    """One response about one unit; answers packed in the frozen questionnaires' item order."""

    __tablename__ = "ballots"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("responses.invitation_id"), primary_key=True, autoincrement=False
    )
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    familiar: Mapped[bool] = mapped_column(Boolean)
    answers: Mapped[bytes] = mapped_column(LargeBinary)

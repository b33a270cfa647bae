"""People and the units they rate: register of units, contacts, invitations."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.store.base import Base


class Unit(Base):
    """A rated unit (cơ quan, đơn vị) with the dates it existed; `successor_of` names codes."""

    __tablename__ = "units"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    unit_class: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date | None] = mapped_column(Date, default=None)
    valid_to: Mapped[date | None] = mapped_column(Date, default=None)
    successor_of: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    superior: Mapped[str | None] = mapped_column(String(40), default=None)
    sectors: Mapped[list[str]] = mapped_column(JSON, default_factory=list)


class Contact(Base):
    """A person who may be asked in one wave; purged with the wave.

    `transactions` are the person's procedures: [{"unit", "service", "month"}]. `population` is
    N_h of the contact's stratum as the list states it, `weight` a decimal as text. `mode` says by
    which door the person is asked; whoever is not asked by mail has no address, and a key of their
    own without "@". `service` and `channel` are those of the transaction that was drawn.
    """

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("wave_id", "email_key"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(Text)
    group: Mapped[str] = mapped_column("respondent_group", String(40))
    own_unit: Mapped[str | None] = mapped_column(String(40), default=None)
    language: Mapped[str] = mapped_column(String(2), default="vi")
    transactions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    sectors: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    stratum: Mapped[str | None] = mapped_column(String(80), default=None)
    population: Mapped[int | None] = mapped_column(default=None)
    weight: Mapped[str] = mapped_column(String(40), default="1")
    mode: Mapped[str] = mapped_column(String(10), default="web")
    service: Mapped[str | None] = mapped_column(String(40), default=None)
    channel: Mapped[str | None] = mapped_column(String(40), default=None)


class Invitation(Base):
    """One person in one wave: which units they rate, and that they answered (never what).

    `public_id` is 8 random bytes inside the signed token; `generation` counts re-issued links.
    `withdrawn`: the person took their response back, and is asked no more. `rotation` is the set
    of items that lot gave the person, None where there is no short form. `short_code` is a keyed
    digest of the code printed on a letter or receipt, None where the only way in is the link.
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), unique=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(8), unique=True)
    units: Mapped[list[str]] = mapped_column(JSON)
    generation: Mapped[int] = mapped_column(default=0)
    answered: Mapped[bool] = mapped_column(default=False)
    revoked: Mapped[bool] = mapped_column(default=False)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    rotation: Mapped[int | None] = mapped_column(default=None)
    short_code: Mapped[bytes | None] = mapped_column(
        LargeBinary(16), unique=True, index=True, default=None
    )

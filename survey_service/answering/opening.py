"""Open a form by its link: whose it is, how it stands, what was answered so far."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.answering.desk import Desk
from survey_service.answering.draft import Answers
from survey_service.answering.pages import FormPage, form_pages
from survey_service.links import Link
from survey_service.seal import SealBrokenError
from survey_service.store.answers import Draft, Response
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.reading import LoadedWave

Standing = Literal[
    "not_open", "open", "closed", "frozen", "cancelled", "revoked", "answered", "withdrawn"
]
CORRECTABLE = frozenset({"open", "paused", "closed"})
"""The states of a wave in which a response can be corrected: up to the cut-off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One person's form as it stands now.

    `draft` is None until the person has consented, and again once the response is in, unless a
    correcting link opens it; `taken_at` is when the response came in, None where there is none.
    `rotation` is the set of items that lot gave the person, None where there is no short form.
    """

    invitation: int
    link: Link
    group: Code
    rotation: int | None
    language: Language
    wave: LoadedWave
    pages: tuple[FormPage, ...]
    standing: Standing
    draft: Answers | None
    taken_at: datetime | None

    @property
    def correcting(self) -> bool:
        """Tell whether this is the correction of a response, which counts until it is replaced."""
        return self.standing == "open" and self.taken_at is not None

    @property
    def has_response(self) -> bool:
        """Tell whether there is a response that the person may see, correct or withdraw."""
        return self.taken_at is not None and self.standing in {"answered", "open"}

    def page(self, number: int) -> FormPage | None:
        """Find a page by its number, counted from 1."""
        return self.pages[number - 1] if 1 <= number <= len(self.pages) else None

    def unfinished(self) -> tuple[FormPage, ...]:
        """Give the pages that are not finished yet."""
        finished = self.draft.finished if self.draft else ()
        return tuple(page for page in self.pages if page.number not in finished)


_FORM = (
    select(
        Invitation.id,
        Invitation.public_id,
        Invitation.generation,
        Invitation.units,
        Invitation.rotation,
        Invitation.answered,
        Invitation.revoked,
        Invitation.withdrawn,
        Contact.group.label("group"),
        Contact.language,
        Contact.transactions,
        Wave.id.label("wave"),
        Wave.state,
        Wave.opens_at,
        Wave.closes_at,
        Wave.framework_hash,
        Wave.questionnaires_hash,
        Draft.key_id,
        Draft.sealed,
        Response.submitted_at,
    )
    .join(Contact, Contact.id == Invitation.contact_id)
    .join(Wave, Wave.id == Invitation.wave_id)
    .outerjoin(Draft, Draft.invitation_id == Invitation.id)
    .outerjoin(Response, Response.invitation_id == Invitation.id)
    .where(Invitation.public_id == bindparam("public_id"))
)
"""Built once: a statement made anew for each request costs twice the time of asking it."""


def open_form(desk: Desk, token: str) -> Form | None:
    """Open the form that a token leads to; None where this service signed no such token.

    A token of a wrong signature is refused without the database.
    """
    link = desk.links.open(token)
    if link is None:
        return None
    with desk.database.reading() as session:
        return read_form_of(desk, session.connection(), link)


def read_form_of(desk: Desk, connection: Connection, link: Link) -> Form | None:
    """Read the form of an opened link as the connection sees it."""
    row = connection.execute(_FORM, {"public_id": link.public_id}).one_or_none()
    if row is None:
        return None
    frozen = desk.waves.find(
        Session(bind=connection), row.wave, row.framework_hash, row.questionnaires_hash
    )
    units: Sequence[str] = row.units
    return Form(
        invitation=row.id,
        link=link,
        group=row.group,
        rotation=row.rotation,
        language="en" if row.language == "en" else "vi",
        wave=replace(frozen.wave, state=row.state, opens_at=row.opens_at, closes_at=row.closes_at),
        pages=form_pages(frozen, row.group, row.rotation, units, row.transactions),
        standing=_standing(row, link, desk.clock.now()),
        draft=_draft(desk, row, link),
        taken_at=row.submitted_at,
    )


def _standing(row: Row[*tuple[Any, ...]], link: Link, now: datetime) -> Standing:
    if row.state in {"frozen", "published"}:
        # The cut-off has cleared who answered: everybody meets the same page.
        return "frozen"
    if row.revoked or row.generation != link.generation:
        return "revoked"
    if row.withdrawn:
        return "withdrawn"
    if row.answered or row.submitted_at is not None:
        corrected = link.correcting and row.sealed is not None and row.state in CORRECTABLE
        return "open" if corrected else "answered"
    return _standing_of_wave(row, now)


def _standing_of_wave(row: Row[*tuple[Any, ...]], now: datetime) -> Standing:
    if row.state == "cancelled":
        return "cancelled"
    if row.state == "draft" or now < row.opens_at:
        return "not_open"
    # The hour closes a wave, whether or not somebody has recorded it yet.
    if row.state not in {"open", "paused"} or now >= row.closes_at:
        return "closed"
    return "open"


def _draft(desk: Desk, row: Row[*tuple[Any, ...]], link: Link) -> Answers | None:
    if row.sealed is None or (row.submitted_at is not None and not link.correcting):
        return None
    try:
        return Answers.decode(desk.seal.open(row.key_id, row.public_id, row.sealed))
    except SealBrokenError:
        # Its key has left the ring: the person consented, and begins anew.
        return Answers()

"""From a printed code to the link it stands for."""

from sqlalchemy import bindparam, select

from survey_service.links import Links
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.people import Invitation

_FOUND = select(Invitation.public_id, Invitation.generation).where(
    Invitation.short_code == bindparam("code"), Invitation.revoked.is_(False)
)


def find_token(database: Database, pseudonyms: Pseudonyms, links: Links, code: str) -> str | None:
    """Give the token that a code (12 signs, as read) leads to; None where it leads nowhere.

    The database holds keyed digests of codes only, so it is no list of ways in.
    """
    digest = pseudonyms.short_code(code)
    with database.reading() as session:
        row = session.execute(_FOUND, {"code": digest}).one_or_none()
    return None if row is None else links.token(row.public_id, row.generation)

"""Codes given to invitations; only their keyed digests are kept."""

from collections.abc import Sequence

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from survey_service.doors.short_codes import new_code
from survey_service.entropy import Entropy
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.people import Invitation


def give_codes(
    session: Session, entropy: Entropy, pseudonyms: Pseudonyms, invitations: Sequence[int]
) -> list[str]:
    """Draw a fresh code for each invitation, in their order; a former one opens nothing any more.

    The codes are shown to whoever prints them, and kept nowhere.
    """
    codes = [new_code(entropy) for _ in invitations]
    if codes:
        session.connection().execute(
            update(Invitation.__table__)  # type: ignore[arg-type]
            .where(Invitation.id == bindparam("this"))
            .values(short_code=bindparam("digest")),
            [
                {"this": invitation, "digest": pseudonyms.short_code(code)}
                for invitation, code in zip(invitations, codes, strict=True)
            ],
        )
    return codes

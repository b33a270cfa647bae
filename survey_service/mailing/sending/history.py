"""The invitation log: what happened to each letter, one line per event."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_service.mailing.quoted_links import without_tokens
from survey_service.store.mail import LetterEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A line of the log: the letter's id, when, the state entered or fact learnt, and the words.

    `detail` holds no address and no link.
    """

    letter: int
    at: datetime
    event: str
    detail: str | None = None


_ADDRESS = re.compile(r"[^\s<>(),;:\"']+@[^\s<>(),;:\"']+|\b[a-z]+://\S+", re.IGNORECASE)


def without_addresses(words: str) -> str:
    """Take addresses and links out of a server's words: many repeat the recipient's.

    A link's token goes also where the link stands without its scheme, as filters quote it.
    """
    if "@" in words or "://" in words:
        words = _ADDRESS.sub("…", words)
    return without_tokens(words)


_INSERT = insert(LetterEvent.__table__)  # pyright: ignore[reportArgumentType]


def record_events(session: Session, events: Sequence[Event]) -> None:
    """Write lines of the log, in the session's own transaction and in the order given."""
    if events:
        rows = [
            {
                "letter_id": event.letter,
                "at": event.at,
                "event": event.event,
                "detail": event.detail,
            }
            for event in events
        ]
        session.connection().execute(_INSERT, rows)

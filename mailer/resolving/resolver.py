"""Asking the other side whether a letter had been accepted."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from mailer.catching.caught import message_id_in


class Answer(StrEnum):
    """What a look-up can say. A look-up that failed says unknown, never no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Resolver(Protocol):
    """Knows what a mail server has accepted: by its log, its Sent folder, its stored mail.

    Called from a thread, some time after the letters became uncertain.
    """

    name: str
    """How the evidence is called in a letter's history."""

    def accepted(self, message_ids: Collection[str]) -> Mapping[str, Answer]:
        """Say for each Message-ID whether the server accepted it."""
        ...


class CatcherResolver:
    """Looks into the mail catcher's folder: a mail is there before its 250 is said."""

    name = "mail catcher"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()
        self._known: set[str] = set()

    def accepted(self, message_ids: Collection[str]) -> Mapping[str, Answer]:
        """Say for each Message-ID whether a caught mail carries it; unknown without a folder."""
        try:
            for path in self._folder.iterdir():
                if path.suffix == ".eml" and path.name not in self._seen:
                    self._known.add(message_id_in(path))
                    self._seen.add(path.name)
        except OSError:
            return dict.fromkeys(message_ids, Answer.UNKNOWN)
        return {
            wanted: Answer.YES if wanted in self._known else Answer.NO for wanted in message_ids
        }

"""Asking the other side whether a letter had been accepted."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from mailer.catching.caught import message_id_in


class Answer(StrEnum):
    """What a look-up can say. A look-up that failed says unknown, never no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Doubt(Protocol):
    """A letter of which nobody here knows whether it was accepted."""

    @property
    def letter(self) -> str:
        """Which letter it is, by the outbox's own name."""
        ...

    @property
    def message_id(self) -> str:
        """Its Message-ID, angle brackets included."""
        ...

    @property
    def since(self) -> datetime:
        """When it became uncertain."""
        ...

    @property
    def begun(self) -> datetime | None:
        """An instant before which the attempt had not begun; None where nobody knows one.

        A source may say *no* only where it has seen everything since.
        """
        ...


class Resolver(Protocol):
    """Knows what a mail server has accepted: by its log, its Sent folder, its stored mail.

    Called from a thread of its own, some time after the letters became uncertain; it may take
    its time and look things up over the network, and it raises nothing.
    """

    name: str
    """How the evidence is called in a letter's history."""

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        """Say for each doubt, by its Message-ID, whether the server accepted it."""
        ...


def unknown(doubts: Iterable[Doubt]) -> dict[str, Answer]:
    """Say that nothing was learnt about any of them."""
    return {doubt.message_id: Answer.UNKNOWN for doubt in doubts}


class CatcherResolver:
    """Looks into the mail catcher's folder: a mail is there before its 250 is said."""

    name = "mail catcher"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()
        self._known: set[str] = set()

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        """Say whether a caught mail carries the Message-ID; unknown without a folder."""
        try:
            for path in self._folder.iterdir():
                if path.suffix == ".eml" and path.name not in self._seen:
                    self._known.add(message_id_in(path))
                    self._seen.add(path.name)
        except OSError:
            return unknown(doubts)
        return {
            doubt.message_id: Answer.YES if doubt.message_id in self._known else Answer.NO
            for doubt in doubts
        }

"""What a relay accepted, looked up in the Sent folder that it keeps."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Protocol

from mailer.reason import RefusedError
from mailer.resolving.resolver import Answer, Doubt, unknown
from mailer.smtp.oauth import TokenError


class Folder(Protocol):
    """An open folder of a mailbox."""

    def holds(self, message_id: str) -> bool:
        """Tell whether a mail's Message-ID contains this; raises OSError where that failed."""
        ...


class SentFolder:
    """Searches the Sent folder (Microsoft 365, Gmail) for Message-IDs, over one connection.

    *No* only where the search worked, the letter has been in doubt for `settle`, and the folder
    holds other letters of its domain: else this relay keeps no copies there, or under another
    Message-ID. Whatever fails says *unknown*.
    """

    name = "Sent folder"

    def __init__(
        self,
        open_folder: Callable[[], AbstractContextManager[Folder]],
        *,
        settle: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._open_folder = open_folder
        self._settle = settle
        self._now = now

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        """Say for each doubt what the folder shows."""
        answers = unknown(doubts)
        try:
            with self._open_folder() as folder:
                for doubt in doubts:
                    answers[doubt.message_id] = self._search(folder, doubt)
        except (OSError, TokenError, RefusedError):
            # What had been found before stands; the rest stays unknown.
            pass
        return answers

    def _search(self, folder: Folder, doubt: Doubt) -> Answer:
        if folder.holds(doubt.message_id):
            return Answer.YES
        settled = doubt.since + self._settle <= self._now()
        if settled and folder.holds(doubt.message_id[doubt.message_id.rfind("@") :]):
            return Answer.NO
        return Answer.UNKNOWN

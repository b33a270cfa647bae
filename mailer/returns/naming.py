"""Which letter a returned mail is about: only what we signed ourselves counts as a name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from mailer.returns.returned import Kind, Returned
from mailer.writing.envelope_id import letter_of_envelope_id
from mailer.writing.message_id import letter_of
from mailer.writing.return_path import letter_of_return_path


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterNames:
    """Knows our letters by their keys, oldest first, and by the address that bounces come to.

    Without an `address` there are no variable envelope senders to know.
    """

    keys: Sequence[bytes] = field(repr=False)
    address: str = ""
    delimiter: str = "+"

    def of_mail(self, returned: Returned) -> str | None:
        """Give the letter that a mail is about; None where nothing that we signed says so.

        First the address that it was sent to; then, of the mail that it returns, Message-ID,
        envelope id and sender. What a mail answers is asked only where it is an answer.
        """
        if returned.kind in {Kind.REPLY, Kind.AUTO_REPLY}:
            return self._by_path(returned.sent_to) or self._by_message_id(
                (*returned.answered_ids, *returned.message_ids)
            )
        return (
            self._by_path(returned.sent_to)
            or self._by_message_id(returned.message_ids)
            or self._first(returned.envelope_ids, letter_of_envelope_id)
            or self._by_path(returned.return_paths)
        )

    def of_message_id(self, name: str) -> str | None:
        """Give the letter that carries a Message-ID; None for one that we did not make."""
        return self._by_message_id([name])

    def _by_message_id(self, names: Iterable[str]) -> str | None:
        return self._first(names, letter_of)

    def _by_path(self, paths: Iterable[str]) -> str | None:
        if not self.address:
            return None

        def read(path: str, *, key: bytes) -> str | None:
            return letter_of_return_path(
                path, key=key, address=self.address, delimiter=self.delimiter
            )

        return self._first(paths, read)

    def _first(self, names: Iterable[str], read: Callable[..., str | None]) -> str | None:
        found = (read(name, key=key) for name in names for key in reversed(self.keys))
        return next((letter for letter in found if letter is not None), None)

"""People who were read and not yet written, kept on disk so that memory stays flat."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO

import msgspec

from survey_service.frame.people import Person


class Spool:
    """People in the order in which they came, to be walked as often as needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Person)

    def add(self, person: Person) -> None:
        """Put a person at the end."""
        self._file.write(self._encoder.encode(person))
        self._file.write(b"\n")

    def __iter__(self) -> Iterator[Person]:
        self._file.seek(0)
        yield from map(self._decoder.decode, self._file)


@contextmanager
def open_spool() -> Generator[Spool]:
    """Open an empty spool; its file has no name and is gone at the end."""
    with TemporaryFile(prefix="survey-contacts-") as file:
        yield Spool(file)

"""A contact list from a file, each address once, in memory that does not grow with it."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from questionnaires.text import Text
from survey_service.frame.cells import Cells
from survey_service.frame.findings import Findings
from survey_service.frame.people import CONTACT_FIELDS, Person, read_person
from survey_service.frame.repeats import merge_repeats
from survey_service.frame.spool import Spool, open_spool
from survey_service.frame.table import walk_table
from survey_service.frame.terms import Terms


class ContactList:
    """The people of a file, in the order of their first lines; walked as often as needed."""

    def __init__(self, spool: Spool, merged: dict[str, Person], cells: Cells | None) -> None:
        self._spool = spool
        self._merged = merged
        self._cells = cells

    def __iter__(self) -> Iterator[Person]:
        for person in self._spool:
            whole = self._merged.get(person.key, person)
            if whole.line == person.line:
                yield whole

    def refuse(self, person: Person, message: Text) -> None:
        """Gather a problem about a person's address."""
        if self._cells is not None:
            self._cells.refuse_at("email", person.line, message)


@contextmanager
def read_contact_list(path: Path, terms: Terms, findings: Findings) -> Generator[ContactList]:
    """Read a file of contacts strictly; every mistake goes to `findings`.

    The list is to be used only where there is no error among them.
    """
    with open_spool() as spool:
        cells: Cells | None = None
        seen: set[int] = set()
        repeated: set[int] = set()
        for cells in walk_table(path, CONTACT_FIELDS, findings):
            person = read_person(cells, terms)
            if not person.key:
                continue
            # A number stands for an address, at a third of its memory; should two addresses ever
            # share one, they are told apart below.
            mark = hash(person.key)
            (repeated if mark in seen else seen).add(mark)
            spool.add(person)
        merged = (
            merge_repeats((person for person in spool if hash(person.key) in repeated), cells)
            if cells is not None and repeated
            else {}
        )
        yield ContactList(spool, merged, cells)

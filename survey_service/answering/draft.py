"""An unfinished form: what was answered so far, page by page."""

from collections.abc import Mapping
from typing import Final, Self

import msgspec

from questionnaires.index import Code
from survey_service.answering.pages import FormPage

ONCE = ""
"""Where answers lie that are about no unit."""


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a draft: finished pages, units the person does not know, answers by unit.

    An answer is a readable code as `questionnaires.answers` gives it; a unit's answers are kept
    while the person says not to know it, in case they change their mind.
    """

    finished: tuple[int, ...] = ()
    unfamiliar: tuple[Code, ...] = ()
    answers: dict[Code, dict[Code, str]] = {}

    @staticmethod
    def decode(plain: bytes) -> "Answers":
        """Read what `encode` wrote."""
        return _DRAFTS.decode(plain)

    def encode(self) -> bytes:
        """Write the content as JSON."""
        return msgspec.json.encode(self)

    def about(self, unit: Code) -> Mapping[Code, str]:
        """Give the answers about a unit, or those about none (ONCE)."""
        return self.answers.get(unit, {})

    def on(self, page: FormPage) -> dict[Code, str]:
        """Give the answers that stand on a page, those about the person included."""
        given: dict[Code, str] = {}
        if page.unit is not None:
            given.update(self.about(page.unit.code))
        if page.once:
            given.update(self.about(ONCE))
        return given

    def is_familiar(self, page: FormPage) -> bool:
        """Tell whether the person works with the unit of a page."""
        return page.unit is None or page.unit.code not in self.unfamiliar

    def count(self) -> int:
        """Count the answers given, those about units that the person does not know left out."""
        return sum(
            sum(1 for answer in given.values() if answer)
            for unit, given in self.answers.items()
            if unit not in self.unfamiliar
        )

    def with_page(
        self, page: FormPage, given: Mapping[Code, str], *, familiar: bool, finished: bool
    ) -> Self:
        """Put in what was sent for one page, in place of what stood there."""
        answers = dict(self.answers)
        unfamiliar = set(self.unfamiliar)
        if page.unit is not None:
            codes = {item.code for item in page.items}
            answers[page.unit.code] = {code: given[code] for code in given if code in codes}
            unfamiliar.discard(page.unit.code)
            if not familiar:
                unfamiliar.add(page.unit.code)
        if page.once:
            codes = {item.code for item in page.once}
            answers[ONCE] = {code: given[code] for code in given if code in codes}
        done = {number for number in self.finished if number != page.number}
        return type(self)(
            finished=tuple(sorted(done | ({page.number} if finished else set[int]()))),
            unfamiliar=tuple(sorted(unfamiliar)),
            answers=answers,
        )


# Made at the import: msgspec takes a struct's annotations in when it first meets it, and two
# threads that meet it at once crash the process.
_DRAFTS: Final = msgspec.json.Decoder(Answers)

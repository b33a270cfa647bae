"""The words that staff give the letters of a wave: a subject and paragraphs with placeholders."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from questionnaires.text import Text
from survey_service.waves.mail_plan.steps import STEPS

PLACEHOLDERS: Final[dict[str, str]] = {
    "tên": "name",
    "cơ quan": "organisation",
    "tên đợt": "title",
    "ngày mở": "opens",
    "hạn": "closes",
    "điện thoại": "telephone",
    "trang kết quả": "results page",
    "đơn vị": "agencies",
    "khối lượng": "load",
}
"""What a wording may leave open in braces, in Vietnamese and in English; either may stand in
either language, with or without accents. `đơn vị` are the agencies that the person rates,
`khối lượng` how many questions about how many agencies take how many minutes."""
PERSONAL: Final = frozenset({"name", "agencies", "load"})
"""Those that differ by person; a subject cannot hold them."""
CUT_OFF: Final = frozenset({"agencies", "load"})
"""Those that nobody knows any more once the wave is frozen."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class StepWording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The subject, opening and closing of one step's letters, instead of the usual ones.

    `step` is a step's name, or `reminder` or `link` for all of that kind; an empty line parts
    paragraphs. Who asks, why, on what ground, how to check it and how to opt out always follow.
    """

    step: str
    subject: Text
    opening: Text
    closing: Text | None = None

    def parts(self) -> Iterator[tuple[str, Text]]:
        """Walk the parts that are there, by name."""
        yield "subject", self.subject
        yield "opening", self.opening
        if self.closing is not None:
            yield "closing", self.closing


def wording_for(wordings: Sequence[StepWording], step: str) -> StepWording | None:
    """Give the words for a step: its own, else those of its kind, else None."""
    given = {wording.step: wording for wording in wordings}
    return given.get(step) or given.get(STEPS[step].template)


def placeholder_named(written: str) -> str | None:
    """Give the English name of a placeholder as somebody wrote it; None for an unknown one."""
    return _NAMES.get(_bare(written))


def placeholders_in(text: str) -> list[str]:
    """List the placeholders of a text as they are written, without their braces."""
    return _PLACEHOLDER.findall(text)


def has_loose_braces(text: str) -> bool:
    """Tell whether a brace is opened or closed alone."""
    rest = _PLACEHOLDER.sub("", text)
    return "{" in rest or "}" in rest


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Put the values, by English name, where the placeholders stand; KeyError for an unknown."""
    return _PLACEHOLDER.sub(lambda found: values[_NAMES[_bare(found[1])]], text)


def _bare(written: str) -> str:
    plain = unicodedata.normalize("NFD", written.lower().replace("đ", "d"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.split(r"[\s_-]+", letters.strip()))


_NAMES: Final = {
    _bare(written): name for vi, name in PLACEHOLDERS.items() for written in (vi, name)
}

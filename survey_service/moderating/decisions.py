"""What a moderator decided about each free answer of a dataset."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.index import Code
from survey_service.dataset.content import FreeText

Decision = Literal["keep", "redact", "drop"]
"""Publish as written, publish in other words, do not publish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderated:
    """One wording with its decision; `replacement` stands for it where it is redacted."""

    key: str
    decision: Decision
    replacement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """The decisions about all free answers of one dataset, in the order of their keys."""

    dataset: str
    decisions: tuple[Moderated, ...]
    _by_key: Mapping[str, Moderated] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {one.key: one for one in self.decisions})

    @property
    def hash(self) -> str:
        """The SHA-256 of the decisions, however the workbook that held them was saved."""
        return fingerprint(
            {
                "dataset": self.dataset,
                "decisions": [[one.key, one.decision, one.replacement] for one in self.decisions],
            }
        )

    def passed(self, texts: Sequence[FreeText]) -> tuple[FreeText, ...]:
        """Give the answers that were let through, in other words where redacted, sorted."""
        kept: list[FreeText] = []
        for text in texts:
            one = self._by_key[key_of(text)]
            if one.decision == "keep":
                kept.append(text)
            elif one.decision == "redact":
                kept.append(FreeText(item=text.item, unit=text.unit, text=one.replacement))
        return tuple(sorted(kept))


def key_of(text: FreeText) -> str:
    """Give the key of a wording: equal answers to one question about one unit share it."""
    written = canonical_json([text.item, text.unit, plain(text.text)])
    return hashlib.sha256(written).hexdigest()


def plain(text: str) -> str:
    """Give a text as a spreadsheet leaves it: NFC, printable, spaces and line ends evened out."""
    normal = unicodedata.normalize("NFC", text)
    printable = "".join(sign if sign.isprintable() else " " for sign in normal)
    return " ".join(printable.split())


def keys(texts: Sequence[FreeText]) -> dict[str, tuple[Code, Code, str, int]]:
    """Give the wordings of a dataset by key: item, unit, text and how often it was written."""
    found: dict[str, tuple[Code, Code, str, int]] = {}
    for text in sorted(texts):
        key = key_of(text)
        first = found.get(key, (text.item, text.unit, text.text, 0))
        found[key] = (*first[:3], first[3] + 1)
    return found

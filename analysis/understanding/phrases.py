"""What free answers speak of: words and phrases of one to three syllables, by comments."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

LONGEST = 3
"""Syllables; written Vietnamese parts syllables, so that a word has one to three of them."""
_BREAK = re.compile(r"[^\w\s-]+|\n+")
_SYLLABLE = re.compile(r"[^\W\d_]+")


def phrase_counts(texts: Iterable[str], stop: Collection[str], *, least: int) -> dict[str, int]:
    """Count in how many texts each phrase stands, those of at least `least`, most frequent first.

    Text is compared in NFC and lower case; a phrase does not cross punctuation, and neither
    begins nor ends with a stop word. A phrase that only ever stands inside a longer one that is
    counted as often is left out.
    """
    counts = Counter[tuple[str, ...]]()
    for text in texts:
        counts.update(set(_phrases(text, frozenset(stop))))
    frequent = {phrase: count for phrase, count in counts.items() if count >= least}
    inside = {
        part
        for phrase, count in frequent.items()
        for part in _parts(phrase)
        if frequent.get(part) == count
    }
    chosen = sorted(
        (phrase for phrase in frequent if phrase not in inside),
        key=lambda phrase: (-frequent[phrase], -len(phrase), phrase),
    )
    return {" ".join(phrase): frequent[phrase] for phrase in chosen}


def _phrases(text: str, stop: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for piece in _BREAK.split(unicodedata.normalize("NFC", text).lower()):
        syllables: list[str] = _SYLLABLE.findall(piece)
        for start in range(len(syllables)):
            for end in range(start + 1, min(start + LONGEST, len(syllables)) + 1):
                if syllables[start] not in stop and syllables[end - 1] not in stop:
                    yield tuple(syllables[start:end])


def _parts(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(phrase)):
        for start in range(len(phrase) - size + 1):
            yield phrase[start : start + size]

"""Free answers: how many came; after moderation which may be read, and what they speak of."""

from collections import Counter
from importlib.resources import files

from analysis.understanding.phrases import phrase_counts
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance
from survey_service.findings.answers import Comment, Comments, Keyword
from survey_service.moderating.decisions import Moderation

TABLE = "answers.comments"
MOST_KEYWORDS = 30
STOP_WORDS = "stop-words.txt"


def comments(
    analysed: Analysed, clearance: Clearance, moderation: Moderation | None = None
) -> Comments:
    """Count the free answers, and list those that a moderator let through.

    Fewer answers than the threshold are neither counted nor listed. The unit of an answer is told
    where at least as many answers about it came. Phrases are those of at least as many answers.
    Raises ValueError where the decisions are about another dataset.
    """
    if moderation is not None and moderation.dataset != analysed.dataset.hash:
        raise ValueError("the moderation is of another dataset")
    texts = analysed.content.free_text
    if texts and not clearance.is_enough(len(texts)):
        clearance.hide(TABLE, figures=len(texts))
        return Comments(
            received=None,
            moderated=moderation is not None,
            listed=(),
            keywords=(),
            missing="suppressed",
        )
    if moderation is None:
        return Comments(received=len(texts), moderated=False, listed=(), keywords=())
    passed = moderation.passed(texts)
    about = Counter((text.item, text.unit) for text in texts)
    listed = sorted(
        (one.item, one.unit if clearance.is_enough(about[one.item, one.unit]) else "", one.text)
        for one in passed
    )
    for place, number in about.items():
        if place[1] and not clearance.is_enough(number):
            clearance.hide(TABLE, figures=number)
    counted = phrase_counts(
        [one.text for one in passed], stop_words(), least=max(clearance.threshold, 1)
    )
    return Comments(
        received=len(texts),
        moderated=True,
        listed=tuple(
            Comment(item=item, unit=unit or None, text=text) for item, unit, text in listed
        ),
        keywords=tuple(
            Keyword(words=words, comments=number)
            for words, number in list(counted.items())[:MOST_KEYWORDS]
        ),
    )


def stop_words() -> frozenset[str]:
    """Read the syllables that begin or end no phrase."""
    lines = files("survey_service.analysing").joinpath(STOP_WORDS).read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))

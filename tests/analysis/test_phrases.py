import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from analysis.understanding.phrases import phrase_counts

WORDS = st.sampled_from(["hồ", "sơ", "trả", "lời", "đúng", "hẹn", "của", "và", "."])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=12)


def test_phrases_are_counted_by_comments_in_one_spelling() -> None:
    texts = ["Trả lời đúng hẹn, đúng hẹn!", "TRẢ LỜI đúng hẹn", "trả lời"]
    decomposed = [unicodedata.normalize("NFD", text) for text in texts]
    assert phrase_counts(decomposed, (), least=2) == {"trả lời": 3, "trả lời đúng": 2,
                                                      "lời đúng hẹn": 2}  # fmt: skip


def test_a_phrase_does_not_cross_punctuation() -> None:
    assert phrase_counts(["hồ sơ. đúng hẹn"], (), least=1) == {"hồ sơ": 1, "đúng hẹn": 1}


def test_a_phrase_neither_begins_nor_ends_with_a_stop_word() -> None:
    counted = phrase_counts(["thái độ của cán bộ"], {"của"}, least=1)
    assert counted == {"thái độ": 1, "độ của cán": 1, "cán bộ": 1}


@given(texts=TEXTS, least=st.integers(1, 5))
def test_no_phrase_of_fewer_comments_is_told(texts: list[str], least: int) -> None:
    counted = phrase_counts(texts, {"của", "và"}, least=least)
    assert counted == phrase_counts(list(reversed(texts)), {"của", "và"}, least=least)
    for words, number in counted.items():
        holding = [text for text in texts if words in " ".join(text.replace(".", ",").split())]
        assert least <= number <= len(holding)

"""One proof is enough to be sure; it takes every record to be sure of the contrary."""

from collections.abc import Collection, Mapping

import pytest
from carrying import doubt

from mailer.resolving.chain import Chain
from mailer.resolving.resolver import Answer, Doubt

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


class Source:
    """Something that always says the same, and notes what it was asked."""

    def __init__(self, answer: Answer, name: str = "source") -> None:
        self.name = name
        self.answer = answer
        self.asked: list[str] = []

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        self.asked += [doubt.message_id for doubt in doubts]
        return dict.fromkeys((doubt.message_id for doubt in doubts), self.answer)


@pytest.mark.parametrize(
    ("hints", "records", "answer"),
    [
        ([YES], [], YES),
        ([YES], [NO], YES),
        ([UNKNOWN], [YES], YES),
        ([UNKNOWN], [NO], NO),
        ([UNKNOWN], [UNKNOWN], UNKNOWN),
        ([], [NO, YES], YES),
        ([], [NO, UNKNOWN], UNKNOWN),
        ([], [NO, NO], NO),
        ([NO], [], UNKNOWN),
        ([], [], UNKNOWN),
    ],
)
def test_a_chain_is_sure_of_an_absence_only_where_every_record_is(
    hints: list[Answer], records: list[Answer], answer: Answer
) -> None:
    chain = Chain(hints=[*map(Source, hints)], records=[*map(Source, records)])
    assert chain.accepted([doubt("<l1@x>")]) == {"<l1@x>": answer}


def test_what_is_proven_is_not_looked_up_again() -> None:
    hint, record = Source(YES, "answers"), Source(NO, "log")
    chain = Chain(hints=[hint], records=[record])
    chain.accepted([doubt("<l1@x>")])
    assert (hint.asked, record.asked) == (["<l1@x>"], [])
    assert chain.name == "answers, log"

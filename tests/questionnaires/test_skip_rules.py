from questionnaires.definition import Item, ShowIf
from questionnaires.loading import Definitions
from questionnaires.relevance import is_asked, relevant
from questionnaires.text import Text


def item(code: str, show_if: ShowIf | None = None) -> Item:
    return Item(
        code=code,
        section="s",
        kind="yes_no",
        groups=("ND",),
        text=Text(vi="?", en="?"),
        show_if=show_if,
    )


def test_an_item_without_a_rule_is_always_asked() -> None:
    assert is_asked(item("A"), {})


def test_a_rule_opens_its_item_for_the_named_answers_only(two_units: Definitions) -> None:
    apology = two_units.questionnaires.item("XIN-LOI")
    assert is_asked(apology, {"TRE": "yes"})
    for answer in ("no", "", "~"):
        assert not is_asked(apology, {"TRE": answer})
    assert not is_asked(apology, {})


def test_a_rule_looks_into_a_multiple_choice() -> None:
    rule = item("B", ShowIf(item="A", is_=("b", "c")))
    assert is_asked(rule, {"A": "a;b"})
    assert not is_asked(rule, {"A": "a;bc"})


def test_the_answer_of_a_skipped_item_opens_nothing() -> None:
    items = (
        item("A"),
        item("B", ShowIf(item="A", is_=("yes",))),
        item("C", ShowIf(item="B", is_=("yes",))),
    )
    answers = {"A": "no", "B": "yes", "C": "yes"}
    assert [each.code for each in relevant(items, answers)] == ["A"]
    assert relevant(items, answers | {"A": "yes"}) == items

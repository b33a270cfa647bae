from dataclasses import replace

import msgspec
import pytest
from generated import generated
from hand_made import hand_made, two_units

from questionnaires.definition import Item, Questionnaires
from questionnaires.text import Text
from survey_service.exporting.variables import MISSING, variables

CONTENT = generated("par-index-2022", seed=7)


def with_items(*codes: str) -> Questionnaires:
    bank = two_units().questionnaires
    named = tuple(
        Item(
            code=code,
            section=bank.sections[0].code,
            kind="number",
            groups=("CX",),
            text=Text(vi="Bao nhiêu?", en="How many?"),
        )
        for code in codes
    )
    return msgspec.structs.replace(bank, items=(*bank.items, *named))


def test_names_are_such_as_every_package_takes_and_none_comes_twice() -> None:
    content = hand_made(
        [("CX", "XA1", 3, {})], questionnaires=with_items("1-a", "1.a", "with", "q x", "Q X")
    )
    names = [one.name for one in variables(content)][-5:]
    assert names == ["V_1_a", "V_1_a_2", "V_with", "q_x", "Q_X_2"]


def test_numeric_codes_stay_and_others_are_numbered_in_order() -> None:
    of = {one.name: one for one in variables(CONTENT)}
    assert [one.number for one in of["Q01"].categories] == [5, 4, 3, 2, 1, -1, -2, -3, -4]
    late = {one.code: one.number for one in of["Q50"].categories}
    assert late == {"khong-tre": 1, "co": 2, "khong": 3} | MISSING


def test_a_multiple_choice_becomes_one_variable_per_option() -> None:
    chosen = [one for one in variables(CONTENT) if one.column == "Q52"]
    assert [one.option for one in chosen][:2] == ["cho-cho", "ho-so"]
    cells = ("cho-cho;thoi-gian", "ho-so", "dk", "na", "~", "")
    assert [chosen[0].number(cell) for cell in cells] == [1, 0, -1, -2, -3, -4]


def test_a_number_is_itself_and_an_unknown_code_is_refused() -> None:
    rating = next(one for one in variables(CONTENT) if one.name == "Q01")
    counted = replace(rating, kind="number", categories=())
    assert [counted.number(cell) for cell in ("0", "17", "~")] == [0, 17, -3]
    with pytest.raises(StopIteration):
        rating.number("9")


def test_questions_have_no_blanks_left_open() -> None:
    for one in variables(CONTENT):
        assert "{" not in one.label.vi + one.label.en

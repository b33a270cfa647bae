"""Short forms: who is asked what, what is wrong with one, how long it takes."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from spoiling import Break, Plain, assert_found, checked, item

from questionnaires.catalogue import folder
from questionnaires.definition import Rotation
from questionnaires.load import group_loads, load_table, render
from questionnaires.loading import Definitions, load_definitions

TWO_UNITS = load_definitions(folder("two-units"))
ASKED = TWO_UNITS.questionnaires.asked(TWO_UNITS.framework, "ND", "XA")
SETS = [["S3", "S4"], ["UU-TIEN", "SO-LAN"]]


def short(*sets: Sequence[str], group: str = "ND") -> Break:
    return lambda bank: bank.update(rotations=[{"group": group, "sets": [list(s) for s in sets]}])


def with_sets(*sets: Sequence[str]) -> Definitions:
    rotation = Rotation(group="ND", sets=tuple(map(tuple, sets)))
    bank = structs.replace(TWO_UNITS.questionnaires, rotations=(rotation,))
    return structs.replace(TWO_UNITS, questionnaires=bank)


@given(st.lists(st.sampled_from([0, 1, 2, None]), min_size=len(ASKED), max_size=len(ASKED)))
def test_sets_and_what_everybody_is_asked_make_the_long_form(places: list[int | None]) -> None:
    codes = [one.code for one in ASKED]
    sets = [[c for c, place in zip(codes, places, strict=True) if place == n] for n in range(3)]
    bank = with_sets(*sets).questionnaires
    put = [[one.code for one in bank.put_to(ASKED, "ND", place)] for place in range(3)]
    core = {code for code, place in zip(codes, places, strict=True) if place is None}
    assert [set(one) for one in put] == [core | set(one) for one in sets]
    assert all(one == [code for code in codes if code in one] for one in put)


def test_whoever_has_no_set_gets_everything() -> None:
    bank = with_sets(*SETS).questionnaires
    assert bank.put_to(ASKED, "ND", None) == ASKED
    assert bank.put_to(ASKED, "CB", 0) == ASKED
    assert TWO_UNITS.questionnaires.put_to(ASKED, "ND", 1) == ASKED
    with pytest.raises(IndexError):
        bank.put_to(ASKED, "ND", 2)


MISTAKES: list[tuple[Break, str, str]] = [
    (short(*SETS, group="N"), "Q: rotations", "no respondent group “N”"),
    (short(SETS[0]), "Q: rotations[ND].sets", "at least 2 sets of items; there are 1"),
    (short(), "Q: rotations[ND].sets", "there are 0"),
    (short(SETS[0], []), "Q: rotations[ND].sets[2]", "this set is empty"),
    (short(["S3"], ["S5"]), "Q: rotations[ND].sets", "no item “S5”"),
    (short(["S3"], ["S4", "S3"]), "Q: rotations[ND].sets", "item S3 is in several sets"),
    (short(["S3", "S3"], ["S4"]), "Q: rotations[ND].sets", "named 2 times"),
    (short(["S3"], ["S1"]), "Q: rotations[ND].sets", "item S1 is not put to group ND"),
    (short(["TRE"], ["SO-LAN"]), "Q: rotations[ND].sets", "belongs in the same set 1"),
    (short(["TRE"], ["XIN-LOI"]), "Q: rotations[ND].sets", "belongs in the same set 1"),
]


@pytest.mark.parametrize(("spoil", "where", "wording"), MISTAKES)
def test_each_mistake_of_a_short_form_is_found(
    two_units: Definitions, spoil: Break, where: str, wording: str
) -> None:
    assert_found(checked(two_units, bank=spoil), where, wording)


def test_a_group_has_one_short_form(two_units: Definitions) -> None:
    def twice(bank: Plain) -> None:
        short(*SETS)(bank)
        bank["rotations"] *= 2

    assert_found(checked(two_units, bank=twice), "Q: rotations", "“ND” is named 2 times")


def test_the_overall_judgement_is_put_to_everybody(two_units: Definitions) -> None:
    def rotated(bank: Plain) -> None:
        item(bank, "S4").update(role="overall")
        short(["S4"], ["SO-LAN"])(bank)

    problems = checked(two_units, bank=rotated)
    assert_found(problems, "Q: rotations[ND].sets", "the overall judgement S4 is put to everybody")


def test_a_rule_may_look_back_at_what_everybody_is_asked_or_within_its_set(
    two_units: Definitions,
) -> None:
    assert checked(two_units, bank=short(["XIN-LOI"], ["SO-LAN"])) == ()
    assert checked(two_units, bank=short(["TRE", "XIN-LOI"], ["SO-LAN"])) == ()


def test_a_leaf_that_some_set_does_not_measure_is_a_warning(two_units: Definitions) -> None:
    problems = checked(two_units, bank=short(["S3"], ["SO-LAN"]))
    assert_found(problems, "Q: rotations[ND].sets", "set 2 has no item of leaf XA B.1.1", "warning")
    assert len(problems) == 1


def test_a_leaf_whose_items_count_unequally_is_a_warning(two_units: Definitions) -> None:
    def add(*sets: Sequence[str]) -> Break:
        def change(bank: Plain) -> None:
            for code in ("S5", "S6"):
                bank["items"].append({**item(bank, "S3"), "code": code})
            short(*sets)(bank)

        return change

    wording = "items of leaf XA B.1.1 do not count equally"
    # S3 is half of what everybody says of the leaf, S5 and S6 a quarter each.
    found = checked(two_units, bank=add(["S5"], ["S6"]))
    assert_found(found, "Q: rotations[ND].sets", wording, "warning")
    # Alone in its set S3 counts as much as both others together.
    found = checked(two_units, bank=add(["S3"], ["S5", "S6"]))
    assert_found(found, "Q: rotations[ND].sets", wording, "warning")
    assert checked(two_units, bank=add(["S3"], ["S5"], ["S6"])) == ()


def test_a_table_of_loads_has_the_minutes_of_the_short_form() -> None:
    definitions = with_sets(["S3", "S4"], ["UU-TIEN"])
    framework, bank = definitions.framework, definitions.questionnaires
    loads = group_loads(framework, bank, "ND", {("XA",): 3})
    # Of seven items everybody gets four; twelve seconds each.
    assert [(load.cells, load.minutes, persons) for load, persons in loads] == [
        (6, 2, 3),
        (5, 1, 3),
    ]
    people = {"ND": {f"nd{number}": ("XA-A",) for number in range(3)}}
    table = load_table(framework, bank, people, {"XA-A": "XA"})
    (row,) = table.groups
    assert (row.persons, row.minutes.mean) == (3, Fraction(3, 2))
    assert "5-6 (mean 5.5)  1-2 (mean 1.5)" in render(table, "en")

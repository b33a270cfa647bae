from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.index import Mode
from survey_service.dataset.cells import is_weight
from survey_service.freezing.weighting import (
    FEWEST_ANSWERS,
    DrawnStratum,
    SampledPerson,
    Weighted,
    pooled,
    weigh,
    written,
)
from survey_service.sampling.strata import Place


def stratum(
    code: str, people: int, drawn: int, *, unit: str = "A", mode: Mode = "web",
    called: int = 0, replaced: int = 0, first_stage: Fraction = Fraction(1),
    service: str = "", channel: str = "",
) -> DrawnStratum:  # fmt: skip
    return DrawnStratum(
        code=code, unit=unit, mode=mode, transactions=2 * people, people=people, drawn=drawn,
        called=called, replaced=replaced, probability=Fraction(drawn, people) * first_stage,
        first_stage=first_stage, service=service, channel=channel,
    )  # fmt: skip


def asked(code: str, count: int, answered: int, transactions: int = 1) -> list[SampledPerson]:
    return [
        SampledPerson(stratum=code, transactions=transactions, answered=place < answered)
        for place in range(count)
    ]


def of_people(strata: Sequence[DrawnStratum], people: Sequence[SampledPerson]) -> Weighted:
    return weigh(strata, people, target="people", k=3)


def weights(found: Weighted) -> dict[str, str]:
    return {one.stratum: one.weight for one in found.strata}


def test_an_answer_stands_for_the_people_of_its_stratum_per_answer() -> None:
    found = of_people([stratum("a", 120, 30)], asked("a", 30, 12))
    assert weights(found) == {"a": "10"}
    assert set(found.weights) == {"10"}
    (one,) = found.strata
    assert (one.probability, one.answered, one.classes, one.first_stage) == ("0.25", 12, (), None)


def test_a_thin_stratum_is_weighted_with_another_of_its_unit() -> None:
    found = of_people(
        [stratum("a", 120, 30), stratum("b", 40, 20), stratum("c", 500, 50, unit="B")],
        [*asked("a", 30, 15), *asked("b", 20, 4), *asked("c", 50, 25)],
    )
    # Factor (30·4 + 20·2)/(15·4 + 4·2) = 160/68.
    assert weights(found) == {
        "a": written(4 * Fraction(160, 68)),
        "b": written(2 * Fraction(160, 68)),
        "c": "20",
    }
    classes = {one.stratum: one.classes for one in found.strata}
    assert classes == {"a": ("b",), "b": ("a",), "c": ()}


def test_a_thin_stratum_is_weighted_with_another_service_of_its_channel() -> None:
    places = [(service, channel) for service in "HK" for channel in ("online", "counter")]
    strata = [
        stratum("/".join(place), 60, 30, service=place[0], channel=place[1]) for place in places
    ]
    # By code H/online would stand between the two at the counter.
    people = [
        *asked("H/counter", 30, 5), *asked("H/online", 30, 15),
        *asked("K/counter", 30, 15), *asked("K/online", 30, 15),
    ]  # fmt: skip
    classes = {one.stratum: one.classes for one in of_people(strata, people).strata}
    assert classes["H/counter"] == ("K/counter",)
    assert classes["H/online"] == classes["K/online"] == ()


def test_a_stratum_in_which_nobody_was_asked_is_represented_by_the_one_beside_it() -> None:
    strata = [
        stratum("H/counter", 60, 30, service="H", channel="counter"),
        stratum("H/online", 90, 30, service="H", channel="online"),
        stratum("K/online", 4, 0, service="K", channel="online"),
    ]
    found = of_people(strata, [*asked("H/counter", 30, 15), *asked("H/online", 30, 20)])
    assert weights(found) == {"H/counter": "4", "H/online": "4.7", "K/online": "0"}
    assert found.strata[2].classes == ("H/online",)


def test_modes_and_units_are_never_weighted_together() -> None:
    found = of_people(
        [stratum("a", 60, 6), stratum("b", 60, 6, mode="letter"), stratum("c", 60, 6, unit="B")],
        [*asked("a", 6, 1), *asked("b", 6, 2), *asked("c", 6, 3)],
    )
    assert weights(found) == {"a": "60", "b": "30", "c": "20"}


def test_where_nobody_answered_people_are_not_represented() -> None:
    found = of_people([stratum("a", 60, 6), stratum("b", 9, 0, unit="B")], asked("a", 6, 0))
    assert weights(found) == {"a": "0", "b": "0"}


def test_a_stratum_without_answers_is_represented_by_its_class() -> None:
    found = of_people(
        [stratum("a", 100, 20), stratum("b", 50, 10)], [*asked("a", 20, 12), *asked("b", 10, 0)]
    )
    assert Fraction(weights(found)["a"]) * 12 == 150


def test_reserves_who_were_called_count_and_people_replaced_do_not() -> None:
    found = of_people([stratum("a", 200, 20, called=3, replaced=5)], asked("a", 18, 18))
    assert weights(found) == {"a": written(Fraction(200, 18))}


def test_the_first_stage_stands_in_the_weight() -> None:
    found = of_people([stratum("a", 100, 20, first_stage=Fraction(1, 4))], asked("a", 20, 20))
    (one,) = found.strata
    assert (one.weight, one.first_stage, one.probability) == ("20", "0.25", "0.05")


def test_strata_that_became_one_share_their_chances() -> None:
    parts = [stratum("x", 100, 10), stratum("y", 50, 10, first_stage=Fraction(1, 2))]
    one = pooled("a", Place(unit="", service="", channel="", mode="web"), parts)
    assert (one.people, one.asked, one.population, one.base) == (150, 20, 200, 10)
    assert one.probability == (100 * Fraction(1, 10) + 50 * Fraction(1, 10)) / 150


def test_transactions_are_banded_so_that_no_weight_is_rare() -> None:
    people = [
        *asked("a", 20, 10, 1), *asked("a", 2, 2, 2), *asked("a", 4, 4, 3), *asked("a", 1, 1, 9)
    ]  # fmt: skip
    found = weigh([stratum("a", 270, 27)], people, target="transactions", k=3)
    (one,) = found.strata
    bands = [(band.at_least, band.at_most, band.people, band.mean) for band in one.bands]
    assert bands == [(1, 1, 20, "1"), (2, 9, 7, written(Fraction(25, 7)))]
    assert min(Counter(found.weights).values()) >= 3
    base = Fraction(one.weight)
    assert set(found.weights) == {one.weight, written(base * Fraction(one.bands[1].mean))}


def test_a_stratum_of_fewer_people_than_the_threshold_is_one_band() -> None:
    people = [*asked("a", 1, 1, 1), *asked("a", 1, 1, 5)]
    found = weigh([stratum("a", 4, 2)], people, target="transactions", k=10)
    assert set(found.weights) == {"6"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(1, 3), "0.333333333333"), (Fraction(2, 3), "0.666666666667"),
     (Fraction(100), "100"), (Fraction(1, 2), "0.5"),
     (Fraction(10**8, 7), "14285714.285714285714")],
)  # fmt: skip
def test_weights_are_plain_decimals_that_a_dataset_can_hold(value: Fraction, text: str) -> None:
    assert written(value) == text
    assert is_weight(text)


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(1, 40), st.integers(1, 5), st.integers(0, 40)),
        min_size=1,
        max_size=6,
    )
)
def test_the_weights_of_a_unit_add_up_to_its_people(
    cells: list[tuple[str, int, int, int]],
) -> None:
    strata = [
        stratum(str(place), drawn * times, drawn, unit=unit)
        for place, (unit, drawn, times, _) in enumerate(cells)
    ]
    people = [
        person
        for place, (_, drawn, _, answered) in enumerate(cells)
        for person in asked(str(place), drawn, min(drawn, answered))
    ]
    found = of_people(strata, people)
    unit_of = {str(place): cell[0] for place, cell in enumerate(cells)}
    whole: Counter[str] = Counter()
    summed: dict[str, Fraction] = {}
    for one in strata:
        whole[one.unit] += one.people
    for person, weight in zip(people, found.weights, strict=True):
        if person.answered:
            unit = unit_of[person.stratum]
            summed[unit] = summed.get(unit, Fraction(0)) + Fraction(weight)
    for unit, total in summed.items():
        assert abs(total - whole[unit]) < Fraction(1, 10**9)
    for one in found.strata:
        joined = {one.stratum, *one.classes}
        inside = sum(other.answered for other in found.strata if other.stratum in joined)
        own = {other.stratum for other in found.strata if unit_of[other.stratum]
               == unit_of[one.stratum]}  # fmt: skip
        assert inside >= FEWEST_ANSWERS or joined == own or not inside

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.planning.allocation import PlannedStratum, allocate
from analysis.planning.stratum_sizes import stratum_sizes, unit_sizes
from analysis.sampling.first_stage import UnitsDrawn, draw_units, proportional
from analysis.sampling.numbers import (
    NumberArray,
    chosen_case,
    is_taken,
    label_numbers,
    part_of,
    permanent_number,
    permanent_numbers,
)
from analysis.sampling.selection import Drawn, simple, stratified, systematic, two_stage

SEED = bytes(range(32))
SEEDS = st.binary(min_size=1, max_size=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list of people: who they are, their numbers (some equal), strata, days, sizes, reserves."""

    people: tuple[bytes, ...]
    numbers: NumberArray
    stratum: tuple[int, ...]
    days: tuple[int, ...]
    sizes: tuple[int, ...]
    reserves: tuple[int, ...]


@st.composite
def lists(draw: st.DrawFn) -> Listed:
    strata = draw(st.lists(st.integers(0, 12), min_size=1, max_size=4))
    code = [h for h, m in enumerate(strata) for _ in range(m)]
    code = draw(st.permutations(code))
    total = len(code)
    numbers = st.lists(st.integers(0, 9), min_size=total, max_size=total)
    return Listed(
        people=tuple(place.to_bytes(16) for place in range(total)),
        numbers=np.array(draw(numbers), dtype=np.uint64),
        stratum=tuple(code),
        days=tuple(draw(numbers)),
        sizes=tuple(draw(st.integers(0, m)) for m in strata),
        reserves=tuple(draw(st.integers(0, 5)) for _ in strata),
    )


Draw = Callable[[Listed], Drawn]


def by_number(given_: Listed) -> Drawn:
    return stratified(
        given_.numbers,
        np.array(given_.stratum, dtype=np.int64),
        given_.sizes,
        reserves=given_.reserves,
        people=given_.people,
    )


def at_intervals(given_: Listed) -> Drawn:
    return systematic(
        given_.numbers,
        np.array(given_.stratum, dtype=np.int64),
        given_.sizes,
        keys=(np.array(given_.days),),
        starts=label_numbers([f"{h}" for h in range(len(given_.sizes))], SEED).tolist(),
        reserves=given_.reserves,
        people=given_.people,
    )


def shuffled(given_: Listed, order: Sequence[int]) -> Listed:
    return Listed(
        people=tuple(given_.people[row] for row in order),
        numbers=given_.numbers[list(order)],
        stratum=tuple(given_.stratum[row] for row in order),
        days=tuple(given_.days[row] for row in order),
        sizes=given_.sizes,
        reserves=given_.reserves,
    )


@pytest.mark.parametrize("draw", [by_number, at_intervals])
@given(data=st.data())
def test_ranks_run_through_those_drawn_and_then_the_reserves(
    draw: Draw, data: st.DataObject
) -> None:
    listed = data.draw(lists())
    drawn = draw(listed)
    ranks = drawn.rank.tolist()
    for h, (n, wanted) in enumerate(zip(listed.sizes, listed.reserves, strict=True)):
        own = [rank for rank, code in zip(ranks, listed.stratum, strict=True) if code == h]
        spare = min(wanted, len(own) - n)
        assert sorted(rank for rank in own if rank) == list(range(1, n + spare + 1))
        assert (drawn.people[h], drawn.drawn[h], drawn.reserves[h]) == (len(own), n, spare)
        assert drawn.probability[h] == (Fraction(n, len(own)) if own else 0)


@pytest.mark.parametrize("draw", [by_number, at_intervals])
@given(data=st.data())
def test_the_same_people_are_drawn_in_whatever_order_they_are_listed(
    draw: Draw, data: st.DataObject
) -> None:
    listed = data.draw(lists())
    order = data.draw(st.permutations(range(len(listed.people))))
    before = dict(zip(listed.people, draw(listed).rank.tolist(), strict=True))
    again = shuffled(listed, order)
    assert dict(zip(again.people, draw(again).rank.tolist(), strict=True)) == before


@given(data=st.data())
def test_a_larger_sample_contains_the_smaller_and_other_strata_change_nothing(
    data: st.DataObject,
) -> None:
    listed = data.draw(lists())
    code = np.array(listed.stratum, dtype=np.int64)
    larger = [
        data.draw(st.integers(n, listed.stratum.count(h))) for h, n in enumerate(listed.sizes)
    ]
    small = stratified(listed.numbers, code, listed.sizes).rank
    large = stratified(listed.numbers, code, larger).rank
    assert (large[small > 0] == small[small > 0]).all()


@given(st.data())
def test_a_systematic_sample_takes_one_of_every_interval_of_the_list(data: st.DataObject) -> None:
    m = data.draw(st.integers(1, 60))
    n = data.draw(st.integers(1, m))
    start = data.draw(st.integers(0, 2**64 - 1))
    order = np.array(data.draw(st.permutations(range(m))))
    drawn = systematic(
        np.zeros(m, np.uint64), np.zeros(m, np.int64), (n,), keys=(order,), starts=(start,)
    )
    places = np.sort(order[drawn.rank > 0])
    gaps = np.diff(np.append(places, places[0] + m))
    assert len(places) == n
    assert m // n <= gaps.min() <= gaps.max() <= -(-m // n)
    # Ranks follow the list.
    assert (np.diff(drawn.rank[np.argsort(order)][places]) == 1).all()


@given(
    people=st.lists(st.integers(0, 40), min_size=1, max_size=9).filter(any),
    lots=st.data(),
    chances=st.sampled_from(["equal", "proportional"]),
)
def test_as_many_units_are_drawn_as_wanted_and_no_empty_one(
    people: list[int], lots: st.DataObject, chances: str
) -> None:
    numbers = [lots.draw(st.integers(0, 2**64 - 1)) for _ in people]
    count = lots.draw(st.integers(1, sum(1 for one in people if one)))
    start = lots.draw(st.integers(0, 2**64 - 1))
    way = "equal" if chances == "equal" else "proportional"
    drawn = draw_units(people, numbers, count, way, start=start)
    assert sum(drawn.chosen) == count
    assert sum(drawn.probability) == count
    for chosen, certain, chance, m in zip(
        drawn.chosen, drawn.certain, drawn.probability, people, strict=True
    ):
        assert 0 <= chance <= 1
        assert not (chosen and not m)
        assert chosen or not certain
    order = lots.draw(st.permutations(range(len(people))))
    again = draw_units(
        [people[unit] for unit in order], [numbers[unit] for unit in order], count, way, start=start
    )
    if len(set(numbers)) == len(numbers):
        assert [again.chosen[order.index(unit)] for unit in range(len(people))] == list(
            drawn.chosen
        )


def test_large_units_are_certain_and_the_rest_is_shared_anew() -> None:
    # 3·100/180 ≥ 1; then 2·50/80 ≥ 1; then 1·m/30.
    assert proportional([100, 50, 20, 10, 0], 3) == [1, 1, Fraction(2, 3), Fraction(1, 3), 0]
    assert proportional([5, 5], 2) == [1, 1]
    assert draw_units([5, 5, 0], [3, 1, 2], 2, "proportional").certain == (True, True, False)


def test_a_number_is_the_keyed_digest_of_the_person() -> None:
    people = [bytes([place]) * 16 for place in range(5)]
    expected = [
        int.from_bytes(blake2b(person, digest_size=8, key=SEED).digest()) for person in people
    ]
    assert permanent_numbers(people, SEED).tolist() == expected
    assert [permanent_number(person, SEED) for person in people] == expected
    assert permanent_numbers([], SEED).tolist() == []
    assert permanent_numbers(people, SEED[1:]).tolist() != expected
    case = int.from_bytes(blake2b(people[1], digest_size=8, key=SEED, person=b"case").digest())
    assert chosen_case(people[1], SEED, 7) == case * 7 // 2**64
    label = int.from_bytes(
        blake2b("xã".encode(), digest_size=8, key=SEED, person=b"label").digest()
    )
    assert label_numbers(["xã"], SEED).tolist() == [label]


@given(SEEDS, st.binary(max_size=40), st.integers(1, 2**20))
def test_the_case_taken_is_one_of_the_persons(seed: bytes, person: bytes, cases: int) -> None:
    assert 0 <= chosen_case(person, seed, cases) < cases
    assert chosen_case(person, seed, 1) == 0
    assert is_taken(permanent_number(person, seed), Fraction(1))
    assert not is_taken(permanent_number(person, seed), Fraction(0))


def test_parts_and_rates_are_exact_at_their_edges() -> None:
    assert [part_of(number, 2) for number in (0, 2**63 - 1, 2**63, 2**64 - 1)] == [0, 0, 1, 1]
    assert is_taken(2**62 - 1, Fraction(1, 4))
    assert not is_taken(2**62, Fraction(1, 4))


def test_what_cannot_be_drawn_is_refused() -> None:
    numbers = np.arange(4, dtype=np.uint64)
    code = np.array([0, 0, 1, 1])
    with pytest.raises(ValueError, match="1 to 64 bytes, not 0"):
        permanent_numbers([b"a"], b"")
    with pytest.raises(ValueError, match="not 65"):
        permanent_number(b"a", b"s" * 65)
    with pytest.raises(ValueError, match="one case or more"):
        chosen_case(b"a", SEED, 0)
    with pytest.raises(ValueError, match="between 0 and 1: 3/2"):
        is_taken(0, Fraction(3, 2))
    with pytest.raises(ValueError, match="stratum 0 has 4 people: 5 cannot be drawn"):
        simple(numbers, 5)
    with pytest.raises(ValueError, match="stratum 1 has 2 people: -1 cannot be drawn"):
        stratified(numbers, code, (1, -1))
    with pytest.raises(ValueError, match=r"a stratum is not in 0\.\.0"):
        stratified(numbers, code, (1,))
    with pytest.raises(ValueError, match="a stratum each, as a whole number"):
        stratified(numbers, code[:3], (1, 1))
    with pytest.raises(ValueError, match="reserves that is not below 0"):
        stratified(numbers, code, (1, 1), reserves=(1, -1))
    with pytest.raises(ValueError, match="2 strata need as many starts, not 1"):
        systematic(numbers, code, (1, 1), keys=(), starts=(1,))
    units = UnitsDrawn(chosen=(True,), probability=(Fraction(1),))
    with pytest.raises(ValueError, match="2 strata need a unit each, not 1"):
        two_stage(numbers, code, (1, 1), unit=(0,), units=units)
    with pytest.raises(ValueError, match="3 units cannot be drawn from 2"):
        draw_units([4, 0, 1], [1, 2, 3], 3, "equal")
    with pytest.raises(ValueError, match="a number and a count"):
        draw_units([4, 1], [1], 1, "equal")
    with pytest.raises(ValueError, match="must have a chance"):
        unit_sizes([4, 1], [Fraction(1), Fraction(0)], 3)
    with pytest.raises(ValueError, match="2 strata and 1 standard deviations"):
        stratum_sizes([4, 1], 3, "neyman", sigmas=[Fraction(1)])
    with pytest.raises(ValueError, match="-1 people cannot be drawn"):
        stratum_sizes([4, 1], -1, "fixed")


def test_only_the_strata_of_drawn_units_give_people() -> None:
    code = np.array([0, 0, 1, 1, 2, 2])
    units = UnitsDrawn(chosen=(True, False), probability=(Fraction(1, 2), Fraction(1, 3)))
    drawn = two_stage(
        np.arange(6, dtype=np.uint64),
        code,
        (1, 1, 1),
        unit=(0, 1, 0),
        units=units,
        reserves=(5,) * 3,
    )
    assert drawn.rank.tolist() == [1, 2, 0, 0, 1, 2]
    assert drawn.drawn == (1, 0, 1)
    assert drawn.reserves == (1, 0, 1)
    assert drawn.probability == (Fraction(1, 4), Fraction(1, 6), Fraction(1, 4))


def test_sizes_are_found_where_floors_and_totals_do_not_fit() -> None:
    assert stratum_sizes([100, 50, 3], 15, "proportional", floor=5) == (7, 5, 3)
    assert stratum_sizes([100, 50, 3], 6, "proportional", floor=5) == (5, 5, 3)
    assert stratum_sizes([100, 50, 3], 999, "fixed") == (100, 50, 3)
    assert stratum_sizes([], 5, "fixed") == ()
    assert stratum_sizes([0, 9], 5, "neyman", floor=2) == (0, 5)


def test_units_of_a_two_stage_sample_get_sizes_that_give_everybody_the_same_chance() -> None:
    people = [100, 200, 300, 400, 2000]
    chances = proportional(people, 3)
    sizes = unit_sizes(people, chances, 150)
    assert sizes == (25, 25, 25, 25, 100)
    for m, n, chance in zip(people, sizes, chances, strict=True):
        assert chance * Fraction(n, m) == Fraction(150, 3000)
    assert unit_sizes(people, [Fraction(2, 5)] * 5, 150) == (13, 25, 38, 50, 250)
    assert unit_sizes([1, 3, 3000], [Fraction(1)] * 3, 10) == (1, 2, 10)


def test_thousands_of_strata_are_shared_out_like_few() -> None:
    strata = [PlannedStratum(population=1 + h % 97, floor=h % 2) for h in range(3000)]
    given_ = allocate(strata, 20_000, "proportional")
    assert sum(given_) == 20_000
    assert all(one.floor <= n <= one.most for one, n in zip(strata, given_, strict=True))

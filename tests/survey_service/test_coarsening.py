from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.index import Mode
from questionnaires.problems import ProblemsError
from survey_service.dataset.design import ListKind
from survey_service.freezing.coarsening import Coarsened, coarsen
from survey_service.freezing.narrowing import InvitedPerson

K = 10
KINDS: Mapping[str, ListKind] = {"G": "census", "H": "drawn"}
U = frozenset({"A"})


def people(
    count: int,
    unit: str = "",
    label: str = "",
    *,
    population: int | None = None,
    weight: str = "1",
    eligible: frozenset[str] = U,
    assigned: frozenset[str] | None = None,
    group: str = "G",
    service: str = "",
    channel: str = "",
    mode: Mode = "web",
) -> list[InvitedPerson]:
    one = InvitedPerson(
        group=group,
        service=service,
        channel=channel,
        mode=mode,
        unit=unit,
        label=label,
        population=population,
        weight=weight,
        eligible=eligible,
        assigned=eligible if assigned is None else assigned,
    )
    return [one] * count


def sizes(result: Coarsened) -> dict[str, int]:
    return {stratum.code: stratum.invited for stratum in result.strata}


def test_wide_strata_stay_as_they_are() -> None:
    result = coarsen([*people(10, "A", "nam"), *people(12, "A", "nữ")], K, KINDS)
    assert sizes(result) == {"G/A/nam": 10, "G/A/nữ": 12}
    assert result.coarsened == ()
    assert result.declared == ()


def test_narrow_strata_of_a_unit_become_one() -> None:
    result = coarsen(
        [*people(6, "A", "1", population=60), *people(7, "A", "2", population=70),
         *people(20, "A", "3", population=200)],
        K, KINDS,
    )  # fmt: skip
    assert sizes(result) == {"G/A": 13, "G/A/3": 20}
    assert [stratum.population for stratum in result.strata] == [130, 200]
    assert result.coarsened[0].merged == ("G/A/1", "G/A/2")


def test_a_lone_narrow_stratum_takes_in_its_smallest_neighbour() -> None:
    result = coarsen([*people(4, "A", "1"), *people(11, "A", "2"), *people(12, "A", "3")], K, KINDS)
    assert sizes(result) == {"G/A": 15, "G/A/3": 12}


def test_narrow_units_merge_into_their_group() -> None:
    result = coarsen(
        [*people(4, "A"), *people(5, "B"), *people(30, "C"), *people(40, "D")], K, KINDS
    )
    assert sizes(result) == {"G": 39, "G/D": 40}
    assert result.stratum_of[0] == "G"
    assert result.stratum_of[-1] == "G/D"


def test_narrow_channels_merge_within_their_service_first() -> None:
    result = coarsen(
        [*people(4, "A", service="LX", channel="online"), *people(8, "A", service="LX"),
         *people(11, "A", service="NUOC", channel="online"),
         *people(12, "B", service="LX", channel="online")],
        K, KINDS,
    )  # fmt: skip
    assert sizes(result) == {"G/A/LX": 12, "G/A/NUOC/online": 11, "G/B/LX/online": 12}
    (merged,) = result.coarsened
    assert merged.merged == ("G/A/LX", "G/A/LX/online")
    told = {one.code: (one.unit, one.service, one.channel) for one in result.strata}
    assert told["G/A/LX"] == ("A", "LX", "")
    assert told["G/A/NUOC/online"] == ("A", "NUOC", "online")


def test_what_differs_in_a_merged_stratum_is_left_empty() -> None:
    result = coarsen(
        [*people(4, "A", service="LX", channel="online"),
         *people(5, "A", service="NUOC", channel="online"),
         *people(6, "B", service="NUOC", channel="online")],
        K, KINDS,
    )  # fmt: skip
    (one,) = result.strata
    assert (one.code, one.unit, one.service, one.channel) == ("G", "", "", "online")


def test_modes_are_never_merged() -> None:
    result = coarsen(
        [*people(4, "A"), *people(5, "A", mode="letter"), *people(6, "A", mode="receipt"),
         *people(20, "B")],
        K, KINDS,
    )  # fmt: skip
    assert sizes(result) == {"G": 24, "G~letter": 5, "G~receipt": 6}
    kinds = {one.code: (one.mode, one.list_kind) for one in result.strata}
    assert kinds == {
        "G": ("web", "census"),
        "G~letter": ("letter", "census"),
        "G~receipt": ("receipt", "volunteers"),
    }
    assert result.stratum_for(people(1, "Z", mode="letter")[0]) == "G~letter"


def test_labels_without_a_unit_merge_into_their_group() -> None:
    result = coarsen([*people(4, label="x"), *people(30, label="y")], K, KINDS)
    assert sizes(result) == {"G": 34}


def test_a_merge_with_a_stratum_without_a_list_has_none() -> None:
    result = coarsen([*people(4, "A", "1", population=9), *people(11, "A", "2")], K, KINDS)
    assert [stratum.population for stratum in result.strata] == [None]


def test_a_group_of_too_few_is_declared() -> None:
    (one,) = coarsen(people(6), K, KINDS).declared
    assert (one.cause, one.people, one.fewest) == ("stratum", 6, 6)
    assert "6 người" in one.message.vi
    assert "Group G: 6 invited people" in one.message.en


def test_all_but_my_own_gives_people_away() -> None:
    everybody = frozenset({"A", "B", "C"})
    listed = [person for own in everybody for person in people(4, eligible=everybody - {own})]
    (one,) = coarsen(listed, K, KINDS).declared
    assert (one.cause, one.people, one.fewest) == ("pattern", 12, 4)


def test_a_drawn_subset_gives_nobody_away() -> None:
    units = frozenset("ABCDEF")
    listed = [
        person
        for place in range(6)
        for person in people(
            5, eligible=units, assigned=frozenset({"ABCDEF"[place], "ABCDEF"[place - 1]})
        )
    ]
    result = coarsen(listed, K, KINDS)
    assert result.declared == ()
    assert result.strata[0].subset


def test_a_unit_rated_by_few_is_declared() -> None:
    result = coarsen(
        [*people(4, "A", eligible=frozenset("A")), *people(30, "B", eligible=frozenset("B"))],
        K, KINDS,
    )  # fmt: skip
    (one,) = result.declared
    assert (one.cause, one.people, one.fewest) == ("unit", 4, 4)


def test_a_rare_weight_is_declared() -> None:
    (one,) = coarsen([*people(30), *people(3, weight="2.5")], K, KINDS).declared
    assert (one.cause, one.people, one.fewest) == ("weight", 3, 3)


@pytest.mark.parametrize(("first", "second"), [(20, 30), (1, 1), (None, 20)])
def test_contradicting_populations_are_refused(first: int | None, second: int) -> None:
    with pytest.raises(ProblemsError, match="must state the same population"):
        coarsen([*people(6, population=first), *people(6, population=second)], K, KINDS)


def test_codes_never_collide() -> None:
    result = coarsen([*people(10, "A/B"), *people(10, "A", "B")], K, KINDS)
    assert len(set(sizes(result))) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from("GH"), st.sampled_from(["", "A", "B", "C"]),
            st.sampled_from(["", "1", "2"]), st.sampled_from(["", "LX"]),
            st.sampled_from(["web", "receipt"]), st.integers(1, 12),
        ),
        max_size=12,
    ),
)  # fmt: skip
def test_every_stratum_is_wide_or_declared(
    cells: list[tuple[str, str, str, str, Mode, int]],
) -> None:
    listed = [
        person
        for group, unit, label, service, mode, count in cells
        for person in people(
            count, unit, "" if service else label, group=group, service=service, mode=mode
        )
    ]
    result = coarsen(listed, K, KINDS)
    assert Counter(result.stratum_of) == sizes(result)
    narrow = {stratum.group for stratum in result.strata if stratum.invited < K}
    assert narrow == {one.group for one in result.declared if one.cause == "stratum"}
    modes = Counter((person.group, person.mode) for person in listed)
    assert all(modes[one.group, one.mode] < K for one in result.strata if one.invited < K)

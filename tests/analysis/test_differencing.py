"""Two publications of the same answers, side by side."""

from fractions import Fraction

from elimination import is_fixed
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.differencing import telling_sums
from analysis.disclosure.suppression import LeafCount, Row, suppress

THRESHOLD = 10


def leaf(code: str, counted: int) -> LeafCount:
    return LeafCount(
        leaf=code,
        sums=(("total", ""), ("component", code[0])),
        groups={0: counted},
        counted=counted,
    )


LEAVES = [leaf("1.1", 40), leaf("1.2", 3), leaf("1.3", 50), leaf("2.1", 60)]
ALL = frozenset(row for one in LEAVES for row in (*one.sums, one.row))


def test_one_publication_as_the_rule_makes_it_tells_nothing() -> None:
    hidden = suppress(LEAVES, [], threshold=THRESHOLD).rows
    assert telling_sums(LEAVES, [ALL - hidden], threshold=THRESHOLD) == ()


def test_two_publications_that_hide_another_neighbour_tell_the_thin_leaf() -> None:
    one, two = ALL - {("leaf", "1.2"), ("leaf", "1.1")}, ALL - {("leaf", "1.2"), ("leaf", "1.3")}
    assert telling_sums(LEAVES, [one], threshold=THRESHOLD) == ()
    assert telling_sums(LEAVES, [two], threshold=THRESHOLD) == ()
    assert telling_sums(LEAVES, [one, two], threshold=THRESHOLD) == (("component", "1"),)


def test_a_thin_leaf_that_is_shown_tells_of_itself() -> None:
    assert ("leaf", "1.2") in telling_sums(LEAVES, [ALL], threshold=THRESHOLD)


@given(
    st.lists(st.integers(0, 25), min_size=4, max_size=4),
    st.lists(st.frozensets(st.sampled_from(sorted(ALL))), min_size=1, max_size=3),
)
def test_it_finds_what_elimination_finds(counted: list[int], shown: list[frozenset[Row]]) -> None:
    leaves = [leaf(one.leaf, count) for one, count in zip(LEAVES, counted, strict=True)]
    measured = [one for one in leaves if one.counted]
    thin = {one.leaf for one in measured if one.counted < THRESHOLD}
    equations = [
        {one.leaf: Fraction(1) for one in measured if row in (*one.sums, one.row)}
        for row in frozenset[Row]().union(*shown)
    ]
    # A combination of thin leaves alone follows exactly where a sum of some of them does, since
    # what nested sums leave open never overlaps.
    follows = any(
        is_fixed([one for one in equations if one], {code: Fraction(1) for code in some})
        for some in _subsets(sorted(thin))
    )
    assert bool(telling_sums(leaves, shown, threshold=THRESHOLD)) == follows


def _subsets(codes: list[str]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for code in codes:
        found += [(*one, code) for one in found]
    return found[1:]

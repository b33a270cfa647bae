"""What is said of a unit's change between two waves, and what is not."""

from collections.abc import Callable, Mapping
from dataclasses import replace as dataclass_replace
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from generated import generated
from hand_made import frozen, hand_made, two_units, with_leaves, with_rules
from two_waves import Rows, bank, compared, unit_rows, wave

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework, Leaf, Named
from questionnaires.problems import ProblemsError
from questionnaires.text import Text
from survey_service.analysing.analysed import analyse
from survey_service.analysing.changes import changes
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.series import series
from survey_service.sheet.score_sheet import Published

replace = msgspec.structs.replace
LEVELS = {"A": 4, "B": 4, "C": 3}


def framework() -> Framework:
    return two_units().framework


def reweighted(weights: Mapping[Code, Mapping[Code, str]], **maxima: str) -> Framework:
    """Give the index with other weights, and other points of the leaves named like A_1."""
    leaves: list[Leaf] = []
    for leaf in framework().unit_classes[0].leaves:
        given = weights.get(leaf.code)
        points = maxima.get(leaf.code.replace(".", "_"))
        leaves.append(
            replace(
                leaf,
                weights=leaf.weights
                if given is None
                else {group: Decimal(weight) for group, weight in given.items()},
                max=leaf.max if points is None else Decimal(points),
            )
        )
    return with_leaves(framework(), leaves)


def reworded(code: str) -> Questionnaires:
    items = [
        replace(item, text=replace(item.text, vi=f"{item.text.vi} (mới)"))
        if item.code == code
        else item
        for item in bank().items
    ]
    return replace(bank(), items=tuple(items))


def rows(*, servants: int = 8, level: int = 4) -> Rows:
    return [
        *unit_rows("A", level, servants=servants),
        *unit_rows("B", 4),
        *unit_rows("C", 3),
    ]


def test_where_nothing_changed_the_figures_are_the_published_ones() -> None:
    now = wave(LEVELS)
    found, units, clearance = compared(now, wave(LEVELS, year=2024))
    assert (found.wave, found.year, found.practical) == ("xa-2024", 2024, "0.50")
    assert (found.breaks, found.gone, clearance.audit()) == ((), (), ())
    for line in now.sheet.units:
        assert isinstance(line.result, Published)
        unit = units[line.code]
        assert unit.points == unit.former == unit.former_published == line.result.points
        assert (unit.difference, unit.direction, unit.composition) == ("0.00", "unclear", None)
        assert unit.interval is not None
        assert unit.interval.low == f"-{unit.interval.high}"
        error = float(line.result.standard_error or 0)
        assert float(unit.standard_error or 0) == pytest.approx(error * 2**0.5, abs=6e-4)


def test_rises_and_falls_are_told_from_what_is_not_clear() -> None:
    _, units, _ = compared(wave(LEVELS), wave({"A": 2, "B": 5, "C": 3}, year=2024))
    assert [units[code].direction for code in "ABC"] == ["up", "down", "unclear"]
    assert (units["A"].rank, units["A"].former_rank) == (1, 3)
    assert Fraction(units["A"].difference or 0) == 15
    low, high = units["A"].interval.low, units["A"].interval.high  # pyright: ignore[reportOptionalMemberAccess]
    assert float(low) < 15 < float(high)


def test_figures_add_up_as_they_are_shown() -> None:
    _, units, _ = compared(wave(LEVELS), wave({"A": 2, "B": 5, "C": 3}, year=2024))
    for unit in units.values():
        shown = Fraction(unit.points or 0) - Fraction(unit.former or 0)
        assert shown == Fraction(unit.difference or 0)


def pleased_servants() -> Rows:
    citizens: Rows = [row for row in unit_rows("A", 4) if row[0] != "CB"]
    return [*citizens, ("CB", "A", 8, {"S1": "5", "S2": "5", "S4": "5"}), *rows()[6:]]


def test_what_a_group_makes_that_was_not_there_before_is_no_change_of_the_unit() -> None:
    now, former = wave(rows=pleased_servants()), wave(rows=rows(servants=0), year=2024)
    _, units, _ = compared(now, former)
    assert (units["A"].difference, units["A"].direction) == ("0.00", "unclear")
    published = Fraction(now.sheet.units[0].result.points)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    apart = published - Fraction(units["A"].former_published or 0)
    assert apart > Fraction(1, 10)
    assert Fraction(units["A"].composition or 0) == apart
    assert (units["B"].composition, units["B"].points) == (None, units["B"].former_published)


def test_a_small_group_that_counts_in_one_wave_only_leaves_the_direction_alone() -> None:
    """The total with A's two servants is published; the one without them would give them away."""
    now, former = wave(rows=rows(servants=2)), wave(rows=rows(servants=0, level=2), year=2024)
    _, units, clearance = compared(now, former)
    unit = units["A"]
    assert (unit.missing, unit.direction, unit.rank) == ("suppressed", "up", 1)
    assert {unit.points, unit.former, unit.difference, unit.standard_error, unit.p} == {None}
    assert (unit.interval, unit.composition) == (None, None)
    assert units["B"].difference == "0.00"
    assert [(row.table, row.reason, row.figures) for row in clearance.audit()] == [
        ("trust.changes", "differencing", 1)
    ]
    _, turned, _ = compared(
        wave(rows=rows(servants=0, level=2)), wave(rows=rows(servants=2), year=2024)
    )
    assert (turned["A"].missing, turned["A"].direction) == ("suppressed", "down")


def test_both_waves_are_computed_by_the_weights_of_this_one() -> None:
    old = reweighted({"A.1": {"CX": "20", "CB": "80"}})
    split = [("CX", "A", 9, {"S1": "5", "S2": "5"}), ("CB", "A", 9, {"S1": "1", "S2": "1"})]
    given = [*unit_rows("A", 4), *split, *unit_rows("B", 4)]
    found, units, _ = compared(wave(rows=given), wave(rows=given, framework=old, year=2024))
    assert [text.vi for text in found.breaks] == [
        "Loại XA, tiêu chí A.1: đổi trọng số nhóm; cả hai đợt tính theo trọng số đợt này."
    ]
    assert (units["A"].difference, units["A"].composition) == ("0.00", None)
    assert units["A"].former != units["A"].former_published


def test_other_weights_are_not_put_on_small_groups() -> None:
    old = reweighted({"A.1": {"CX": "20", "CB": "80"}})
    now, former = wave(rows=rows()), wave(rows=rows(servants=2), framework=old, year=2024)
    _, units, _ = compared(now, former)
    assert (units["A"].missing, units["B"].missing) == ("suppressed", None)
    _, turned, _ = compared(
        wave(rows=rows(servants=2)), wave(rows=rows(), framework=old, year=2024)
    )
    assert turned["A"].missing is None


def test_both_waves_are_computed_by_the_points_of_this_one() -> None:
    old = reweighted({}, A_1="16.00", B_1_1="6.50")
    found, units, _ = compared(wave(LEVELS), wave(LEVELS, framework=old, year=2024))
    assert "tiêu chí A.1, B.1.1: đổi điểm tối đa" in found.breaks[0].vi
    assert {unit.difference for unit in units.values()} == {"0.00"}


def test_both_waves_are_computed_by_the_option_values_of_this_one() -> None:
    values = {
        code: Decimal(worth) for code, worth in zip("54321", (100, 80, 60, 40, 20), strict=True)
    }
    old = with_rules(framework(), option_values={"HL5": values}, half_rule=False)
    found, units, _ = compared(wave(LEVELS), wave(LEVELS, framework=old, year=2024))
    assert [text.en.split(".")[0] for text in found.breaks] == [
        "Changed: the values of the options",
        "Changed: the half rule",
    ]
    assert {unit.difference for unit in units.values()} == {"0.00"}
    assert units["A"].former != units["A"].former_published


def test_a_leaf_that_asks_otherwise_is_left_out_on_both_sides() -> None:
    lenient = with_rules(framework(), minimum_measured=Decimal("0.5"))
    given = [*rows(), ("ND", "A", 16, {"S3": "1", "S4": "4"})]
    now = wave(rows=given, framework=lenient)
    former = wave(
        rows=rows(), framework=lenient, questionnaires=reworded("S3"),
        year=2024,
    )  # fmt: skip
    found, units, _ = compared(now, former)
    (broken,) = found.breaks
    assert broken.en.startswith("Class XA, criteria B.1.1: other questions or options; left out on")
    assert abs(Fraction(units["A"].difference or 0)) < Fraction(1)
    assert units["A"].direction == "unclear"
    assert Fraction(units["A"].points or 0) != Fraction(units["A"].former_published or 0)


def test_a_series_of_which_too_little_is_left_is_broken() -> None:
    former = wave(LEVELS, questionnaires=reworded("S3"), year=2024)
    found, units, _ = compared(wave(LEVELS), former)
    assert {(unit.missing, unit.difference) for unit in units.values()} == {("broken_series", None)}
    assert "too few of the points" in found.breaks[-1].en


def with_scale(**change: object) -> Questionnaires:
    (scale,) = bank().scales
    return replace(bank(), scales=(replace(scale, **change),))


BETTER = Text(vi="Tuyệt vời", en="Splendid")


@pytest.mark.parametrize(
    "change",
    [
        lambda: with_scale(
            options=(
                replace(bank().scales[0].options[0], text=BETTER),
                *bank().scales[0].options[1:],
            )
        ),
        lambda: with_scale(dont_know=None),
    ],
)
def test_other_words_on_the_scale_break_every_leaf(change: Callable[[], Questionnaires]) -> None:
    found, units, _ = compared(wave(LEVELS), wave(LEVELS, questionnaires=change(), year=2024))
    assert "A.1, B.1.1, B.1.2" in found.breaks[0].vi
    assert {unit.missing for unit in units.values()} == {"broken_series"}


def test_groups_and_leaves_of_one_wave_only_are_named() -> None:
    extra = replace(framework(), groups=(*framework().groups, Named(code="DN", name=BETTER)))
    first, second, third = framework().unit_classes[0].leaves
    longer = with_leaves(
        framework(),
        [
            first,
            second,
            replace(third, max=Decimal("6.5")),
            replace(third, code="B.1.3", max=Decimal("1.0")),
        ],
    )
    here = with_rules(longer, minimum_count=3)
    now, former = (hand_made([], framework=one) for one in (here, extra))
    assert [text.en for text in series(now, former).breaks] == [
        "Changed: the rule of minimum counts. Both waves are computed by the rule of this wave.",
        "The group “Splendid” was in the former wave only: it is left out of the comparison.",
        "Class XA, criteria B.1.3: in this wave only; left out of the comparison.",
        "Class XA, criteria B.1.2: other maximum points; both waves by this wave's.",
    ]
    assert [text.en.split(":")[0] for text in series(former, now).breaks][1:3] == [
        "The group “Splendid” is in this wave only",
        "Class XA, criteria B.1.3",
    ]


def test_an_english_wording_breaks_nothing() -> None:
    items = tuple(
        replace(item, text=replace(item.text, en=f"{item.text.en} (new)")) for item in bank().items
    )
    former = wave(LEVELS, questionnaires=replace(bank(), items=items), year=2024)
    assert compared(wave(LEVELS), former)[0].breaks == ()


def test_the_order_of_groups_items_and_units_in_the_former_wave_does_not_matter() -> None:
    then = {"C": 4, "B": 2, "A": 3}
    straight = compared(wave(LEVELS), wave(dict(sorted(then.items())), year=2024))[0]
    turned_index = replace(framework(), groups=framework().groups[::-1])
    old = [item for item in bank().items if item.show_if is None]
    kept = [item for item in bank().items if item.show_if is not None]
    turned_bank = replace(bank(), items=(*old[::-1], *kept))
    turned = compared(
        wave(LEVELS),
        wave(then, framework=turned_index, questionnaires=turned_bank, year=2024),
    )[0]
    assert turned.units == straight.units


def test_twice_the_ballots_shrink_the_error_by_the_root_of_two() -> None:
    def error(times: int) -> float:
        given = [(group, unit, times * count, answers) for group, unit, count, answers in rows()]
        unit = compared(wave(rows=given), wave(rows=given, year=2024))[1]["A"]
        return float(unit.standard_error or 0)

    assert error(8) * 2**0.5 == pytest.approx(error(4), rel=0.01)


def test_a_nominated_list_leaves_a_change_without_error() -> None:
    now = wave(LEVELS, list_kinds={"CX": "nominated"})
    _, units, _ = compared(now, wave({"A": 2, "B": 4, "C": 3}, year=2024))
    unit = units["A"]
    assert (unit.difference, unit.missing) == ("15.00", None)
    assert {unit.standard_error, unit.p, unit.interval, unit.direction} == {None}


def test_units_without_a_shown_total_are_not_compared() -> None:
    thin: Rows = [("ND", "A", 2, {"S3": "5", "S4": "5"}), *unit_rows("B", 4)]
    silent: Rows = [("ND", "A", 4, {"S3": "dk", "S4": "dk"}), *unit_rows("B", 4)]
    whole = wave({"A": 4, "B": 4}, year=2024)
    assert compared(wave(rows=thin), whole)[1]["A"].missing == "suppressed"
    assert compared(wave(rows=silent), whole)[1]["A"].missing == "not_measurable"
    late = wave(rows=silent, year=2024)
    found = compared(wave({"A": 4, "B": 4}), late)[1]["A"]
    assert (found.missing, found.former_published) == ("not_measurable", None)


def test_new_gone_renamed_merged_and_split_units() -> None:
    now = wave(
        {"A": 4, "N": 4, "R": 4, "M": 4, "S1": 4, "S2": 4},
        successors={"R": ("OLD",), "M": ("X", "Y"), "S1": ("Z",), "S2": ("Z",)},
    )
    former = wave({"A": 4, "OLD": 4, "X": 4, "Y": 4, "Z": 4, "GONE": 4}, year=2024)
    found, units, _ = compared(now, former)
    assert {code: unit.missing for code, unit in units.items()} == {
        "A": None,
        "N": "new",
        "R": None,
        "M": "broken_series",
        "S1": "broken_series",
        "S2": "broken_series",
    }
    assert (units["R"].difference, units["R"].successor_of) == ("0.00", ("OLD",))
    assert units["M"].successor_of == ("X", "Y")
    assert found.gone == ("GONE",)
    assert [text.en for text in found.breaks] == [
        "M (merged with another unit): not compared with the former wave.",
        "S1; S2 (split from another unit): not compared with the former wave.",
        "R (successor of one unit): compared with that unit.",
    ]


def test_a_unit_that_took_in_another_is_not_what_it_was() -> None:
    now = wave({"A": 4, "B": 4}, successors={"A": ("C",)})
    found, units, _ = compared(now, wave({"A": 4, "B": 4, "C": 4}, year=2024))
    assert (units["A"].missing, units["B"].missing, found.gone) == ("broken_series", None, ())


def test_the_same_dataset_and_a_later_one_are_no_former_wave() -> None:
    now = wave(LEVELS)
    with pytest.raises(ProblemsError, match=r"chính là bộ dữ liệu này.*is this dataset"):
        compared(now, now)
    with pytest.raises(ProblemsError, match=r"đổi chỗ.*swap the two"):
        compared(now, wave(LEVELS, year=2026))


def test_units_are_told_apart_whatever_their_order_in_the_design() -> None:
    """The sheet lists units class by class; the register of a province does not."""
    content, former = (generated("par-index-2022", seed=seed) for seed in (3, 5))
    mixed = sorted(content.design.units, key=lambda unit: unit.code)
    now = analyse(
        frozen(dataclass_replace(content, design=replace(content.design, units=tuple(mixed))))
    )
    label = replace(former.design.wave, code="truoc", year=2021)
    reverse = tuple(reversed(mixed))
    then = analyse(
        frozen(dataclass_replace(former, design=replace(former.design, wave=label, units=reverse)))
    )
    assert [unit.code for unit in now.sheet.units] != [unit.code for unit in mixed]
    found = changes(now, then, Clearance(now.scored))
    own = {unit.code: unit for unit in now.sheet.units}
    twins = {unit.code: unit for unit in then.sheet.units}
    assert len(found.units) == len(own)
    for line in found.units:
        twin = twins[line.unit]
        assert (line.rank, line.former_rank) == (own[line.unit].rank, twin.rank)
        assert line.former_published == getattr(twin.result, "points", None)

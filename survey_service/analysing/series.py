"""What two waves have in common: the leaves that asked the same, and every break in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Code, Framework, Leaf, UnitClass
from questionnaires.text import Text
from survey_service.dataset.content import DatasetContent

LeafOf = tuple[Code, Code]
"""Unit class and leaf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Two waves side by side.

    `comparable` are the leaves on which both asked every common group the same questions with
    the same options; the others are left out on both sides. `unchanged` are those of them that
    are also scored alike (weights, points, option values). `twins` maps each item of a
    comparable leaf in the former wave to this wave's. `breaks` say what is not the same.
    """

    comparable: frozenset[LeafOf]
    unchanged: frozenset[LeafOf]
    twins: Mapping[Code, Item]
    breaks: tuple[Text, ...]


def series(now: DatasetContent, former: DatasetContent) -> Series:
    """Compare the definitions of two waves.

    Questions are compared by what a respondent reads: the Vietnamese wording, the options with
    their codes, whether "don't know" and "not applicable" are offered, and the skip rule.
    """
    twins: dict[Code, Item] = {}
    shared = [
        (unit_class, leaf)
        for unit_class, leaf in now.framework.leaves()
        if (unit_class.code, leaf.code) in _leaves(former.framework)
    ]
    comparable = frozenset(
        (unit_class.code, leaf.code)
        for unit_class, leaf in shared
        if _asks_the_same(now, former, unit_class, leaf, twins)
    )
    unchanged = frozenset(
        one
        for one in comparable
        if not _rule_breaks(now.framework, former.framework)
        and _scoring(now.framework, one) == _scoring(former.framework, one)
    )
    return Series(
        comparable=comparable,
        unchanged=unchanged,
        twins=twins,
        breaks=(
            *_rule_breaks(now.framework, former.framework),
            *_group_breaks(now.framework, former.framework),
            *_leaf_breaks(now.framework, former.framework, comparable),
            *_short_breaks(now.framework, comparable),
        ),
    )


def _leaves(framework: Framework) -> dict[LeafOf, Leaf]:
    return {(unit_class.code, leaf.code): leaf for unit_class, leaf in framework.leaves()}


def _asks_the_same(
    now: DatasetContent,
    former: DatasetContent,
    unit_class: UnitClass,
    leaf: Leaf,
    twins: dict[Code, Item],
) -> bool:
    """Compare a leaf's items group by group, and note which item is whose twin."""
    own = former.framework.unit_class(unit_class.code).leaf(leaf.code)
    common = [group for group in leaf.weights if own.weights.get(group) and leaf.weights[group]]
    found: dict[Code, Item] = {}
    for group in common:
        mine = _items(now.questionnaires, unit_class.code, leaf.code, group)
        theirs = _items(former.questionnaires, unit_class.code, leaf.code, group)
        if [_read(now.questionnaires, one) for one in mine] != [
            _read(former.questionnaires, one) for one in theirs
        ]:
            return False
        found |= {two.code: one for one, two in zip(mine, theirs, strict=True)}
    # An item that serves two leaves must be worth the same on both.
    if any(code in twins and twins[code].scale != one.scale for code, one in found.items()):
        return False
    twins |= found
    return bool(found)


def _items(
    questionnaires: Questionnaires, unit_class: Code, leaf: Code, group: Code
) -> tuple[Item, ...]:
    """List a leaf's items as a group is asked them; in which order is no break."""
    asked = [
        item
        for item in questionnaires.items
        if group in item.groups and item.leaves.get(unit_class) == leaf
    ]
    return tuple(sorted(asked, key=lambda item: (item.text.vi, item.code)))


def _read(questionnaires: Questionnaires, item: Item) -> object:
    """Give what a respondent sees of an item."""
    scale = None if item.scale is None else questionnaires.scale(item.scale)
    return (
        item.kind,
        item.text.vi,
        [(option.code, option.text.vi) for option in questionnaires.options(item)],
        scale is not None and scale.dont_know is not None,
        scale is not None and scale.not_applicable is not None,
        None if item.show_if is None else (item.show_if.item, item.show_if.is_),
    )


def _scoring(framework: Framework, one: LeafOf) -> object:
    leaf = _leaves(framework)[one]
    return leaf.max, _weights(leaf), leaf.minimum_counts


def _weights(leaf: Leaf) -> dict[Code, Decimal]:
    return {group: weight for group, weight in leaf.weights.items() if weight}


def _rule_breaks(now: Framework, former: Framework) -> tuple[Text, ...]:
    """Word the rules of scoring that changed: both waves are computed by this wave's."""
    changed = [
        text
        for text, differs in (
            (
                Text(vi="cách tính chỉ số", en="the index method"),
                now.rules.index_method != former.rules.index_method,
            ),
            (
                Text(vi="giá trị của các phương án trả lời", en="the values of the options"),
                now.rules.option_values != former.rules.option_values,
            ),
            (
                Text(vi="quy tắc một nửa số câu", en="the half rule"),
                now.rules.half_rule != former.rules.half_rule,
            ),
            (
                Text(vi="số phiếu tối thiểu và cách xử lý", en="the rule of minimum counts"),
                _minimum(now) != _minimum(former) or _own_minimums_differ(now, former),
            ),
            (
                Text(vi="cách làm tròn", en="the rounding"),
                now.rules.rounding != former.rules.rounding,
            ),
        )
        if differs
    ]
    return tuple(
        Text(
            vi=f"Thay đổi {text.vi}: cả hai đợt được tính theo quy định của đợt này.",
            en=f"Changed: {text.en}. Both waves are computed by the rule of this wave.",
        )
        for text in changed
    )


def _minimum(framework: Framework) -> object:
    rules = framework.rules
    return rules.minimum_count, rules.below_minimum, rules.minimum_cover


def _own_minimums_differ(now: Framework, former: Framework) -> bool:
    mine, theirs = _leaves(now), _leaves(former)
    return any(
        mine[one].minimum_counts != theirs[one].minimum_counts for one in mine if one in theirs
    )


def _short_breaks(now: Framework, comparable: frozenset[LeafOf]) -> Iterator[Text]:
    """Name the classes of which too little is left to speak for the whole total."""
    for unit_class in now.unit_classes:
        leaves = unit_class.survey_leaves()
        left = sum(leaf.max for leaf in leaves if (unit_class.code, leaf.code) in comparable)
        if left < now.rules.minimum_measured * sum(leaf.max for leaf in leaves):
            yield Text(
                vi=f"Loại {unit_class.code}: phần điểm so sánh được quá ít; không so sánh với đợt "
                "trước.",
                en=f"Class {unit_class.code}: too few of the points can be compared; its units "
                "are not compared with the former wave.",
            )


def _group_breaks(now: Framework, former: Framework) -> Iterator[Text]:
    mine, theirs = ({one.code: one.name for one in of.groups} for of in (now, former))
    for code, name in mine.items():
        if code not in theirs:
            yield Text(
                vi=f"Nhóm “{name.vi}” chỉ có ở đợt này: không tính khi so sánh.",
                en=f"The group “{name.en}” is in this wave only: it is left out of the comparison.",
            )
    for code, name in theirs.items():
        if code not in mine:
            yield Text(
                vi=f"Nhóm “{name.vi}” chỉ có ở đợt trước: không tính khi so sánh.",
                en=f"The group “{name.en}” was in the former wave only: it is left out of the "
                "comparison.",
            )


def _leaf_breaks(
    now: Framework, former: Framework, comparable: frozenset[LeafOf]
) -> Iterator[Text]:
    mine, theirs = _leaves(now), _leaves(former)
    kinds: tuple[tuple[Text, Text, Callable[[LeafOf], bool]], ...] = (
        (
            Text(vi="chỉ có ở đợt này", en="in this wave only"),
            Text(vi="không tính khi so sánh", en="left out of the comparison"),
            lambda one: one not in theirs,
        ),
        (
            Text(vi="chỉ có ở đợt trước", en="in the former wave only"),
            Text(vi="không tính khi so sánh", en="left out of the comparison"),
            lambda one: one not in mine,
        ),
        (
            Text(
                vi="đổi câu hỏi hoặc phương án trả lời",
                en="other questions or options",
            ),
            Text(
                vi="không tính ở cả hai đợt, phần còn lại quy về thang điểm đầy đủ",
                en="left out on both sides, the rest rescaled",
            ),
            lambda one: one in mine and one in theirs and one not in comparable,
        ),
        (
            Text(vi="đổi trọng số nhóm", en="other group weights"),
            Text(vi="cả hai đợt tính theo trọng số đợt này", en="both waves by this wave's"),
            lambda one: one in comparable and _weights(mine[one]) != _weights(theirs[one]),
        ),
        (
            Text(vi="đổi điểm tối đa", en="other maximum points"),
            Text(vi="cả hai đợt tính theo điểm tối đa đợt này", en="both waves by this wave's"),
            lambda one: one in comparable and mine[one].max != theirs[one].max,
        ),
    )
    for what, follows, holds in kinds:
        for unit_class, codes in _by_class([one for one in {**mine, **theirs} if holds(one)]):
            yield Text(
                vi=f"Loại {unit_class}, tiêu chí {codes}: {what.vi}; {follows.vi}.",
                en=f"Class {unit_class}, criteria {codes}: {what.en}; {follows.en}.",
            )


def _by_class(leaves: Iterable[LeafOf]) -> Iterator[tuple[Code, str]]:
    classes: dict[Code, list[Code]] = {}
    for unit_class, leaf in leaves:
        classes.setdefault(unit_class, []).append(leaf)
    return ((unit_class, ", ".join(codes)) for unit_class, codes in classes.items())

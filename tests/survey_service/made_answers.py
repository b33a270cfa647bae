"""Plausible answers for any score sheet: distributions, satisfaction, drivers, weak points."""

import random
from collections.abc import Iterator

from questionnaires.definition import Item
from questionnaires.loading import Definitions
from questionnaires.text import Text
from survey_service.findings.answers import (
    Answers,
    Comments,
    Distribution,
    Driver,
    Drivers,
    DunnPair,
    GroupDifference,
    ItemText,
    Keyword,
    OptionShare,
    RankTest,
    SatisfactionLine,
    WeakPoint,
)
from survey_service.findings.terms import Interval
from survey_service.sheet.score_sheet import (
    ClassSheet,
    CriterionLine,
    ProvinceFigure,
    Published,
    ScoreSheet,
    UnitSheet,
)


def made_answers(sheet: ScoreSheet, of: Definitions, chance: random.Random) -> Answers:
    """Make up what was answered about the units of a sheet."""
    items = [item for item in of.questionnaires.items if item.kind == "scale" and item.leaves]
    groups = [group.code for group in sheet.groups]
    return Answers(
        items=tuple(ItemText(item=one.code, text=one.text, leaves=one.leaves) for one in items),
        distributions=tuple(_distributions(sheet, of, items, chance)),
        satisfaction=tuple(
            _satisfaction(one.code, unit, groups[-1], chance)
            for one in sheet.classes
            for unit in (None, *one.ranking)
        ),
        group_differences=tuple(
            GroupDifference(
                unit_class=one.code,
                leaf=leaf,
                one=groups[0],
                other=groups[-1],
                difference=f"{difference:.1f}",
                standard_error="2.140",
                p="0.0008" if abs(difference) > 6 else "0.2750",
                clear=abs(difference) > 6,
            )
            for one in sheet.classes
            for leaf in _leaves(of, one)[:6]
            for difference in (chance.gauss(0, 7),)
        ),
        rank_tests=tuple(
            RankTest(
                unit_class=one.code,
                leaf=leaf,
                statistic="11.482",
                degrees_of_freedom=1,
                p="0.0007",
                pairs=(DunnPair(one=groups[0], other=groups[-1], z="3.388", p="0.0007"),),
            )
            for one in sheet.classes
            for leaf in _leaves(of, one)[:3]
        ),
        drivers=tuple(_drivers(one, chance, of) for one in sheet.classes),
        weak_points=tuple(_weak_points(sheet)),
        comments=Comments(
            received=157,
            moderated=False,
            listed=(),
            keywords=(Keyword(words="trả lời đúng hẹn", comments=31),),
        ),
    )


def _leaves(of: Definitions, one: ClassSheet) -> list[str]:
    return [leaf.code for leaf in of.framework.unit_class(one.code).survey_leaves()]


def _distributions(
    sheet: ScoreSheet, of: Definitions, items: list[Item], chance: random.Random
) -> Iterator[Distribution]:
    for place, item in enumerate(items):
        for one in sheet.classes:
            if one.code not in item.leaves:
                continue
            yield _distribution(of, item, one, None, chance, hidden=place == 4)
            for unit in one.ranking[:3]:
                yield _distribution(of, item, one, unit, chance, hidden=chance.random() < 0.15)


def _distribution(
    of: Definitions,
    item: Item,
    one: ClassSheet,
    unit: str | None,
    chance: random.Random,
    *,
    hidden: bool,
) -> Distribution:
    listed = len(one.ranking) + len(one.unranked)
    if hidden:
        return Distribution(
            item=item.code,
            unit_class=one.code,
            unit=unit,
            group=None,
            n=None,
            options=(),
            top_two=None,
            top_two_interval=None,
            mean_of_maximum=None,
            units=0 if unit is None else None,
            of=listed if unit is None else None,
            missing="suppressed",
        )
    good = chance.uniform(0.2, 0.45)
    tenths = [
        round(1000 * share)
        for share in (good, good * chance.uniform(0.6, 1.2), (1 - 2 * good) * 0.5, 0.06)
    ]
    tenths[2] = max(tenths[2], 20)
    shares = [*tenths, 1000 - sum(tenths)]
    if shares[-1] < 0:
        shares = [400, 300, 200, 70, 30]
    options = tuple(
        OptionShare(option=option.code, label=option.text, percent=f"{share / 10:.1f}")
        for option, share in zip(of.questionnaires.options(item), shares, strict=True)
    )
    top = (shares[0] + shares[1]) / 10
    mean = sum(share * value for share, value in zip(shares, (4, 3, 2, 1, 0), strict=True)) / 40
    return Distribution(
        item=item.code,
        unit_class=one.code,
        unit=unit,
        group=None,
        n=chance.randint(10, 60) if unit else chance.randint(200, 900),
        options=options,
        top_two=f"{top:.1f}",
        top_two_interval=Interval(low=f"{top - 4:.1f}", high=f"{min(99.9, top + 4):.1f}"),
        mean_of_maximum=f"{mean:.1f}",
        units=None if unit else listed - 1,
        of=None if unit else listed,
    )


def _satisfaction(
    unit_class: str, unit: str | None, group: str, chance: random.Random
) -> SatisfactionLine:
    if unit is not None and chance.random() < 0.1:
        return SatisfactionLine(
            unit_class=unit_class,
            unit=unit,
            group=group,
            n=None,
            top_two=None,
            top_two_interval=None,
            mean_of_maximum=None,
            mean_interval=None,
            missing="suppressed",
        )
    top = chance.uniform(62, 93)
    return SatisfactionLine(
        unit_class=unit_class,
        unit=unit,
        group=group,
        n=chance.randint(15, 60) if unit else 412,
        top_two=f"{top:.1f}",
        top_two_interval=Interval(low=f"{top - 6:.1f}", high=f"{top + 5:.1f}"),
        mean_of_maximum=f"{top - 4:.1f}",
        mean_interval=Interval(low=f"{top - 7:.1f}", high=f"{top - 1:.1f}"),
    )


def _drivers(one: ClassSheet, chance: random.Random, of: Definitions) -> Drivers:
    outcome = Text(
        vi="Mức độ hài lòng chung đối với sự phục vụ", en="Overall satisfaction with the service"
    )
    if not one.ranking or one.code != of.framework.unit_classes[0].code:
        return Drivers(
            unit_class=one.code,
            outcome=outcome,
            n=None,
            r_squared=None,
            drivers=(),
            missing="too_few",
        )
    raw = [chance.uniform(1, 6) for _ in of.framework.components]
    shares = [100 * share / sum(raw) for share in raw]
    performance = [chance.uniform(58, 86) for _ in shares]
    fair, mean = 100 / len(shares), sum(performance) / len(performance)
    quadrants = {
        (True, True): "keep_up",
        (True, False): "improve",
        (False, False): "low_priority",
        (False, True): "possible_overkill",
    }
    return Drivers(
        unit_class=one.code,
        outcome=outcome,
        n=612,
        r_squared="0.584",
        drivers=tuple(
            Driver(
                code=component.code,
                name=component.name,
                share=f"{share:.1f}",
                interval=Interval(low=f"{max(0.0, share - 5):.1f}", high=f"{share + 5:.1f}"),
                performance=f"{level:.1f}",
                quadrant=quadrants[share >= fair, level >= mean],  # pyright: ignore[reportArgumentType]
            )
            for component, share, level in zip(
                of.framework.components, shares, performance, strict=True
            )
        ),
    )


def _weak_points(sheet: ScoreSheet) -> Iterator[WeakPoint]:
    """Give every leaf of a unit that is 8 percent or more below its class."""
    for one in sheet.classes:
        province = {
            line.code: float(line.result.percent)
            for line in one.province
            if line.level == "leaf" and isinstance(line.result, ProvinceFigure)
        }
        for unit in sheet.units:
            if unit.unit_class != one.code:
                continue
            for leaf in _lines(unit):
                if leaf.code in province and isinstance(leaf.result, Published):
                    below = float(leaf.result.percent) - province[leaf.code]
                    if below <= -8:
                        yield WeakPoint(
                            unit=unit.code,
                            leaf=leaf.code,
                            percent=f"{float(leaf.result.percent):.1f}",
                            class_percent=f"{province[leaf.code]:.1f}",
                            difference=f"{below:.1f}",
                            clear=below <= -12,
                        )


def _lines(unit: UnitSheet) -> Iterator[CriterionLine]:
    for component in unit.components:
        for criterion in component.criteria:
            yield from criterion.parts or (criterion,)

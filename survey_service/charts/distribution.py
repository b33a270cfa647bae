"""What distribution bars show: how the answers to items are spread over the options."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from questionnaires.index import Code
from questionnaires.text import Language, Text
from survey_service.charts.saying import WITHHELD, said
from survey_service.findings.answers import Distribution, ItemText
from survey_service.findings.document import Findings
from survey_service.sheet.score_sheet import ScoreSheet

_UNIT = Text(vi="đơn vị", en="the unit")
_SERVICE = Text(vi="dịch vụ", en="the service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One item: the percents of its options, the best first, as published and in whole numbers.

    `withheld` says why there is none; then `percents` is empty. `dont_know` is the share of all
    who were asked, empty where it is not known.
    """

    text: str
    percents: tuple[float, ...]
    said: tuple[str, ...]
    n: str
    top_two: str
    dont_know: str
    withheld: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Items that share their options; `labels` has the best first."""

    labels: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distributions:
    """The items of one component (or all) about a class or one unit, in the order asked."""

    name: str
    language: Language
    scales: tuple[Scale, ...]


def distributions(
    sheet: ScoreSheet,
    findings: Findings,
    language: Language,
    *,
    unit_class: Code,
    unit: Code | None = None,
    component: Code | None = None,
) -> Distributions | None:
    """Set out the items of a class or a unit; None where none has a figure."""
    leaves = _leaves(sheet, unit_class, component)
    lines = {
        line.item: line
        for line in findings.answers.distributions
        if (line.unit_class, line.unit, line.group) == (unit_class, unit, None)
    }
    name = _unit_name(sheet, unit, language)
    asked = [
        (item, lines[item.item])
        for item in findings.answers.items
        if item.item in lines and item.leaves.get(unit_class) in leaves
    ]
    if all(line.missing for _, line in asked):
        return None
    unknown = {
        line.item: line.dont_know
        for line in findings.quality.items
        if line.group is None and line.dont_know is not None and unit is None
    }
    bars = [
        (_labels(line, language), _bar(sheet, item, line, unknown.get(item.item), name, language))
        for item, line in asked
    ]
    return Distributions(
        name=_name(sheet, unit_class, unit, component, language),
        language=language,
        scales=tuple(_scales(bars)),
    )


def _leaves(sheet: ScoreSheet, unit_class: Code, component: Code | None) -> set[Code]:
    found = next(one for one in sheet.classes if one.code == unit_class)
    return {
        line.code
        for line in found.province
        if line.level == "leaf" and component in {None, line.component}
    }


def _unit_name(sheet: ScoreSheet, unit: Code | None, language: Language) -> str:
    return next((one.name.in_(language) for one in sheet.units if one.code == unit), "")


def _name(
    sheet: ScoreSheet,
    unit_class: Code,
    unit: Code | None,
    component: Code | None,
    language: Language,
) -> str:
    found = next(one for one in sheet.classes if one.code == unit_class)
    about = _unit_name(sheet, unit, language) or found.name.in_(language)
    parts = [
        line.name.in_(language)
        for line in found.province
        if line.level == "component" and line.code == component
    ]
    return " – ".join((about, *parts))


def _labels(line: Distribution, language: Language) -> tuple[str, ...]:
    return tuple(option.label.in_(language) for option in line.options)


def _bar(
    sheet: ScoreSheet,
    item: ItemText,
    line: Distribution,
    dont_know: str | None,
    name: str,
    language: Language,
) -> Bar:
    return Bar(
        text=item.text.fill(
            language,
            unit=name or _UNIT.in_(language),
            year=str(sheet.wave.year),
            service=_SERVICE.in_(language),
        ),
        percents=tuple(float(option.percent) for option in line.options),
        said=tuple(said(option.percent, language, 0) for option in line.options),
        n="" if line.n is None else str(line.n),
        top_two="" if line.top_two is None else said(line.top_two, language, 1),
        dont_know="" if dont_know is None else said(dont_know, language, 1),
        withheld="" if line.missing is None else WITHHELD[line.missing].in_(language),
    )


def _scales(bars: list[tuple[tuple[str, ...], Bar]]) -> Iterator[Scale]:
    """Join bars of the same options; one without a figure joins the scale before or after it."""
    kinds: dict[tuple[str, ...], list[Bar]] = {}
    latest = next(labels for labels, _ in bars if labels)
    for labels, bar in bars:
        latest = labels or latest
        kinds.setdefault(latest, []).append(bar)
    for labels, members in kinds.items():
        yield Scale(labels=labels, bars=tuple(members))


def extents(bar: Bar) -> tuple[Decimal, Decimal]:
    """Give how far a bar reaches to the left (bad) and to the right (good) of the middle."""
    exact = [Decimal(str(percent)) for percent in bar.percents]
    half = len(exact) // 2
    neutral = exact[half] / 2 if len(exact) % 2 else Decimal(0)
    good = sum(exact[:half], neutral)
    bad = sum(exact[-half:] if half else [], neutral)
    return bad, good

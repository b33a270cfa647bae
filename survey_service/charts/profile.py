"""What the profile of one unit shows: its components against the mean and range of its class."""

from dataclasses import dataclass

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.charts.saying import WITHHELD, said
from survey_service.sheet.score_sheet import (
    ProvinceFigure,
    ProvinceLine,
    Published,
    Result,
    ScoreSheet,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """The class on one component, in percent: mean, lowest and highest, as shown."""

    mean: float
    low: float
    high: float
    said_mean: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """One component of the unit: its percent and interval, or why there is no figure."""

    code: str
    name: str
    percent: float | None
    interval: tuple[float, float] | None
    said: str
    against: Against | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A unit's total and components, in the order of the index."""

    name: str
    unit_class: str
    language: Language
    strands: tuple[Strand, ...]


def profile(sheet: ScoreSheet, language: Language, *, unit: Code) -> Profile | None:
    """Set out a unit; None where none of its components has a figure."""
    found = next(one for one in sheet.units if one.code == unit)
    of = next(one for one in sheet.classes if one.code == found.unit_class)
    lines = {(line.level, line.code): line for line in of.province}
    total = lines["total", ""]
    strands = (
        _strand("", total.name.in_(language), found.result, total, language),
        *(
            _strand(
                part.code,
                part.name.in_(language),
                part.result,
                lines.get(("component", part.code)),
                language,
            )
            for part in found.components
        ),
    )
    if all(strand.percent is None for strand in strands):
        return None
    return Profile(
        name=found.name.in_(language),
        unit_class=of.name.in_(language),
        language=language,
        strands=strands,
    )


def _strand(
    code: str, name: str, result: Result, line: ProvinceLine | None, language: Language
) -> Strand:
    against = _against(line, language)
    if not isinstance(result, Published):
        state = {
            "Suppressed": "suppressed",
            "NotMeasurable": "not_measurable",
            "NotApplicable": "not_applicable",
        }[type(result).__name__]
        word = WITHHELD[state].in_(language)
        return Strand(code=code, name=name, percent=None, interval=None, said=word, against=against)
    scale = 100 / float(result.maximum)
    ends = result.interval
    return Strand(
        code=code,
        name=name,
        percent=float(result.percent),
        interval=ends and (float(ends.low) * scale, float(ends.high) * scale),
        said=said(result.percent, language, 1),
        against=against,
    )


def _against(line: ProvinceLine | None, language: Language) -> Against | None:
    if line is None or not isinstance(line.result, ProvinceFigure):
        return None
    figure = line.result
    return Against(
        mean=float(figure.percent),
        low=float(figure.lowest.percent),
        high=float(figure.highest.percent),
        said_mean=said(figure.percent, language, 1),
    )

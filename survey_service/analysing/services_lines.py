"""One line about services: its domain scored, and the frame behind it."""

from dataclasses import dataclass

import msgspec

from analysis.intervals import interval
from analysis.scoring.scores import UnitScore
from questionnaires.index import Code
from survey_service.analysing.percents import percent, percent_interval
from survey_service.analysing.services_sample import ServiceSample
from survey_service.analysing.services_scoring import Both
from survey_service.dataset.design import DatasetStratum
from survey_service.findings.services import ServiceLevel, ServiceLine
from survey_service.findings.terms import Count, Figure, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a line says of its people."""

    n: Count
    top_two: Figure
    top_two_interval: Interval | None
    mean_of_maximum: Figure
    mean_interval: Interval | None


def measured(sample: ServiceSample, both: Both, domain: int) -> Measured | None:
    """Read a scored domain; None where a leaf of it could not be measured."""
    return _measured(sample, both.top_two.units[domain], both.mean.units[domain])


def measured_factor(
    sample: ServiceSample, both: Both, domain: int, factor: Code
) -> Measured | None:
    """Read one factor of a scored domain; None where it could not be measured."""
    top, mean = both.factors[factor]
    return _measured(sample, top.units[domain], mean.units[domain])


def _measured(sample: ServiceSample, top: UnitScore, mean: UnitScore) -> Measured | None:
    if mean.points is None or top.points is None or mean.measured != mean.maximum:
        return None
    return Measured(
        n=_base(mean),
        top_two=percent(top.points / top.maximum),
        top_two_interval=_interval(sample, top),
        mean_of_maximum=percent(mean.points / mean.maximum),
        mean_interval=_interval(sample, mean),
    )


def _base(score: UnitScore) -> int:
    return max(sum(cell.n for cell in leaf.groups) for leaf in score.leaves)


def _interval(sample: ServiceSample, score: UnitScore) -> Interval | None:
    """Give the interval as that of the satisfaction index is given; none for a nominated list."""
    if not sample.is_sampled or score.points is None:
        return None
    return percent_interval(
        interval(
            float(score.points / score.maximum),
            (score.standard_error or 0.0) / float(score.maximum),
            score.degrees_of_freedom or 0.0,
            maximum=1.0,
            respondents=_base(score),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a line is about; `units` are those that it is made of, of all of `of`."""

    level: ServiceLevel
    unit_class: Code
    service: Code | None = None
    unit: Code | None = None
    channel: Code | None = None
    units: frozenset[int] = frozenset()
    of: int | None = None


def line(
    sample: ServiceSample, about: About, found: Measured | None, *, n: int | None = None
) -> ServiceLine:
    """Write a line, with another number of people where `n` is given.

    Without figures a line over several units does not state its frame either.
    """
    alone = about.of is None
    transactions, people = frame_counts(sample, about) if found or alone else (None, None)
    made = ServiceLine(
        level=about.level,
        group=sample.basis.groups[sample.group],
        unit_class=about.unit_class,
        service=about.service,
        unit=about.unit,
        channel=about.channel,
        n=None,
        transactions=transactions,
        people=people,
        top_two=None,
        top_two_interval=None,
        mean_of_maximum=None,
        mean_interval=None,
        units=None if alone else len(about.units) if found else 0,
        of=about.of,
        missing="suppressed",
    )
    if found is None:
        return made
    return msgspec.structs.replace(
        made,
        n=found.n if n is None else n,
        top_two=found.top_two,
        top_two_interval=found.top_two_interval,
        mean_of_maximum=found.mean_of_maximum,
        mean_interval=found.mean_interval,
        missing=None,
    )


def frame_counts(sample: ServiceSample, about: About) -> tuple[int | None, int | None]:
    """Count the transactions and people of the frame behind a line.

    None where there is no frame, or where a stratum mixes what the line tells apart.
    """
    if not sample.framed:
        return None, None
    units = {sample.basis.units[unit] for unit in about.units}
    whole = about.of == len(units) and len(sample.basis.analysed.framework.unit_classes) == 1
    among = {about.unit} if about.unit else set(sample.framed) if whole else units
    transactions = people = 0
    for unit in sorted(among | {""}):
        for one in sample.framed.get(unit, ()):
            inside = _is_inside(one.stratum, about, None if whole else units)
            if inside is None:
                return None, None
            if inside:
                transactions += one.transactions
                people += one.people
    return transactions, people


def _is_inside(stratum: DatasetStratum, about: About, units: set[Code] | None) -> bool | None:
    """Tell whether a stratum belongs to a line; None where only a part of it may."""
    wanted = {about.unit} if about.unit else units
    parts = (
        (stratum.unit, wanted),
        (stratum.service, {about.service} if about.service else None),
        (stratum.channel, {about.channel} if about.channel else None),
    )
    if any(own and among is not None and own not in among for own, among in parts):
        return False
    return None if any(not own and among is not None for own, among in parts) else True

"""The trend of a series as one document: each unit's published figures, month after month."""

from typing import Annotated, Any, Literal

import msgspec

from questionnaires.fingerprint import canonical_json
from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.terms import Count, Figure, Interval, Part, Positive, Sha256

FORMAT = "survey-trend/1"

Measure = Literal["points", "top_two", "mean_of_maximum"]
MEASURES: tuple[Measure, ...] = ("points", "top_two", "mean_of_maximum")
Shown = Literal["published", "suppressed", "not_measurable", "not_applicable", "absent"]
Signal = Literal["beyond-above", "beyond-below", "run-above", "run-below"]
Month = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}$")]


class TrendWave(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One wave of the series: its month, and the publication that its figures are from.

    `restarts` tells that its criteria are not those of the wave before: lines begin anew.
    """

    wave: Code
    month: Month
    title: Text
    version: Positive
    fingerprint: Sha256
    framework: Sha256
    restarts: bool


class TrendPoint(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One wave on a line, in percent: the published figure with its own 95 % interval.

    `state` says why there is no figure; "absent" is a unit that the wave did not rate. `centre`
    and `limits` are what the earlier waves made one expect of this one.
    """

    wave: Code
    state: Shown
    percent: Figure | None = None
    interval: Interval | None = None
    n: Positive | None = None
    centre: Figure | None = None
    limits: Interval | None = None
    signals: tuple[Signal, ...] = ()


class TrendLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measure of one unit over all waves.

    `points` are points over their maximum; `top_two` and `mean_of_maximum` the satisfaction index
    both ways. `since` is the first wave that rated the unit where that is not the first of all,
    `until` the last where that is not the latest.
    """

    unit: Code
    name: Text
    unit_class: Code
    measure: Measure
    points: tuple[TrendPoint, ...]
    since: Code | None = None
    until: Code | None = None


class Trend(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every line of a series; it follows from the publications of its waves alone.

    Limits are `sigmas` standard errors wide on each side and need `base` earlier waves; `run`
    waves in succession on one side of the centre line are a signal.
    """

    series: str
    waves: tuple[TrendWave, ...]
    lines: tuple[TrendLine, ...]
    sigmas: Count
    base: Count
    run: Count
    format: Literal["survey-trend/1"] = FORMAT


def trend_json(trend: Trend) -> bytes:
    """Write a trend as canonical JSON: equal trends give equal bytes."""
    return canonical_json(trend)


def trend_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of `trend.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Trend, format {FORMAT}",
        **msgspec.json.schema(Trend),
    }

"""What an importance-performance chart shows: what goes with satisfaction, and how it does."""

from dataclasses import dataclass
from typing import Final, Literal

from questionnaires.index import Code
from questionnaires.text import Language, Text
from survey_service.charts.saying import said
from survey_service.findings.document import Findings
from survey_service.sheet.score_sheet import ScoreSheet

Quadrant = Literal["keep_up", "improve", "low_priority", "possible_overkill"]

QUADRANTS: Final[dict[Quadrant, Text]] = {
    "improve": Text(vi="Ưu tiên cải thiện", en="Improve first"),
    "keep_up": Text(vi="Tiếp tục phát huy", en="Keep up"),
    "low_priority": Text(vi="Ưu tiên thấp", en="Low priority"),
    "possible_overkill": Text(vi="Có thể đang dư sức", en="Possible overkill"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One driver: how well it does and how much of R² it has, both in percent."""

    code: str
    name: str
    performance: float
    share: float
    said_performance: str
    said_share: str
    quadrant: Quadrant


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverPlot:
    """The drivers of a class; the lines between the quadrants lie at the averages of both."""

    name: str
    language: Language
    outcome: str
    dots: tuple[Dot, ...]
    mean_performance: float
    mean_share: float


def driver_plot(
    sheet: ScoreSheet, findings: Findings, language: Language, *, unit_class: Code
) -> DriverPlot | None:
    """Set out a class; None where its drivers could not be computed."""
    found = next((one for one in findings.answers.drivers if one.unit_class == unit_class), None)
    if found is None or found.missing or not found.drivers:
        return None
    dots = tuple(
        Dot(
            code=one.code,
            name=one.name.in_(language),
            performance=float(one.performance),
            share=float(one.share),
            said_performance=said(one.performance, language),
            said_share=said(one.share, language),
            quadrant=one.quadrant,
        )
        for one in found.drivers
    )
    listed = next(one for one in sheet.classes if one.code == unit_class)
    return DriverPlot(
        name=listed.name.in_(language),
        language=language,
        outcome=found.outcome.in_(language),
        dots=dots,
        mean_performance=sum(dot.performance for dot in dots) / len(dots),
        mean_share=sum(dot.share for dot in dots) / len(dots),
    )

"""What a slope chart of two waves shows: each unit's points then and now."""

from dataclasses import dataclass
from typing import Final, Literal

from questionnaires.index import Code
from questionnaires.text import Language, Text
from survey_service.charts.saying import WITHHELD, said
from survey_service.findings.document import Findings
from survey_service.findings.standing import UnitChange
from survey_service.sheet.score_sheet import ScoreSheet

Direction = Literal["up", "down", "unclear"]
SIGNS: Final[dict[Direction, str]] = {"up": "▲", "down": "▼", "unclear": ""}
NOT_COMPARED: Final = WITHHELD | {
    "new": Text(vi="đơn vị mới", en="new unit"),
    "broken_series": Text(vi="chuỗi số liệu đứt đoạn", en="broken series"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """One unit in both waves, and whether the change is clear beyond sampling error."""

    name: str
    then: float
    now: float
    said_then: str
    said_now: str
    difference: str
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Slopes:
    """The units of a class that are in both waves, highest now first; the others with why not.

    Of a hidden change the direction may still be known: then its sign follows the name.
    """

    name: str
    language: Language
    years: tuple[str, str]
    slopes: tuple[Slope, ...]
    left_out: tuple[tuple[str, str], ...]


def slopes(
    sheet: ScoreSheet, findings: Findings, language: Language, *, unit_class: Code
) -> Slopes | None:
    """Set out a class; None without a former wave, or where no unit is in both."""
    changes = findings.trust.changes
    if changes is None:
        return None
    names = {
        unit.code: unit.name.in_(language) for unit in sheet.units if unit.unit_class == unit_class
    }
    lines = [line for line in changes.units if line.unit in names]
    compared = [_slope(line, names[line.unit], language) for line in lines]
    shown = [slope for slope in compared if slope]
    if not shown:
        return None
    found = next(one for one in sheet.classes if one.code == unit_class)
    return Slopes(
        name=found.name.in_(language),
        language=language,
        years=(str(changes.year), str(sheet.wave.year)),
        slopes=tuple(sorted(shown, key=lambda slope: (-slope.now, -slope.then, slope.name))),
        left_out=tuple(
            (
                f"{names[line.unit]} {SIGNS[line.direction or 'unclear']}".strip(),
                NOT_COMPARED[line.missing or "not_measurable"].in_(language),
            )
            for line, slope in zip(lines, compared, strict=True)
            if slope is None
        ),
    )


def _slope(line: UnitChange, name: str, language: Language) -> Slope | None:
    if line.former is None or line.points is None or line.difference is None:
        return None
    rise = said(line.difference, language)
    return Slope(
        name=name,
        then=float(line.former),
        now=float(line.points),
        said_then=said(line.former, language),
        said_now=said(line.points, language),
        difference=f"−{rise[1:]}" if rise.startswith("-") else f"+{rise}",
        direction=line.direction or "unclear",
    )

"""A response funnel laid out: bars from one left edge, each with people and percent."""

from questionnaires.text import Text
from survey_service.charts.funnel import Funnel, Step
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import BRAND, DEEP, GROUND, PAPER, SOFT
from survey_service.charts.picture import NARROW, WIDE, Box, Mark, Picture, Words, paragraph

_TITLE = Text(
    vi="Từ người được mời đến phiếu hợp lệ: {name}", en="From invitation to valid answer: {name}"
)
_ALT = Text(
    vi="Các bước: {steps}. Phần trăm tính trên số người được mời.",
    en="Steps: {steps}. Percents are of the people invited.",
)
_PEOPLE = Text(vi="{people} người", en="{people} people")
_BAR, _GAP = 30, 12


def funnel_picture(shown: Funnel, *, narrow: bool) -> Picture:
    """Place step below step; names lie over the bars on a phone."""
    wide = NARROW if narrow else WIDE
    left, right = (8, 312) if narrow else (230, 810)
    marks: list[Mark] = []
    top = 10.0
    for step in shown.steps:
        marks += _step(shown, step, (left, right), top, narrow=narrow)
        top += _BAR + _GAP + (24 if narrow else 0)
    language = shown.language
    return Picture(
        width=wide,
        height=round(top),
        language=language,
        title=_TITLE.in_(language).format(name=shown.name),
        alt=_ALT.in_(language).format(
            steps="; ".join(f"{step.name} {step.said} ({step.percent} %)" for step in shown.steps)
        ),
        marks=tuple(marks),
    )


def _step(
    shown: Funnel, step: Step, edges: tuple[int, int], top: float, *, narrow: bool
) -> list[Mark]:
    left, right = edges
    people = _PEOPLE.in_(shown.language).format(people=step.said)
    percent = f"{step.percent} %"
    over = 24 if narrow else 0
    share = min(step.people / max(shown.steps[0].people, 1), 1.0)
    bar = (left, top + over, left + share * (right - left), top + over + _BAR)
    marks: list[Mark] = [
        Box(left=left, top=bar[1], right=right, bottom=bar[3], fill=GROUND),
        Box(left=left, top=bar[1], right=bar[2], bottom=bar[3], fill=BRAND),
    ]
    if narrow:
        marks += paragraph((step.name,), left, top, 22, size=14)
        marks += paragraph(
            (people,), right, top, 22, size=14, colour=DEEP, weight="bold", side="right"
        )
    else:
        lines = wrapped(step.name, 15, 200)
        marks += paragraph(
            lines, 212, top + (_BAR - 19 * len(lines)) / 2, 19, size=15, side="right"
        )
        marks += paragraph((people,), right + 14, top, _BAR, size=15, colour=DEEP, weight="bold")
    inside = width(percent, 13, "bold") + 12 < bar[2] - left
    marks.append(
        Words(
            x=bar[2] - 8 if inside else bar[2] + 8,
            y=bar[1] + _BAR / 2 + 5,
            text=percent,
            size=13,
            colour=PAPER if inside else SOFT,
            weight="bold",
            side="right" if inside else "left",
        )
    )
    return marks

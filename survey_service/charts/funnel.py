"""What a response funnel shows: from the list to the valid answer, in people."""

from dataclasses import dataclass
from typing import Final

from questionnaires.text import Language, Text
from survey_service.charts.saying import said
from survey_service.findings.document import Findings

STEPS: Final = {
    "invited": Text(vi="Được mời", en="Invited"),
    "sent": Text(vi="Thư đã gửi", en="Letter sent"),
    "not_returned": Text(vi="Thư không bị trả lại", en="Letter not returned"),
    "answered": Text(vi="Đã trả lời", en="Answered"),
    "valid": Text(vi="Phiếu hợp lệ", en="Valid answers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: its name, how many people reached it, and their share of those invited."""

    name: str
    people: int
    said: str
    percent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The steps of a wave in their order."""

    name: str
    language: Language
    steps: tuple[Step, ...]


def funnel(findings: Findings, language: Language) -> Funnel | None:
    """Set out the steps; None where nobody was invited."""
    steps = findings.responding.funnel
    if not steps or not steps[0].people:
        return None
    return Funnel(
        name=findings.wave.title.in_(language),
        language=language,
        steps=tuple(
            Step(
                name=STEPS[step.step].in_(language),
                people=step.people,
                said=_grouped(step.people, language),
                percent=said(step.percent, language),
            )
            for step in steps
        ),
    )


def _grouped(count: int, language: Language) -> str:
    """Group thousands as the language does."""
    return f"{count:,}".replace(",", "." if language == "vi" else ",")

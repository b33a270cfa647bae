"""What charts there are of a wave, what each is about, and the names of their files."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.charts.drawing import Format
from survey_service.sheet.score_sheet import ScoreSheet

Kind = Literal[
    "caterpillar",
    "heatmap",
    "distribution",
    "slope",
    "funnel",
    "drivers",
    "profile",
    "services",
    "factors",
    "service",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_NAME: Final = re.compile(r"chart-(.+)\.(vi|en)(\.narrow)?\.(svg|png)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a chart is about: the wave, a class of units, one unit; one component, one service."""

    unit_class: Code = ""
    unit: Code | None = None
    component: Code | None = None
    service: Code | None = None

    @property
    def code(self) -> str:
        """Give the part of a file's name that stands for it; empty for the wave."""
        about = self.unit or self.unit_class
        return "-".join(part for part in (about, self.component, self.service) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartName:
    """A chart, in one language, as one file."""

    kind: Kind
    subject: Subject
    language: Language
    narrow: bool = False
    form: Format = "svg"

    @property
    def file(self) -> str:
        """Name the file: `chart-heatmap-SBN.vi.narrow.svg`, but `chart-SBN.vi.svg` for ranks."""
        kind = "" if self.kind == "caterpillar" else self.kind
        about = "-".join(part for part in (kind, self.subject.code) if part)
        narrow = ".narrow" if self.narrow else ""
        return f"chart-{about}.{self.language}{narrow}.{self.form}"


def is_chart(file: str) -> bool:
    """Say whether a file of this name would be a chart."""
    return _NAME.fullmatch(file) is not None


def find_name(file: str, sheet: ScoreSheet, services: Sequence[Code] = ()) -> ChartName | None:
    """Find the chart that a file's name means; None where a publication has none of that name.

    Codes may hold any letter that stands between the parts of a name, so that every name is
    made and compared.
    """
    asked = _NAME.fullmatch(file)
    if asked is None:
        return None
    for kind in KINDS:
        for subject in subjects(kind, sheet, services):
            name = ChartName(
                kind=kind,
                subject=subject,
                language="en" if asked[2] == "en" else "vi",
                narrow=asked[3] is not None,
                form="png" if asked[4] == "png" else "svg",
            )
            if name.file == file:
                return name
    return None


def subjects(kind: Kind, sheet: ScoreSheet, services: Sequence[Code] = ()) -> Iterator[Subject]:
    """Give everything that a kind of chart may be about, in the order of the sheet.

    `services` are the public services that the findings tell of.
    """
    classes = [Subject(unit_class=one.code) for one in sheet.classes]
    units = [Subject(unit_class=unit.unit_class, unit=unit.code) for unit in sheet.units]
    match kind:
        case "funnel":
            yield Subject()
        case "profile":
            yield from units
        case "service":
            for about in classes:
                yield from (replace(about, service=service) for service in services)
        case "distribution":
            for about in (*classes, *units):
                yield about
                yield from _parts(about, sheet)
        case _:
            yield from classes


def _parts(about: Subject, sheet: ScoreSheet) -> Iterator[Subject]:
    for one in sheet.classes:
        if one.code == about.unit_class:
            for line in one.province:
                if line.level == "component":
                    yield Subject(unit_class=about.unit_class, unit=about.unit, component=line.code)

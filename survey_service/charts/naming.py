"""What charts there are of a wave, what each is about, and the names of their files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.charts.drawing import Format
from survey_service.sheet.score_sheet import ScoreSheet

Kind = Literal["caterpillar", "heatmap", "distribution", "slope", "funnel", "drivers", "profile"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_NAME: Final = re.compile(r"chart-(.+)\.(vi|en)(\.narrow)?\.(svg|png)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a chart is about: the wave, a class of units, one unit; and one component of it."""

    unit_class: Code = ""
    unit: Code | None = None
    component: Code | None = None

    @property
    def code(self) -> str:
        """Give the part of a file's name that stands for it; empty for the wave."""
        about = self.unit or self.unit_class
        return about if self.component is None else f"{about}-{self.component}"


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


def find_name(file: str, sheet: ScoreSheet) -> ChartName | None:
    """Find the chart that a file's name means; None where the sheet has none of that name.

    Codes may hold any letter that stands between the parts of a name, so that every name is
    made and compared.
    """
    asked = _NAME.fullmatch(file)
    if asked is None:
        return None
    for kind in KINDS:
        for subject in subjects(kind, sheet):
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


def subjects(kind: Kind, sheet: ScoreSheet) -> Iterator[Subject]:
    """Give everything that a kind of chart may be about, in the order of the sheet."""
    classes = [Subject(unit_class=one.code) for one in sheet.classes]
    units = [Subject(unit_class=unit.unit_class, unit=unit.code) for unit in sheet.units]
    match kind:
        case "funnel":
            yield Subject()
        case "profile":
            yield from units
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

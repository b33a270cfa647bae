"""From a publication to the files of its reports: which there are, and how each is written."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final, Literal, assert_never, get_args

from questionnaires.index import Code
from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.text import Language
from survey_service.charts.registry import Published, draw_file
from survey_service.reports.blocks import Report
from survey_service.reports.html import data_address, report_html
from survey_service.reports.kinds.appendix import appendix
from survey_service.reports.kinds.minutes import minutes
from survey_service.reports.kinds.service import service_report
from survey_service.reports.kinds.submission import submission
from survey_service.reports.kinds.summary import summary_report
from survey_service.reports.kinds.unit import unit_report
from survey_service.reports.kinds.wave import wave_report
from survey_service.reports.pdf import report_pdf
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

Kind = Literal["wave", "summary", "unit", "service", "submission", "minutes", "appendix"]
Format = Literal["html", "pdf", "docx"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


_OF_WAVE: Final[
    dict[
        Literal["wave", "summary", "submission", "minutes", "appendix"],
        Callable[[PublishedWave, Wording], Report],
    ]
] = {
    "wave": wave_report,
    "summary": summary_report,
    "submission": submission,
    "minutes": minutes,
    "appendix": appendix,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """One file to write: a kind of report, of a unit or service (`unit`) where it is about one."""

    kind: Kind
    unit: Code | None
    language: Language
    form: Format

    @property
    def name(self) -> str:
        """Give its name: `unit-SNV.vi.pdf`."""
        about = self.kind if self.unit is None else f"{self.kind}-{self.unit}"
        return f"{about}.{self.language}.{self.form}"


class Drawings:
    """The charts of one publication, each drawn when first asked for."""

    def __init__(self, wave: PublishedWave) -> None:
        self._published = Published(sheet=wave.sheet, findings=wave.findings)
        self._drawn: dict[str, bytes] = {}

    def draw(self, name: str) -> bytes:
        """Draw a chart by its file's name; raises KeyError where there is none."""
        if name not in self._drawn:
            content = draw_file(name, self._published)
            if content is None:
                raise KeyError(name)
            self._drawn[name] = content
        return self._drawn[name]

    def printed(self, name: str) -> bytes:
        """Draw a chart as PNG by the name of its SVG; raises KeyError where there is none."""
        return self.draw(f"{name.removesuffix('.svg')}.png")

    def address(self, name: str) -> str:
        """Give a chart as an address that holds it."""
        return data_address(self.draw(name))


def planned_files(
    wave: PublishedWave,
    *,
    kinds: Sequence[Kind],
    units: Sequence[Code],
    languages: Sequence[Language],
    forms: Sequence[Format],
) -> tuple[ReportFile, ...]:
    """List the files: of every unit, without `units`, and of every service, where it is asked.

    Raises ProblemsError for units that the publication does not have.
    """
    known = [unit.code for unit in wave.sheet.units]
    strange = [code for code in units if code not in known]
    if strange:
        raise ProblemsError(*(_unknown(code, known) for code in strange))
    return tuple(
        ReportFile(kind=kind, unit=unit, language=language, form=form)
        for kind in dict.fromkeys(kinds)
        for unit in _about(wave, kind, units)
        for language in dict.fromkeys(languages)
        for form in dict.fromkeys(forms)
    )


def make_report(
    wave: PublishedWave, kind: Kind, language: Language, unit: Code | None = None
) -> Report:
    """Make a report, of a unit or service (`unit`); raises KeyError for one that is not there."""
    w = Wording(language=language)
    if kind == "unit":
        return unit_report(wave, wave.unit(unit or ""), w)
    if kind == "service":
        return service_report(wave, unit or "", w)
    return _OF_WAVE[kind](wave, w)


def written_files(
    wave: PublishedWave, files: Sequence[ReportFile], *, template: bytes | None = None
) -> Iterator[tuple[str, bytes]]:
    """Write files one by one: their names and bytes.

    `template` is the staff's own Word template. Raises ProblemsError where what makes a form is
    not installed, or where the template cannot be used.
    """
    drawings = Drawings(wave)
    for file in files:
        report = make_report(wave, file.kind, file.language, file.unit)
        yield file.name, _written(report, file.form, drawings, template)


def _written(report: Report, form: Format, drawings: Drawings, template: bytes | None) -> bytes:
    match form:
        case "html":
            return report_html(report, drawings.address).encode()
        case "pdf":
            return report_pdf(report, drawings.address)
        case "docx":
            return _word(report, drawings, template)
        case _:
            assert_never(form)


def _word(report: Report, drawings: Drawings, template: bytes | None) -> bytes:
    require_word()
    from survey_service.reports.word.writing import write_word  # noqa: PLC0415 - an extra

    return write_word(report, drawings.printed, template)


def require_word() -> None:
    """Raise ProblemsError where no Word document can be made here."""
    try:
        import_module("docxtpl")
    except ImportError as error:
        raise ProblemsError(
            problem(
                "--format docx",
                "chưa cài phần làm Word; hãy chạy: pip install 'survey-service[reports]'.",
                "what makes Word is not installed; run: pip install 'survey-service[reports]'.",
            )
        ) from error


def _about(wave: PublishedWave, kind: Kind, units: Sequence[Code]) -> tuple[Code | None, ...]:
    if kind == "service":
        return wave.services()
    if kind == "unit":
        return tuple(dict.fromkeys(units or (unit.code for unit in wave.sheet.units)))
    return (None,)


def _unknown(code: Code, known: Sequence[Code]) -> Problem:
    near = difflib.get_close_matches(code.upper(), known, n=3, cutoff=0.4) or known
    listed = ", ".join(near[:20])
    return problem(
        f"--unit {code}",
        f"gói công bố không có đơn vị này; có: {listed}.",
        f"the publication has no such unit; it has: {listed}.",
    )

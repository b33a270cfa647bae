"""The pages of reports: each rendered when first asked for, then kept."""

from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Final, Literal
from urllib.parse import quote

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.findings.document import read_findings
from survey_service.reports.making import make_report
from survey_service.reports.published import PublishedWave
from survey_service.sheet.documents import SHEETS
from survey_service.waves.civil_dates import civil_date
from survey_service.web.publications import PublishedFile
from survey_service.web.templating import Templates

MOST_KEPT: Final = 128
"""Pages in memory, the longest some 250 kB each."""

PageKind = Literal["wave", "summary", "unit", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which page of which wave is asked for; `unit` is the unit or service that it is about."""

    wave: str
    kind: PageKind
    language: Language
    unit: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A link to another page of the same publication; `here` is the page itself."""

    name: str
    address: str
    here: bool = False


class ReportPages:
    """Renders a page once and keeps it under the fingerprint of what it shows.

    The oldest is forgotten first.
    """

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._kept: dict[tuple[str, int, Asked], bytes] = {}
        self._rendering = Lock()

    def find(
        self, asked: Asked, scores: PublishedFile, findings: PublishedFile | None
    ) -> bytes | None:
        """Give a page of a published sheet; None for a unit that it does not have."""
        key = (scores.fingerprint, scores.version, asked)
        page = self._kept.get(key)
        if page is not None:
            return page
        # Who waited finds the page already rendered.
        with self._rendering:
            page = self._kept.get(key) or self._render(asked, scores, findings)
            if page is None:
                return None
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = page
        return page

    def _render(
        self, asked: Asked, scores: PublishedFile, findings: PublishedFile | None
    ) -> bytes | None:
        wave = PublishedWave(
            sheet=SHEETS.decode(scores.content),
            findings=None if findings is None else read_findings(findings.content),
            fingerprint=scores.fingerprint,
            files={},
        )
        about = wave.services() if asked.kind == "service" else _units(wave)
        if asked.unit is not None and asked.unit not in about:
            return None
        language = asked.language
        folder = f"{self._templates.root}/results/{asked.wave}/v{scores.version}"
        html = self._templates.render(
            "report/page.html",
            language,
            report=make_report(wave, asked.kind, language, asked.unit),
            address=partial(_address, folder),
            version=scores.version,
            published=civil_date(scores.published_at.date(), language),
            ways=self._ways(asked, folder),
            units=_unit_links(wave, folder, language) if asked.unit is None else [],
            services=_service_links(wave, folder, language) if asked.unit is None else [],
        )
        return html.encode()

    def _ways(self, asked: Asked, folder: str) -> list[Way]:
        language, say = asked.language, self._templates.say
        query = "" if language == "vi" else f"?lang={language}"
        return [
            Way(name=say(language, "Bảng điểm"), address=f"{folder}{query}"),
            Way(
                name=say(language, "Tóm tắt một trang"),
                address=f"{folder}/summary{query}",
                here=asked.kind == "summary",
            ),
            Way(
                name=say(language, "Báo cáo đầy đủ"),
                address=f"{folder}/report{query}",
                here=asked.kind == "wave",
            ),
        ]


def _address(folder: str, name: str) -> str:
    return f"{folder}/{quote(name)}"


def _units(wave: PublishedWave) -> tuple[Code, ...]:
    return tuple(unit.code for unit in wave.sheet.units)


def _service_links(wave: PublishedWave, folder: str, language: Language) -> list[Way]:
    query = "" if language == "vi" else f"?lang={language}"
    found = wave.findings.by_service() if wave.findings else None
    return [
        Way(
            name=found.name(code).in_(language),
            address=f"{folder}/services/{quote(code, '')}{query}",
        )
        for code in wave.services()
        if found is not None
    ]


def _unit_links(wave: PublishedWave, folder: str, language: Language) -> list[Way]:
    query = "" if language == "vi" else f"?lang={language}"
    return [
        Way(name=unit.name.in_(language), address=f"{folder}/units/{quote(unit.code, '')}{query}")
        for unit_class in wave.sheet.classes
        for unit in wave.listed(unit_class)
    ]

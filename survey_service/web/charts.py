"""The charts of published sheets: each drawn when first asked for, then kept."""

import hashlib
from dataclasses import replace
from threading import Lock
from typing import Final

from questionnaires.text import Language
from survey_service.charts import naming
from survey_service.charts.registry import Published, draw_file
from survey_service.findings.document import read_findings
from survey_service.sheet.documents import SHEETS
from survey_service.web.publications import PublishedFile

MOST_KEPT: Final = 64
"""Charts in memory, some 100 kB each."""
DRAWING: Final = Lock()
"""Held while Matplotlib draws: its settings belong to the process."""


def is_chart(name: str) -> bool:
    """Say whether a file of this name would be a chart of a page."""
    return naming.is_chart(name) and name.endswith(".svg")


def chart_name(code: str, language: Language, *, narrow: bool = False) -> str:
    """Name the file of a class's ranks, for a wide page or for a phone."""
    return naming.ChartName(
        kind="caterpillar",
        subject=naming.Subject(unit_class=code),
        language=language,
        narrow=narrow,
    ).file


class Charts:
    """Draws a chart once and keeps it under the SHA-256 of the figures that it shows.

    The oldest is forgotten first.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], bytes] = {}

    def find(
        self, scores: PublishedFile, name: str, findings: PublishedFile | None = None
    ) -> PublishedFile | None:
        """Give a chart of a published `scores.json` and `findings.json`.

        None where there is none of that name, or nothing to show under it; without findings
        there are only the charts of the sheet.
        """
        key = (scores.etag, findings.etag if findings else "", name)
        content = self._kept.get(key) or self._draw(scores, findings, key)
        if content is None:
            return None
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        return replace(scores, name=name, content=content, etag=etag)

    def _draw(
        self, scores: PublishedFile, findings: PublishedFile | None, key: tuple[str, str, str]
    ) -> bytes | None:
        *_, name = key
        if not is_chart(name):
            return None
        published = Published(
            sheet=SHEETS.decode(scores.content),
            findings=findings and read_findings(findings.content),
        )
        # Matplotlib draws for one thread at a time; who waited finds the chart already drawn.
        with DRAWING:
            content = self._kept.get(key) or draw_file(name, published)
            if content is None:
                return None
            self._kept[key] = content
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return content

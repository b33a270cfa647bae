"""The charts of published sheets: each drawn when first asked for, then kept."""

import hashlib
import re
from dataclasses import replace
from threading import Lock
from typing import Final

import msgspec

from questionnaires.text import Language
from survey_service.charts.caterpillar import Caterpillar, caterpillar
from survey_service.charts.caterpillar_shapes import NARROW, WIDE
from survey_service.charts.caterpillar_svg import caterpillar_svg
from survey_service.sheet.score_sheet import ScoreSheet
from survey_service.web.publications import PublishedFile

MOST_KEPT: Final = 64
"""Charts in memory, some 100 kB each."""
_NAME: Final = re.compile(r"chart-(.+)\.(vi|en)(\.narrow)?\.svg")


def is_chart(name: str) -> bool:
    """Say whether a file of this name would be a chart."""
    return _NAME.fullmatch(name) is not None


def chart_name(code: str, language: Language, *, narrow: bool = False) -> str:
    """Name the file of a class's chart, for a wide page or for a phone."""
    return f"chart-{code}.{language}{'.narrow' if narrow else ''}.svg"


class Charts:
    """Draws a chart once and keeps it under the SHA-256 of the scores that it shows.

    The oldest is forgotten first.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}
        self._drawing = Lock()

    def find(self, scores: PublishedFile, name: str) -> PublishedFile | None:
        """Give a chart of a published `scores.json`; None where there is none of that name."""
        content = self._kept.get((scores.etag, name)) or self._draw(scores, name)
        if content is None:
            return None
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        return replace(scores, name=name, content=content, etag=etag)

    def _draw(self, scores: PublishedFile, name: str) -> bytes | None:
        key = (scores.etag, name)
        asked = _NAME.fullmatch(name)
        plot = _plot(scores, asked[1], "en" if asked[2] == "en" else "vi") if asked else None
        if asked is None or plot is None:
            return None
        # Matplotlib draws for one thread at a time; who waited finds the chart already drawn.
        with self._drawing:
            content = self._kept.get(key) or caterpillar_svg(plot, NARROW if asked[3] else WIDE)
            self._kept[key] = content
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return content


def _plot(scores: PublishedFile, code: str, language: Language) -> Caterpillar | None:
    sheet = msgspec.json.decode(scores.content, type=ScoreSheet)
    found = (one for one in sheet.classes if one.code == code)
    return next((caterpillar(sheet, one, language) for one in found), None)

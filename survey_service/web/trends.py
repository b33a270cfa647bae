"""The trends of series: computed when first asked for, and anew once another wave is published."""

from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from questionnaires.text import Language
from survey_service.store.database import Database
from survey_service.trends.charting import draw_trend, find_file
from survey_service.trends.computing import compute_trend
from survey_service.trends.document import Trend
from survey_service.trends.reading import read_series, series_state
from survey_service.web.charts import DRAWING

MOST_KEPT: Final = 16
"""Series in memory."""
MOST_CHARTS: Final = 256
"""Charts in memory, some 100 kB each."""

State = tuple[str, ...]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Trends:
    """Keeps a trend, its pages and charts, under the fingerprints of the publications behind it.

    The oldest is forgotten first.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, State], Trend] = {}
        self._pages: dict[tuple[str, State, Language], str] = {}
        self._charts: dict[tuple[str, State, str], bytes] = {}
        self._gate = Lock()

    def find(self, database: Database, series: str) -> Trend | None:
        """Give the trend of a series as it is published now; None where nothing is."""
        found = self._find(database, series)
        return None if found is None else found[1]

    def page(
        self,
        database: Database,
        series: str,
        language: Language,
        render: Callable[[Trend, Language], str],
    ) -> str | None:
        """Give the page of a series, rendered when first asked for; None where nothing is."""
        found = self._find(database, series)
        if found is None:
            return None
        state, trend = found
        key = (series, state, language)
        page = self._pages.get(key)
        if page is None:
            page = render(trend, language)
            with self._gate:
                _keep(self._pages, key, page, MOST_KEPT)
        return page

    def chart(self, database: Database, series: str, name: str) -> bytes | None:
        """Give a chart by its file's name; None where the series has none of that name."""
        found = self._find(database, series)
        if found is None:
            return None
        state, trend = found
        key = (series, state, name)
        content = self._charts.get(key)
        file = find_file(name, trend)
        if content is not None or file is None:
            return content
        with DRAWING:  # who waited finds the chart already drawn
            content = self._charts.get(key) or draw_trend(trend, file)
            _keep(self._charts, key, content, MOST_CHARTS)
        return content

    def _find(self, database: Database, series: str) -> tuple[State, Trend] | None:
        with database.reading() as session:
            state = series_state(session, series)
            if not state:
                return None
            trend = self._kept.get((series, state))
            if trend is None:
                trend = compute_trend(series, read_series(session, series))
                with self._gate:
                    _keep(self._kept, (series, state), trend, MOST_KEPT)
        return state, trend


def _keep(kept: dict[Key, Value], key: Key, value: Value, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        del kept[next(iter(kept))]

"""A series of waves: a page with a control chart per unit, and its trend as files."""

from functools import partial
from typing import Any, Final

from litestar import Request, Response, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.status_codes import HTTP_304_NOT_MODIFIED

from questionnaires.text import Language
from survey_service.answering.desk import Desk
from survey_service.trends.document import Trend, trend_json
from survey_service.trends.spreadsheet_csv import trend_csv
from survey_service.web.conditional import etag_of, is_known
from survey_service.web.fields import wanted
from survey_service.web.replies import HTML, READ
from survey_service.web.results import CHART_POLICY
from survey_service.web.series_view import unit_views
from survey_service.web.templating import Templates
from survey_service.web.trends import Trends

JSON: Final = "trend.json"
CSV: Final = "trend.csv"

Asked = Request[Any, Any, Any]


@route("/results/series/{series:str}", http_method=READ)
async def page(
    request: Asked,
    series: FromPath[str],
    desk: NamedDependency[Desk],
    trends: NamedDependency[Trends],
    templates: NamedDependency[Templates],
) -> Response[str]:
    """Show the months of a series, unit by unit."""
    language = wanted(request.query_params.get("lang"), "vi")
    render = partial(_render, templates)
    html = await sync_to_thread(trends.page, desk.database, series, language, render)
    if html is None:
        raise NotFoundException
    return Response(html, media_type=HTML)


@route("/results/series/{series:str}/{name:str}", http_method=READ)
async def file(
    request: Asked,
    series: FromPath[str],
    name: FromPath[str],
    desk: NamedDependency[Desk],
    trends: NamedDependency[Trends],
) -> Response[bytes]:
    """Give the trend as JSON or CSV, or one of its charts."""
    if name.endswith(".svg"):
        content = await sync_to_thread(trends.chart, desk.database, series, name)
        return _reply(request, content, "image/svg+xml", {"content-security-policy": CHART_POLICY})
    trend = await sync_to_thread(trends.find, desk.database, series)
    if trend is not None and name == JSON:
        return _reply(request, trend_json(trend), "application/json", {})
    if trend is not None and name == CSV:
        saved = {"content-disposition": f'attachment; filename="{series}-{CSV}"'}
        return _reply(request, trend_csv(trend), "text/csv", saved)
    raise NotFoundException


def _reply(
    request: Asked, content: bytes | None, kind: str, headers: dict[str, str]
) -> Response[bytes]:
    if content is None:
        raise NotFoundException
    headers |= {"etag": etag_of(content), "cache-control": "no-cache"}
    if is_known(request, headers["etag"]):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(content, media_type=kind, headers=headers)


def _render(templates: Templates, trend: Trend, language: Language) -> str:
    first, last = trend.waves[0], trend.waves[-1]
    return templates.render(
        "results/series.html",
        language,
        series=trend.series,
        title=last.title.in_(language),
        first=f"{first.month[5:]}/{first.month[:4]}",
        last=f"{last.month[5:]}/{last.month[:4]}",
        waves=len(trend.waves),
        units=unit_views(trend, language),
        base=trend.base,
        run=trend.run,
    )


SERIES = (page, file)

"""The reports of a published wave as pages: whole, for citizens, of a unit, of a service."""

from typing import Any

from litestar import Request, Response, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.status_codes import HTTP_304_NOT_MODIFIED

from survey_service.answering.desk import Desk
from survey_service.findings.document import FINDINGS
from survey_service.sheet.documents import SCORES
from survey_service.web.conditional import etag_of, is_known
from survey_service.web.fields import wanted
from survey_service.web.publications import find_file
from survey_service.web.replies import HTML, READ
from survey_service.web.report_pages import Asked, PageKind, ReportPages

Pages = NamedDependency[ReportPages]
Client = Request[Any, Any, Any]


@route(["/results/{wave:str}/report", "/results/{wave:str}/{version:str}/report"], http_method=READ)
async def whole(
    request: Client,
    wave: FromPath[str],
    desk: NamedDependency[Desk],
    report_pages: Pages,
) -> Response[bytes]:
    """Show everything that was published of a wave."""
    return await _page(request, desk, report_pages, wave, "wave")


@route(
    ["/results/{wave:str}/summary", "/results/{wave:str}/{version:str}/summary"], http_method=READ
)
async def summary(
    request: Client,
    wave: FromPath[str],
    desk: NamedDependency[Desk],
    report_pages: Pages,
) -> Response[bytes]:
    """Show the one page for citizens."""
    return await _page(request, desk, report_pages, wave, "summary")


@route(
    ["/results/{wave:str}/units/{unit:str}", "/results/{wave:str}/{version:str}/units/{unit:str}"],
    http_method=READ,
)
async def one_unit(
    request: Client,
    wave: FromPath[str],
    unit: FromPath[str],
    desk: NamedDependency[Desk],
    report_pages: Pages,
) -> Response[bytes]:
    """Show what a unit reached."""
    return await _page(request, desk, report_pages, wave, "unit", unit)


@route(
    [
        "/results/{wave:str}/services/{service:str}",
        "/results/{wave:str}/{version:str}/services/{service:str}",
    ],
    http_method=READ,
)
async def one_service(
    request: Client,
    wave: FromPath[str],
    service: FromPath[str],
    desk: NamedDependency[Desk],
    report_pages: Pages,
) -> Response[bytes]:
    """Show what the users of a public service found."""
    return await _page(request, desk, report_pages, wave, "service", service)


async def _page(
    request: Client,
    desk: Desk,
    pages: ReportPages,
    wave: str,
    kind: PageKind,
    unit: str | None = None,
) -> Response[bytes]:
    version = request.path_params.get("version")
    number = None if version is None else _number(version)
    asked = Asked(
        wave=wave,
        kind=kind,
        language=wanted(request.query_params.get("lang"), "vi"),
        unit=unit,
    )
    page = await sync_to_thread(_find, desk, pages, asked, number)
    if page is None:
        raise NotFoundException
    # The words and the style of a page may change with a release of the service.
    headers = {"etag": etag_of(page), "cache-control": "no-cache"}
    if is_known(request, headers["etag"]):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(page, media_type=HTML, headers=headers)


def _find(desk: Desk, pages: ReportPages, asked: Asked, number: int | None) -> bytes | None:
    scores = find_file(desk.database, asked.wave, SCORES, number)
    if scores is None:
        return None
    # Of the same version, even where a newer one is being published this very moment.
    findings = find_file(desk.database, asked.wave, FINDINGS, scores.version)
    return pages.find(asked, scores, findings)


def _number(version: str) -> int:
    """Read `v7`; raises NotFoundException for anything else, `v07` included."""
    digits = version[1:]
    canonical = digits.isascii() and digits.isdigit() and len(digits) < 6 and digits[0] != "0"
    if not version.startswith("v") or not canonical:
        raise NotFoundException
    return int(digits)


REPORTS = (whole, summary, one_unit, one_service)

"""The published sheet: a page to read, its charts, and files that a program can pull and prove."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED

from questionnaires.text import Language
from survey_service.answering.desk import Desk
from survey_service.findings.document import FINDINGS
from survey_service.findings.services import Services
from survey_service.sheet.documents import SCORES, SHEETS
from survey_service.waves.civil_dates import civil_date
from survey_service.web.charts import Charts, is_chart
from survey_service.web.conditional import is_known
from survey_service.web.fields import wanted
from survey_service.web.front import FOREVER
from survey_service.web.publications import PublishedFile, find_file
from survey_service.web.replies import HTML, READ
from survey_service.web.sheet_view import class_views
from survey_service.web.templating import Templates

KINDS: Final = {
    SCORES: "application/json",
    FINDINGS: "application/json",
    "scores.csv": "text/csv",
    "scores.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "framework.json": "application/json",
    "questionnaires.json": "application/json",
    "manifest.json": "application/json",
    "manifest.sha256": "text/plain",
}
SAVED: Final = {"scores.csv", "scores.xlsx"}
"""Files that a browser should save rather than show."""
CHART_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
)
"""Matplotlib writes colours as style attributes; opened by itself a chart can do nothing else."""

Asked = Request[Any, Any, Any]


@route("/results/{wave:str}", http_method=READ)
async def sheet(
    request: Asked,
    wave: FromPath[str],
    desk: NamedDependency[Desk],
    templates: NamedDependency[Templates],
) -> Response[str]:
    """Show the newest version of a wave's sheet."""
    return await _sheet(request, wave, None, desk, templates)


@route("/results/{wave:str}/{name:str}", http_method=READ)
async def newest(
    request: Asked,
    wave: FromPath[str],
    name: FromPath[str],
    desk: NamedDependency[Desk],
    charts: NamedDependency[Charts],
    templates: NamedDependency[Templates],
) -> Response[Any]:
    """Give a file of the newest version, to be asked for again; or the page of one version."""
    version = _version(name)
    if version is not None:
        return await _sheet(request, wave, version, desk, templates)
    return _file(request, wave, await _pulled(desk, charts, wave, name, None), "no-cache")


@route("/results/{wave:str}/{version:str}/{name:str}", http_method=READ)
async def one_version(
    request: Asked,
    wave: FromPath[str],
    version: FromPath[str],
    name: FromPath[str],
    desk: NamedDependency[Desk],
    charts: NamedDependency[Charts],
) -> Response[Any]:
    """Give a file of one version, which never changes."""
    number = _version(version)
    if number is None:
        raise NotFoundException
    return _file(request, wave, await _pulled(desk, charts, wave, name, number), FOREVER)


async def _pulled(
    desk: Desk, charts: Charts, wave: str, name: str, version: int | None
) -> PublishedFile:
    if name in KINDS:
        return await _found(desk, wave, name, version)
    if not is_chart(name):
        raise NotFoundException
    scores = await _found(desk, wave, SCORES, version)
    findings = await sync_to_thread(find_file, desk.database, wave, FINDINGS, scores.version)
    chart = await sync_to_thread(charts.find, scores, name, findings)
    if chart is None:
        raise NotFoundException
    return chart


async def _found(desk: Desk, wave: str, name: str, version: int | None) -> PublishedFile:
    file = await sync_to_thread(find_file, desk.database, wave, name, version)
    if file is None:
        raise NotFoundException
    return file


def _version(written: str) -> int | None:
    digits = written[1:]
    canonical = digits.isascii() and digits.isdigit() and len(digits) < 6 and digits[0] != "0"
    return int(digits) if written.startswith("v") and canonical else None


def _file(request: Asked, wave: str, file: PublishedFile, caching: str) -> Response[bytes]:
    headers = {"etag": file.etag, "cache-control": caching}
    if is_chart(file.name):
        headers["content-security-policy"] = CHART_POLICY
    if is_known(request, file.etag):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    if file.name in SAVED:
        saved_as = f"{wave}-v{file.version}-{file.name}"
        headers["content-disposition"] = f'attachment; filename="{saved_as}"'
    return Response(file.content, media_type=KINDS.get(file.name, "image/svg+xml"), headers=headers)


async def _sheet(
    request: Asked, wave: str, version: int | None, desk: Desk, templates: Templates
) -> Response[str]:
    language = wanted(request.query_params.get("lang"), "vi")
    file = await _found(desk, wave, SCORES, version)
    findings = await sync_to_thread(find_file, desk.database, wave, FINDINGS, file.version)
    html = await sync_to_thread(_render, templates, file, findings, wave, language)
    return Response(html, media_type=HTML, status_code=HTTP_200_OK)


class _OfServices(msgspec.Struct):
    """The part of the findings that tells whether there are results by public service."""

    services: Services | msgspec.UnsetType = msgspec.UNSET


_FINDINGS: Final = msgspec.json.Decoder(_OfServices)


def _has_services(findings: PublishedFile | None) -> bool:
    if findings is None:
        return False
    found = _FINDINGS.decode(findings.content).services
    return found is not msgspec.UNSET and bool(found.lines or found.doors)


def _render(
    templates: Templates,
    file: PublishedFile,
    findings: PublishedFile | None,
    wave: str,
    language: Language,
) -> str:
    read = SHEETS.decode(file.content)
    return templates.render(
        "results/sheet.html",
        language,
        title=read.wave.title.in_(language),
        classes=class_views(read, language),
        method=read.method,
        remarks=[remark.in_(language) for remark in read.remarks],
        wave=wave,
        version=file.version,
        published=civil_date(file.published_at.date(), language),
        fingerprint=file.fingerprint,
        dataset=read.dataset,
        findings=findings is not None,
        services=_has_services(findings),
    )


RESULTS = (sheet, newest, one_version)

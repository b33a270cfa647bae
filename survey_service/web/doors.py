"""The door for printed codes: a page to type one, and the address that a QR code holds."""

from typing import Any

from litestar import Request, post, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_429_TOO_MANY_REQUESTS,
)

from questionnaires.text import Language
from survey_service.answering.desk import Desk
from survey_service.doors.finding import find_token
from survey_service.doors.short_codes import read_code
from survey_service.pseudonyms import Pseudonyms
from survey_service.web.fields import first, read_fields, wanted
from survey_service.web.limiting import Limiter, client_of
from survey_service.web.replies import READ, Page, html_page, see
from survey_service.web.templating import Templates

Asked = Request[Any, Any, Any]
LONGEST = 40


@route("/c", http_method=READ)
async def ask_for_code(request: Asked, templates: NamedDependency[Templates]) -> Page:
    """Ask for the code that stands on a letter or receipt."""
    language = wanted(request.query_params.get("lang"), "vi")
    return _page(templates, language)


@post("/c")
async def take_code(
    request: Asked,
    desk: NamedDependency[Desk],
    templates: NamedDependency[Templates],
    pseudonyms: NamedDependency[Pseudonyms],
    missed_codes: NamedDependency[Limiter],
) -> Page:
    """Lead from a typed code to the form."""
    fields = await read_fields(request)
    language = wanted(first(fields, "lang"), "vi")
    return await _enter(
        request, first(fields, "code"), language, desk, templates, pseudonyms, missed_codes
    )


@route("/c/{code:str}", http_method=READ)
async def scan_code(
    request: Asked,
    code: FromPath[str],
    desk: NamedDependency[Desk],
    templates: NamedDependency[Templates],
    pseudonyms: NamedDependency[Pseudonyms],
    missed_codes: NamedDependency[Limiter],
) -> Page:
    """Lead from a scanned code to the form; nothing is changed by that."""
    language = wanted(request.query_params.get("lang"), "vi")
    return await _enter(request, code, language, desk, templates, pseudonyms, missed_codes)


async def _enter(
    request: Asked,
    typed: str,
    language: Language,
    desk: Desk,
    templates: Templates,
    pseudonyms: Pseudonyms,
    missed_codes: Limiter,
) -> Page:
    """Find the form; whoever keeps guessing is told to stop, whoever has a code is let in.

    Many people share one address, at a desk or behind a telephone network: the mistakes of one
    keep nobody else out, and 55 random bits are no better guessed for that.
    """
    code = read_code(typed)
    if code is None:
        mistake = templates.say(language, "Mã này không đúng; xin xem lại từng chữ và số.")
        return _page(templates, language, typed=typed[:LONGEST], mistake=mistake)
    token = await sync_to_thread(find_token, desk.database, pseudonyms, desk.links, code)
    if token is None and not missed_codes.allows(client_of(request)):
        mistake = templates.say(
            language, "Đã có quá nhiều mã sai từ nơi này; xin thử lại sau một giờ."
        )
        return _page(templates, language, mistake=mistake, status=HTTP_429_TOO_MANY_REQUESTS)
    if token is None:
        mistake = templates.say(
            language,
            "Mã này không mở được phiếu nào: có thể đợt đã đóng, hoặc đã có thư khác thay thế.",
        )
        return _page(templates, language, mistake=mistake)
    suffix = "?lang=en" if language == "en" else ""
    return see(f"{templates.root}/p/{token}{suffix}")


def _page(
    templates: Templates,
    language: Language,
    *,
    typed: str = "",
    mistake: str = "",
    status: int = HTTP_422_UNPROCESSABLE_ENTITY,
) -> Page:
    html = templates.render("respond/code.html", language, typed=typed, mistake=mistake)
    return html_page(html, status if mistake else HTTP_200_OK)


DOORS = (ask_for_code, take_code, scan_code)

"""“Send me my link again”: one answer for every address, listed or not."""

from typing import Any

from litestar import Request, post, route
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from mailer.reason import Reason
from mailer.writing.address import Address, parse_address
from questionnaires.text import Language
from survey_service.mailing.wishes.link_again import LinkRequests
from survey_service.web.fields import first, read_fields, wanted
from survey_service.web.limiting import Limiter, client_of
from survey_service.web.replies import READ, Page, html_page
from survey_service.web.templating import Templates

Asked = Request[Any, Any, Any]

LONGEST_ADDRESS = 320
TRAP = "de-trong"
"""A field that people do not see; what fills it in is no person."""


@route("/link", http_method=READ)
async def ask_for_address(request: Asked, templates: NamedDependency[Templates]) -> Page:
    """Ask for the address that was invited."""
    language = wanted(request.query_params.get("lang"), "vi")
    return html_page(_form(templates, language))


@post("/link")
async def take_address(
    request: Asked,
    templates: NamedDependency[Templates],
    link_requests: NamedDependency[LinkRequests],
    limiter: NamedDependency[Limiter],
) -> Page:
    """Answer before anything is looked up; a mistyped address is told by its spelling alone."""
    fields = await read_fields(request)
    language = wanted(first(fields, "lang") or request.query_params.get("lang"), "vi")
    typed = first(fields, "address")
    address = parse_address(typed)
    if not isinstance(address, Address):
        shown = typed[:LONGEST_ADDRESS]
        form = _form(templates, language, typed=shown, mistake=address)
        return html_page(form, HTTP_422_UNPROCESSABLE_ENTITY)
    if limiter.allows(client_of(request)) and not first(fields, TRAP):
        link_requests.ask(address.key)
    return html_page(templates.render("respond/link_asked.html", language))


def _form(
    templates: Templates, language: Language, *, typed: str = "", mistake: Reason | None = None
) -> str:
    return templates.render(
        "respond/link_again.html",
        language,
        typed=typed,
        mistake="" if mistake is None else getattr(mistake, language),
        trap=TRAP,
    )


LINK_AGAIN = (ask_for_address, take_address)

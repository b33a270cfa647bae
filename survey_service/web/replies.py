"""The replies that pages behind a link are made of: a page, a way on, how the form stands."""

from typing import Final

from litestar import Response
from litestar.enums import HttpMethod
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_410_GONE

from survey_service.web.screens import Screens
from survey_service.web.visit import Visit

HTML: Final = "text/html"
READ: Final = [HttpMethod.GET, HttpMethod.HEAD]
GONE: Final = frozenset({"closed", "frozen", "cancelled", "revoked"})

Page = Response[str | bytes]


def html_page(html: str | bytes, status: int = HTTP_200_OK) -> Page:
    """Reply with a page."""
    return Response(html, media_type=HTML, status_code=status)


def see(address: str) -> Page:
    """Lead to another page (303), which a reload does not send again."""
    return Response("", status_code=HTTP_303_SEE_OTHER, headers={"location": address})


def standing_page(screens: Screens, visit: Visit) -> Page:
    """Say how a form stands that takes no answers; 410 where the link opens nothing any more."""
    gone = visit.form.standing in GONE
    return html_page(screens.standing(visit), HTTP_410_GONE if gone else HTTP_200_OK)

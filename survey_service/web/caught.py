"""The caught mail of this machine, to read and to follow: only while the catcher is on."""

from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from litestar import Request, Response, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from mailer.catching.caught import CaughtMail, caught_names, read_caught
from questionnaires.text import Language
from survey_service.web.fields import wanted
from survey_service.web.protection import CONTENT_POLICY
from survey_service.web.replies import HTML, READ
from survey_service.web.templating import Templates
from survey_service.web.wording import hour_and_day

PER_PAGE = 50
HOME: Final = ZoneInfo("Asia/Ho_Chi_Minh")
LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
_FRAMING = {"content-security-policy": f"{CONTENT_POLICY}; frame-src 'self'"}
_FRAMED = {
    "content-security-policy": (
        "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    )
}

Asked = Request[Any, Any, Any]


def from_this_machine(request: Asked) -> None:
    """Let only this machine in: caught mail holds everybody's links; raises NotFoundException."""
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname
    # A foreign name in Host is a page elsewhere that had its own name point here.
    if request.client is None or request.client.host not in LOOPBACK or named not in LOOPBACK:
        raise NotFoundException


def sent_at(mail: CaughtMail, language: Language) -> str:
    """Say when a mail was sent, as a clock in Viet Nam shows it; as it is where it is no date."""
    try:
        return hour_and_day(parsedate_to_datetime(mail.date).astimezone(HOME), language)
    except ValueError:
        return mail.date


@route("/mail", http_method=READ)
async def mails(
    request: Asked, caught: NamedDependency[Path], templates: NamedDependency[Templates]
) -> Response[str]:
    """List the caught mail, newest first."""
    from_this_machine(request)
    language = wanted(request.query_params.get("lang"), "vi")
    names = await sync_to_thread(caught_names, caught)
    pages = max(1, -(-len(names) // PER_PAGE))
    asked = request.query_params.get("page", "1")
    page = min(pages, max(1, int(asked))) if asked.isdecimal() and len(asked) < 8 else 1
    shown = names[::-1][(page - 1) * PER_PAGE : page * PER_PAGE]
    read = [await sync_to_thread(read_caught, caught, name) for name in shown]
    html = templates.render(
        "mail/list.html",
        language,
        mails=[(mail, sent_at(mail, language)) for mail in read],
        whole=len(names),
        page=page,
        pages=pages,
        suffix="?lang=en" if language == "en" else "",
    )
    return Response(html, media_type=HTML)


@route("/mail/{name:str}", http_method=READ)
async def mail(
    request: Asked,
    name: FromPath[str],
    caught: NamedDependency[Path],
    templates: NamedDependency[Templates],
) -> Response[str]:
    """Show one mail with its links."""
    from_this_machine(request)
    language = wanted(request.query_params.get("lang"), "vi")
    suffix = "?lang=en" if language == "en" else ""
    found = await _found(caught, name)
    date = sent_at(found, language)
    html = templates.render("mail/mail.html", language, mail=found, date=date, suffix=suffix)
    return Response(html, media_type=HTML, headers=_FRAMING)


@route("/mail/{name:str}/html", http_method=READ)
async def mail_html(
    request: Asked, name: FromPath[str], caught: NamedDependency[Path]
) -> Response[str]:
    """Give a mail's HTML for its frame; a link in it opens in place of the whole page."""
    from_this_machine(request)
    found = await _found(caught, name)
    html = found.html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, media_type=HTML, headers=_FRAMED)


async def _found(folder: Path, name: str) -> CaughtMail:
    try:
        return await sync_to_thread(read_caught, folder, name)
    except FileNotFoundError as error:
        raise NotFoundException from error


CAUGHT = (mails, mail, mail_html)

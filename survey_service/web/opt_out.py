"""The pages on which a person stops their mail: asked twice from the letter, once by RFC 8058."""

from asyncio import wrap_future
from collections.abc import Callable
from email import message_from_bytes
from typing import Any, Final, TypeVar, cast
from urllib.parse import parse_qsl

from litestar import Request, Response, post, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_422_UNPROCESSABLE_ENTITY,
)
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from survey_service.answering.desk import Desk
from survey_service.links import Link
from survey_service.mailing.wishes.floods import FloodRule, flag_flood
from survey_service.mailing.wishes.opting_out import (
    OptOutProofs,
    Recipient,
    Scope,
    find_recipient,
    opt_out,
    want_again,
)
from survey_service.waves.reading import LoadedWave
from survey_service.web.fields import first, read_fields, wanted
from survey_service.web.protection import FROM_ELSEWHERE
from survey_service.web.replies import READ, Page, html_page, see
from survey_service.web.stopping import AddressPurgedError, Stopping, StoppingScreens
from survey_service.web.visit import UnknownLinkError

Asked = Request[Any, Any, Any]
Result = TypeVar("Result")

ONE_CLICK: Final = [("List-Unsubscribe", "One-Click")]
"""The only form that a mail provider posts (RFC 8058 sec. 3.1)."""
LONGEST_ONE_CLICK: Final = 2_048
"""Octets; as multipart/form-data it has some 200."""
LONGEST_KIND: Final = 200
"""Characters of its type; reading the parameters costs the square of their number."""


@route("/o/{token:str}", http_method=READ)
async def opt_out_page(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    stopping_screens: NamedDependency[StoppingScreens],
) -> Page:
    """Ask which mail is to stop, or say which has; reading changes nothing."""
    found = await _visit(desk, stopping_screens, desk.links.open_opt_out(token), request)
    if found.recipient.stopped is not None:
        return html_page(stopping_screens.stopped(found))
    return html_page(stopping_screens.asking(found, again="again" in request.query_params))


@post("/o/{token:str}")
async def choose(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    stopping_screens: NamedDependency[StoppingScreens],
) -> Page:
    """Take the choice and ask once more; nothing is changed by this form."""
    fields = await read_fields(request)
    lang = first(fields, "lang")
    found = await _visit(desk, stopping_screens, desk.links.open_opt_out(token), request, lang)
    scope = _scope(first(fields, "scope"))
    if scope is None:
        asked = stopping_screens.asking(found, missing=True)
        return html_page(asked, HTTP_422_UNPROCESSABLE_ENTITY)
    return html_page(stopping_screens.sure(found, scope))


@post("/o/{token:str}/confirm")
async def confirm(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    opt_out_proofs: NamedDependency[OptOutProofs],
    stopping_screens: NamedDependency[StoppingScreens],
) -> Page:
    """Stop the mail that was chosen, for the proof of the page that asked."""
    fields = await read_fields(request)
    lang = first(fields, "lang")
    found = await _visit(desk, stopping_screens, desk.links.open_opt_out(token), request, lang)
    recipient, scope = found.recipient, _scope(first(fields, "scope"))
    proof = first(fields, "proof")
    if scope is None or not opt_out_proofs.holds(recipient.public_id, scope, proof):
        asked = stopping_screens.asking(found, missing=True)
        return html_page(asked, HTTP_422_UNPROCESSABLE_ENTITY)
    await _write(desk, recipient, lambda db: opt_out(db, desk.clock, recipient, scope, "page"))
    return see(found.address())


@post("/o/{token:str}/again")
async def again(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    opt_out_proofs: NamedDependency[OptOutProofs],
    stopping_screens: NamedDependency[StoppingScreens],
) -> Page:
    """Let the mail come again, for the proof and a ticked box: blind submission does nothing."""
    fields = await read_fields(request)
    lang = first(fields, "lang")
    found = await _visit(desk, stopping_screens, desk.links.open_opt_out(token), request, lang)
    recipient = found.recipient
    if recipient.stopped is None:
        return see(found.address(again=True))
    held = opt_out_proofs.holds(recipient.public_id, "again", first(fields, "proof"))
    if not held or first(fields, "sure") != "yes":
        missing = stopping_screens.stopped(found, missing=True)
        return html_page(missing, HTTP_422_UNPROCESSABLE_ENTITY)
    await _write(desk, recipient, lambda db: want_again(db, desk.clock, recipient))
    return see(found.address(again=True))


@route("/u/{token:str}", http_method=READ)
async def one_click_page(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    stopping_screens: NamedDependency[StoppingScreens],
) -> Page:
    """Show whoever opens the header's address in a browser the page that asks."""
    found = await _visit(desk, stopping_screens, desk.links.open_one_click(token), request)
    if found.recipient.stopped is not None:
        return html_page(stopping_screens.stopped(found))
    return html_page(stopping_screens.asking(found))


@post("/u/{token:str}", status_code=HTTP_200_OK, opt={FROM_ELSEWHERE: True})
async def one_click(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    flood_rule: NamedDependency[FloodRule],
    stopping_screens: NamedDependency[StoppingScreens],
) -> Page:
    """Stop the mail of this wave at once, for the form of RFC 8058 and for no other."""
    pressed = _is_one_click(request.headers.get("content-type", ""), await request.body())
    found = await _visit(desk, stopping_screens, desk.links.open_one_click(token), request)
    if not pressed:
        asked = stopping_screens.asking(found, missing=True)
        return html_page(asked, HTTP_422_UNPROCESSABLE_ENTITY)
    recipient = found.recipient

    def stop(session: Session) -> None:
        if opt_out(session, desk.clock, recipient, "wave", "one-click"):
            flag_flood(session, desk.clock, recipient, flood_rule)

    await _write(desk, recipient, stop)
    return Response("Đã ngừng gửi thư. Mail stopped.\n", media_type="text/plain")


async def _visit(
    desk: Desk, screens: StoppingScreens, link: Link | None, request: Asked, lang: str = ""
) -> Stopping:
    """Find whose mail an opened link is about.

    Raises UnknownLinkError for a link that is not ours, AddressPurgedError once it is nobody's.
    """
    if link is None:
        raise UnknownLinkError
    found = await sync_to_thread(_find, desk, link)
    if found is None:
        raise AddressPurgedError
    recipient, wave = found
    return Stopping(
        recipient=recipient,
        wave=wave,
        root=screens.root,
        # A link of the header leads on to the pages of the letter's link.
        token=desk.links.opt_out_token(link.public_id, link.generation),
        language=wanted(lang or request.query_params.get("lang"), recipient.language),
    )


def _find(desk: Desk, link: Link) -> tuple[Recipient, LoadedWave] | None:
    with desk.database.reading() as session:
        recipient = find_recipient(session, link)
        if recipient is None:
            return None
        return recipient, desk.waves.find(session, *recipient.wave_key).wave


async def _write(desk: Desk, recipient: Recipient, work: Callable[[Session], Result]) -> Result:
    def written(connection: Connection) -> Result:
        with Session(bind=connection) as session:
            return work(session)

    return await wrap_future(desk.writer.write(recipient.public_id, written))


def _scope(text: str) -> Scope | None:
    return cast("Scope", text) if text in {"wave", "all"} else None


def _is_one_click(kind: str, body: bytes) -> bool:
    """Tell whether a body is exactly the one-click form, in either of its encodings."""
    if len(body) > LONGEST_ONE_CLICK or len(kind) > LONGEST_KIND or not body.isascii():
        return False
    name = kind.partition(";")[0].strip().lower()
    if name == "application/x-www-form-urlencoded":
        return parse_qsl(body.decode("ascii"), keep_blank_values=True) == ONE_CLICK
    if name != "multipart/form-data" or not kind.isascii() or "\n" in kind:
        return False
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    if not whole.is_multipart() or whole.defects:
        return False
    parts = [part for part in whole.walk() if part is not whole]
    return [
        (
            part.get_param("name", header="content-disposition"),
            str(part.get_payload()).strip("\r\n"),
        )
        for part in parts
    ] == ONE_CLICK


OPT_OUT = (opt_out_page, choose, confirm, again, one_click_page, one_click)

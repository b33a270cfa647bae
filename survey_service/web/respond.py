"""The pages behind a personal link: reading changes nothing, every change is a sent form."""

from asyncio import wrap_future
from typing import Any, Final

from litestar import Request, Response, post, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_303_SEE_OTHER,
    HTTP_410_GONE,
    HTTP_422_UNPROCESSABLE_ENTITY,
)

from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form
from survey_service.answering.rights import own_answers
from survey_service.answering.saving import read_page, save_page, start
from survey_service.answering.submitting import Receipt, submit
from survey_service.web.fields import first, read_fields, wanted
from survey_service.web.form_pages import FormPages
from survey_service.web.screens import Screens
from survey_service.web.templating import Templates
from survey_service.web.visit import Visit, visit

HTML: Final = "text/html"
READ: Final = [HttpMethod.GET, HttpMethod.HEAD]

Asked = Request[Any, Any, Any]
Page = Response[str | bytes]


@route("/p/{token:str}", http_method=READ)
async def landing(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Show the notice and the consent, the way on, or how the form stands."""
    found = await visit(desk, request, templates.root, token)
    if found.form.standing != "open":
        return _standing(screens, found)
    return _page(screens.landing(found))


@post("/p/{token:str}/start")
async def begin(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Take the consent and lead to the first page that is not finished."""
    fields = await read_fields(request)
    found = await visit(desk, request, templates.root, token, first(fields, "lang"))
    if found.form.standing == "open" and found.form.draft is None and "consent" not in fields:
        return _page(screens.landing(found, consent_missing=True), HTTP_422_UNPROCESSABLE_ENTITY)
    form = await wrap_future(start(desk, found.form))
    if form.standing != "open":
        return _standing(screens, Visit(form=form, to=found.to))
    return _see(_onward(form, found, after=0))


@route("/p/{token:str}/decline", http_method=READ)
async def decline(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Thank whoever does not take part; nothing is recorded."""
    found = await visit(desk, request, templates.root, token)
    if found.form.standing != "open":
        return _see(found.to.landing)
    return _page(screens.declined(found))


@route("/p/{token:str}/{number:int}", http_method=READ)
async def questions(
    request: Asked,
    token: FromPath[str],
    number: FromPath[int],
    desk: NamedDependency[Desk],
    form_pages: NamedDependency[FormPages],
    templates: NamedDependency[Templates],
) -> Page:
    """Show one page of questions with what was saved."""
    found = await visit(desk, request, templates.root, token)
    page = found.form.page(number)
    if found.form.standing != "open" or found.form.draft is None or page is None:
        return _see(found.to.landing)
    return _page(form_pages.show(found.form, page, found.to))


@post("/p/{token:str}/{number:int}")
async def save(
    request: Asked,
    token: FromPath[str],
    number: FromPath[int],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    form_pages: NamedDependency[FormPages],
    templates: NamedDependency[Templates],
) -> Page:
    """Save one page; valid answers are kept even where others must be put right."""
    fields = await read_fields(request)
    found = await visit(desk, request, templates.root, token, first(fields, "lang"))
    page = found.form.page(number)
    if page is None or (found.form.standing == "open" and found.form.draft is None):
        return _see(found.to.landing)
    sent = read_page(found.form, page, fields)
    action, switch = first(fields, "action"), first(fields, "switch")
    finished = not sent.problems and (not sent.blank or action == "leave")
    form = await wrap_future(save_page(desk, found.form, sent, finished=finished))
    if form.standing != "open":
        return _standing(screens, Visit(form=form, to=found.to))
    if switch:
        return _see(found.to.in_language(wanted(switch, found.language), f"/{number}"))
    if action == "later":
        return _see(found.to.landing)
    if not finished:
        again = form_pages.show_again(form, sent, dict(fields), found.to)
        return _page(again, HTTP_422_UNPROCESSABLE_ENTITY)
    return _see(_onward(form, found, after=sent.page.number))


@route("/p/{token:str}/review", http_method=READ)
async def review(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Show what will be sent."""
    found = await visit(desk, request, templates.root, token)
    if found.form.standing != "open" or found.form.draft is None:
        return _see(found.to.landing)
    return _page(screens.review(found, found.form.draft))


@post("/p/{token:str}/submit")
async def send(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Take the form once; whoever sends it again gets the same receipt."""
    fields = await read_fields(request)
    found = await visit(desk, request, templates.root, token, first(fields, "lang"))
    outcome = await wrap_future(submit(desk, found.form, first(fields, "proof")))
    if isinstance(outcome, Receipt) and outcome.code and outcome.taken_at:
        return _page(screens.receipt(found, outcome))
    now = await visit(desk, request, templates.root, token, first(fields, "lang"))
    if now.form.standing == "open" and now.form.draft is not None:
        empty = screens.review(now, now.form.draft, empty=True)
        return _page(empty, HTTP_422_UNPROCESSABLE_ENTITY)
    return _see(now.to.landing) if now.form.standing == "open" else _standing(screens, now)


@post("/p/{token:str}/mine")
async def mine(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Show a person their own response, for the receipt code."""
    fields = await read_fields(request)
    found = await visit(desk, request, templates.root, token, first(fields, "lang"))
    if found.form.standing != "answered":
        return _see(found.to.landing)
    code = first(fields, "code")
    answers = await sync_to_thread(own_answers, desk, found.form, code)
    if answers is None:
        return _page(screens.standing(found, wrong_code=True), HTTP_422_UNPROCESSABLE_ENTITY)
    return _page(screens.mine(found, answers, code))


def _onward(form: Form, found: Visit, *, after: int) -> str:
    """Lead to the next page, and to the review where nothing is left to do."""
    unfinished = form.unfinished()
    if not unfinished or after == len(form.pages):
        return found.to.part("review")
    return found.to.page(after + 1 if after else unfinished[0].number)


def _page(html: str | bytes, status: int = HTTP_200_OK) -> Page:
    return Response(html, media_type=HTML, status_code=status)


def _see(address: str) -> Page:
    return Response("", status_code=HTTP_303_SEE_OTHER, headers={"location": address})


def _standing(screens: Screens, found: Visit) -> Page:
    gone = found.form.standing in {"closed", "cancelled", "revoked"}
    return _page(screens.standing(found), HTTP_410_GONE if gone else HTTP_200_OK)


RESPOND = (landing, begin, decline, questions, save, review, send, mine)

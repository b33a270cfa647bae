"""The pages behind a personal link: reading changes nothing, every change is a sent form."""

from asyncio import wrap_future
from typing import Any

from litestar import Request, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form
from survey_service.answering.saving import read_page, save_page, start
from survey_service.answering.submitting import Receipt, submit
from survey_service.web.fields import first, read_fields, wanted
from survey_service.web.form_pages import FormPages
from survey_service.web.own_response import OWN_RESPONSE
from survey_service.web.replies import READ, Page, html_page, see, standing_page
from survey_service.web.screens import Screens
from survey_service.web.templating import Templates
from survey_service.web.visit import Visit, visit

Asked = Request[Any, Any, Any]


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
        return standing_page(screens, found)
    if found.form.correcting:
        return see(found.to.part("review"))
    return html_page(screens.landing(found))


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
        return html_page(
            screens.landing(found, consent_missing=True), HTTP_422_UNPROCESSABLE_ENTITY
        )
    form = await wrap_future(start(desk, found.form))
    if form.standing != "open":
        return standing_page(screens, Visit(form=form, to=found.to))
    return see(_onward(form, found, after=0))


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
    if found.form.standing != "open" or found.form.correcting:
        return see(found.to.landing)
    link = found.form.link
    token = desk.links.opt_out_token(link.public_id, link.generation)
    opt_out_url = f"{templates.root}/o/{token}?lang={found.language}"
    return html_page(screens.declined(found, opt_out_url))


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
        return see(found.to.landing)
    return html_page(form_pages.show(found.form, page, found.to))


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
        return see(found.to.landing)
    sent = read_page(found.form, page, fields)
    action, switch = first(fields, "action"), first(fields, "switch")
    finished = not sent.problems and (not sent.blank or action == "leave")
    form = await wrap_future(save_page(desk, found.form, sent, finished=finished))
    if form.standing != "open":
        return standing_page(screens, Visit(form=form, to=found.to))
    leaving = bool(switch) or action == "later"
    if sent.problems or not (finished or leaving):
        # A refused answer is shown whatever button was pressed, or it would be lost unseen.
        again = form_pages.show_again(form, sent, dict(fields), found.to)
        return html_page(again, HTTP_422_UNPROCESSABLE_ENTITY)
    if switch:
        return see(found.to.in_language(wanted(switch, found.language), f"/{number}"))
    if action == "later":
        return see(found.to.landing)
    return see(_onward(form, found, after=sent.page.number))


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
        return see(found.to.landing)
    return html_page(screens.review(found, found.form.draft))


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
        return html_page(screens.receipt(found, outcome))
    now = await visit(desk, request, templates.root, token, first(fields, "lang"))
    if now.form.standing == "open" and now.form.draft is not None:
        empty = screens.review(now, now.form.draft, empty=True)
        return html_page(empty, HTTP_422_UNPROCESSABLE_ENTITY)
    return see(now.to.landing) if now.form.standing == "open" else standing_page(screens, now)


def _onward(form: Form, found: Visit, *, after: int) -> str:
    """Lead to the next page, and to the review where nothing is left to do."""
    unfinished = form.unfinished()
    if not unfinished or after == len(form.pages):
        return found.to.part("review")
    return found.to.page(after + 1 if after else unfinished[0].number)


RESPOND = (landing, begin, decline, questions, save, review, send, *OWN_RESPONSE)

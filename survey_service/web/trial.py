"""A form to try (phiếu dùng thử): the wave's own pages, and nothing of what is sent is kept."""

from dataclasses import replace
from typing import Any

from litestar import Request, post, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from survey_service.answering.desk import Desk
from survey_service.answering.draft import Answers
from survey_service.answering.opening import Form
from survey_service.answering.saving import read_page
from survey_service.answering.trying_out import trial_form
from survey_service.links import TrialLink
from survey_service.web.addresses import Addresses
from survey_service.web.fields import first, read_fields, wanted
from survey_service.web.form_pages import FormPages
from survey_service.web.replies import READ, Page, html_page, see
from survey_service.web.screens import Screens
from survey_service.web.templating import Templates
from survey_service.web.visit import UnknownLinkError, Visit

Asked = Request[Any, Any, Any]


@route("/try/{token:str}", http_method=READ)
async def trial_landing(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Show the notice and the consent."""
    found = await _visit(desk, templates, token, request)
    return html_page(screens.landing(found))


@post("/try/{token:str}/start")
async def trial_start(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Take the consent, as the real form does, and lead to the first page."""
    fields = await read_fields(request)
    found = await _visit(desk, templates, token, request, first(fields, "lang"))
    if "consent" not in fields:
        missing = screens.landing(found, consent_missing=True)
        return html_page(missing, HTTP_422_UNPROCESSABLE_ENTITY)
    return see(found.to.page(1))


@route("/try/{token:str}/decline", http_method=READ)
async def trial_decline(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Show what whoever does not take part is told."""
    found = await _visit(desk, templates, token, request)
    return html_page(screens.declined(found, opt_out_url=""))


@route("/try/{token:str}/{number:int}", http_method=READ)
async def trial_questions(
    request: Asked,
    token: FromPath[str],
    number: FromPath[int],
    desk: NamedDependency[Desk],
    templates: NamedDependency[Templates],
) -> Page:
    """Show a page of questions, always empty."""
    found = await _visit(desk, templates, token, request)
    page = found.form.page(number)
    if page is None:
        return see(found.to.landing)
    # A draft wave may change under the trial, so its pages are rendered each time.
    return html_page(FormPages(templates, trial=True).show(found.form, page, found.to))


@post("/try/{token:str}/{number:int}")
async def trial_save(
    request: Asked,
    token: FromPath[str],
    number: FromPath[int],
    desk: NamedDependency[Desk],
    templates: NamedDependency[Templates],
) -> Page:
    """Check a page as the real form does, and lead on; what was sent is forgotten."""
    fields = await read_fields(request)
    found = await _visit(desk, templates, token, request, first(fields, "lang"))
    form, page = found.form, found.form.page(number)
    if page is None:
        return see(found.to.landing)
    sent = read_page(form, page, fields)
    action, switch = first(fields, "action"), first(fields, "switch")
    if sent.problems or not (switch or action in {"leave", "later"} or not sent.blank):
        pages = FormPages(templates, trial=True)
        again = pages.show_again(form, sent, dict(fields), found.to)
        return html_page(again, HTTP_422_UNPROCESSABLE_ENTITY)
    if switch:
        return see(found.to.in_language(wanted(switch, found.language), f"/{number}"))
    if action == "later":
        return see(found.to.landing)
    last = number == len(form.pages)
    return see(found.to.part("review") if last else found.to.page(number + 1))


@route("/try/{token:str}/review", http_method=READ)
async def trial_review(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Show the review, with every answer left blank."""
    found = await _visit(desk, templates, token, request)
    blank = Answers(finished=tuple(page.number for page in found.form.pages))
    reviewed = Visit(form=replace(found.form, draft=blank), to=found.to)
    return html_page(screens.review(reviewed, blank))


@post("/try/{token:str}/submit")
async def trial_submit(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Say that the trial is over and that nothing was recorded."""
    fields = await read_fields(request)
    found = await _visit(desk, templates, token, request, first(fields, "lang"))
    return html_page(screens.tried(found))


async def _visit(
    desk: Desk, templates: Templates, token: str, request: Asked, lang: str = ""
) -> Visit:
    """Lay out the form behind a trial's token; raises UnknownLinkError."""
    link = desk.links.open_trial(token)
    form = None if link is None else await sync_to_thread(_read, desk, link)
    if form is None:
        raise UnknownLinkError
    to = Addresses(
        root=templates.root,
        door="try",
        token=token,
        language=wanted(lang or request.query_params.get("lang"), form.language),
        own_language=form.language,
    )
    return Visit(form=form, to=to)


def _read(desk: Desk, link: TrialLink) -> Form | None:
    with desk.database.reading() as session:
        return trial_form(session, desk.waves, link)


TRIAL = (
    trial_landing,
    trial_start,
    trial_decline,
    trial_questions,
    trial_save,
    trial_review,
    trial_submit,
)

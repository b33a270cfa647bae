"""The pages for whoever holds a receipt code: see, correct and withdraw one's own response."""

from asyncio import wrap_future
from dataclasses import replace
from typing import Any

from litestar import Request, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from survey_service.answering.desk import Desk
from survey_service.answering.rights import (
    WrongCodeError,
    check_code,
    correct,
    own_answers,
    withdraw,
)
from survey_service.web.fields import first, read_fields
from survey_service.web.replies import Page, html_page, see, standing_page
from survey_service.web.screens import Screens
from survey_service.web.templating import Templates
from survey_service.web.visit import Visit, visit

Asked = Request[Any, Any, Any]


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
    code = first(fields, "code")
    try:
        answers = await sync_to_thread(own_answers, desk, found.form, code)
    except WrongCodeError:
        return _refused(screens, found)
    if answers is None or not found.form.has_response:
        return _nothing(screens, found)
    return html_page(screens.mine(found, answers, code))


@post("/p/{token:str}/correct")
async def begin_correction(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Open the response for correction and lead to its review, behind a link of its own."""
    fields = await read_fields(request)
    found = await visit(desk, request, templates.root, token, first(fields, "lang"))
    try:
        begun = correct(desk, found.form, first(fields, "code"))
    except WrongCodeError:
        return _refused(screens, found)
    form = await wrap_future(begun)
    if not form.correcting:
        return _nothing(screens, Visit(form=form, to=found.to))
    link = desk.links.token(form.link.public_id, form.link.generation, correcting=True)
    return see(replace(found.to, token=link).part("review"))


@post("/p/{token:str}/withdraw")
async def take_back(
    request: Asked,
    token: FromPath[str],
    desk: NamedDependency[Desk],
    screens: NamedDependency[Screens],
    templates: NamedDependency[Templates],
) -> Page:
    """Ask once more, and with that answer delete the response."""
    fields = await read_fields(request)
    found = await visit(desk, request, templates.root, token, first(fields, "lang"))
    code = first(fields, "code")
    try:
        if "confirm" not in fields and found.form.has_response:
            check_code(desk, found.form, code)
            return html_page(screens.withdrawing(found, code))
        done = withdraw(desk, found.form, code)
    except WrongCodeError:
        return _refused(screens, found)
    return _nothing(screens, Visit(form=await wrap_future(done), to=found.to))


def _refused(screens: Screens, found: Visit) -> Page:
    """Ask for the code again, where there is something that it opens."""
    if not found.form.has_response:
        return _nothing(screens, found)
    return html_page(screens.standing(found, wrong_code=True), HTTP_422_UNPROCESSABLE_ENTITY)


def _nothing(screens: Screens, found: Visit) -> Page:
    """Say how the form stands where there is no response to do anything about."""
    return see(found.to.landing) if found.form.standing == "open" else standing_page(screens, found)


OWN_RESPONSE = (mine, begin_correction, take_back)

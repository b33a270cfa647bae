"""The web application, wired from what it is given."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar, Request
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from survey_service.answering.desk import Desk
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.keys import KeyRing
from survey_service.mailing.wishes.floods import FloodRule
from survey_service.mailing.wishes.link_again import LinkRequests
from survey_service.mailing.wishes.opting_out import OptOutProofs
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.web.caught import CAUGHT, LOOPBACK
from survey_service.web.charts import Charts
from survey_service.web.doors import DOORS
from survey_service.web.failures import failure_handlers
from survey_service.web.feed import feed_door
from survey_service.web.fields import LARGEST_BODY
from survey_service.web.form_pages import FormPages
from survey_service.web.front import FRONT
from survey_service.web.limiting import Limiter
from survey_service.web.link_again import LINK_AGAIN
from survey_service.web.mail_events import mail_events
from survey_service.web.opt_out import OPT_OUT
from survey_service.web.protection import header_hook, refuse_cross_site
from survey_service.web.report_pages import ReportPages
from survey_service.web.reports import REPORTS
from survey_service.web.respond import RESPOND
from survey_service.web.results import RESULTS
from survey_service.web.screens import Screens
from survey_service.web.series import SERIES
from survey_service.web.stopping import StoppingScreens
from survey_service.web.templating import Templates
from survey_service.web.trends import Trends
from survey_service.web.trial import TRIAL
from survey_service.writer import AnswerWriter

READERS = 12
"""Threads that read the database; with the writer they stay below the pool's 20 connections."""


def create_app(
    *,
    database: Database,
    settings: Settings,
    keys: KeyRing,
    clock: Clock,
    writer: AnswerWriter | None = None,
    caught: Path | None = None,
) -> Litestar:
    """Build the application; it starts the writer and, at its end, lets it write what waits.

    Without a writer it makes one. `caught` is the folder of the built-in mail catcher where that
    is on; its mails hold everybody's links, so a public address is refused with ValueError.
    """
    if caught is not None and urlsplit(settings.public_url).hostname not in LOOPBACK:
        raise ValueError("caught mail is shown on this machine only, never at a public address")
    writer = writer or AnswerWriter(database)
    desk = Desk.build(database=database, writer=writer, settings=settings, keys=keys, clock=clock)
    templates = Templates(settings.public_url)
    opt_out_proofs = OptOutProofs(keys)
    link_requests = LinkRequests(database, clock)

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncGenerator[None]:
        with ThreadPoolExecutor(READERS, "web-reader") as readers, writer, link_requests:
            asyncio.get_running_loop().set_default_executor(readers)
            yield

    async def own_site(request: "Request[Any, Any, Any]") -> None:
        refuse_cross_site(settings, request)

    handlers: list[ControllerRouterHandler] = [
        *FRONT,
        *RESPOND,
        *OPT_OUT,
        *LINK_AGAIN,
        *DOORS,
        *TRIAL,
        *RESULTS,
        *SERIES,
        *REPORTS,
        *mail_events(database=database, settings=settings, keys=keys, clock=clock),
        *feed_door(database=database, settings=settings, keys=keys, clock=clock),
    ]
    if caught is not None:
        handlers += CAUGHT
    given: dict[str, object] = {
        "desk": desk,
        "templates": templates,
        "charts": Charts(),
        "trends": Trends(),
        "report_pages": ReportPages(templates),
        "form_pages": FormPages(templates),
        "screens": Screens(templates, desk.proofs),
        "opt_out_proofs": opt_out_proofs,
        "stopping_screens": StoppingScreens(templates, opt_out_proofs),
        "flood_rule": FloodRule(),
        "link_requests": link_requests,
        "limiter": Limiter(clock),
        "missed_codes": Limiter(clock),
        "pseudonyms": Pseudonyms(keys),
        "caught": caught,
    }
    return Litestar(
        handlers,
        dependencies={name: _always(value) for name, value in given.items()},
        lifespan=[running],
        before_request=own_site,
        before_send=[header_hook(settings)],
        exception_handlers=failure_handlers(templates),
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
    )


def _always(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)

"""One visit to a personal link: the form, the language it is shown in, and its addresses."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread

from questionnaires.text import Language
from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form, open_form
from survey_service.web.addresses import Addresses
from survey_service.web.fields import wanted


class UnknownLinkError(Exception):
    """The link is none that this service has given out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A form as a visitor finds it."""

    form: Form
    to: Addresses

    @property
    def language(self) -> Language:
        """The language of this visit."""
        return self.to.language


async def visit(
    desk: Desk, request: "Request[Any, Any, Any]", root: str, token: str, lang: str | None = None
) -> Visit:
    """Open the form behind a token; raises UnknownLinkError.

    `lang` is the form field's language; without one the address says it, or the person's own.
    """
    form = await sync_to_thread(open_form, desk, token)
    if form is None:
        raise UnknownLinkError
    asked = lang or request.query_params.get("lang")
    to = Addresses(
        root=root,
        token=token,
        language=wanted(asked, form.language),
        own_language=form.language,
    )
    return Visit(form=form, to=to)

"""Where a mail provider tells of bounces and complaints: signed, and about our letters alone."""

from typing import Any, Final, Literal

import msgspec
from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.exceptions import ClientException, NotAuthorizedException
from litestar.status_codes import HTTP_204_NO_CONTENT
from litestar.types import ControllerRouterHandler

from mailer.returns.returned import Kind
from mailer.returns.webhook import LARGEST_EVENT, ForgedEventError, check_event, webhook_key
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.keys import KeyRing
from survey_service.mailing.relays.setup import read_mail_setup
from survey_service.mailing.returning.returns import letter_names, take_event
from survey_service.store.database import Database

PATH: Final = "/mail/events"
_KINDS: Final = {
    "bounced": Kind.BOUNCE,
    "delayed": Kind.DELAY,
    "delivered": Kind.DELIVERY,
    "complained": Kind.COMPLAINT,
}


class MailEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says became of a letter; `status` is an enhanced status (RFC 3463)."""

    type: Literal["bounced", "delayed", "delivered", "complained"]
    message_id: str
    status: str = ""
    diagnostic: str = ""


def mail_events(
    *, database: Database, settings: Settings, keys: KeyRing, clock: Clock
) -> list[ControllerRouterHandler]:
    """Make the path that takes events; none where the mail file names no secret for them.

    Raises ProblemsError for a mail file that cannot be used.
    """
    setup = read_mail_setup(settings)
    if setup.webhook is None:
        return []
    key = webhook_key(setup.webhook.secret)
    names = letter_names(keys, setup.returns)
    decoder = msgspec.json.Decoder(MailEvent)

    @post(PATH, status_code=HTTP_204_NO_CONTENT, request_max_body_size=LARGEST_EVENT)
    async def take(request: "Request[Any, Any, Any]") -> Response[None]:
        """Take one event; the provider's repetitions of it change nothing."""
        body = await request.body()
        try:
            name = check_event(request.headers, body, key=key, now=clock.now())
        except ForgedEventError:
            raise NotAuthorizedException from None
        try:
            event = decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ClientException from None
        await sync_to_thread(
            take_event,
            database,
            clock,
            names,
            name=name,
            kind=_KINDS[event.type],
            message_id=event.message_id,
            status=event.status,
            diagnostic=event.diagnostic,
        )
        return Response(None, status_code=HTTP_204_NO_CONTENT)

    return [take]

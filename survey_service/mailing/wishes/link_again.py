"""A person's link sent again to the address that was invited, and never a word on who was."""

import logging
import queue
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from sqlalchemy import exists, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey_service.clock import Clock
from survey_service.mailing.wishes.opting_out import REASON
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.queueing import queue_letters
from survey_service.waves.mail_plan.steps import LINKS

logger = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)
"""How often at most one person's link goes out again."""
_STEPS = tuple(step.name for step in LINKS)
_WAITING = ("queued", "claimed", "intent", "deferred")
DELAY_SECONDS = 0.5
"""Between the answer and the look-up, so that the work slows no answer to its own question."""
MOST_WAITING = 1_000
"""Requests kept in memory; what comes beyond them is answered alike and forgotten."""


def send_link_again(database: Database, clock: Clock, email_key: str) -> int:
    """Queue the link for an address in every open wave; tells how many letters.

    At most once an hour and as often as there are steps for it. It goes out whether the person
    has answered or not: else whoever asks in their name would read it from the count of letters.
    Whoever has opted out still gets it, since they ask; an address suppressed for another reason
    does not.
    """
    now = clock.now()
    with database.writing() as session:
        invitations = session.execute(
            select(Invitation.id, Invitation.wave_id)
            .join(Contact, Contact.id == Invitation.contact_id)
            .join(Wave, Wave.id == Invitation.wave_id)
            .where(
                Contact.email_key == email_key,
                Wave.state.in_(("open", "paused")),
                Wave.opens_at <= now,
                Wave.closes_at > now,
                Invitation.revoked.is_(False),
                ~exists().where(
                    Suppression.email_key == email_key,
                    Suppression.reason != REASON,
                    Suppression.released_at.is_(None),
                    or_(Suppression.wave.is_(None), Suppression.wave == Wave.code),
                ),
            )
            .order_by(Invitation.wave_id)
        ).all()
        queued = 0
        for row in invitations:
            step = _next_step(session, row.id, now)
            if step is not None:
                this = select(Invitation.id).where(Invitation.id == row.id)
                queued += queue_letters(database, session, clock, row.wave_id, step, this)
    return queued


def _next_step(session: Session, invitation: int, now: datetime) -> str | None:
    letters = session.execute(
        select(Letter.state, Letter.not_before, Letter.settled_at).where(
            Letter.invitation_id == invitation, Letter.step.in_(_STEPS)
        )
    ).all()
    lately = any(
        row.state in _WAITING or (row.settled_at or row.not_before) > now - EVERY for row in letters
    )
    return None if lately or len(letters) >= len(_STEPS) else _STEPS[len(letters)]


class LinkRequests:
    """Takes addresses and works on them in a thread of its own.

    The page answers before anything is looked up, so neither its words nor its time tell whether
    an address is listed. A context manager; leaving it works off what waits.
    """

    def __init__(self, database: Database, clock: Clock, *, delay: float = DELAY_SECONDS) -> None:
        self._database = database
        self._clock = clock
        self._delay = delay
        self._ending = threading.Event()
        self._queue: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="link-requests", daemon=True)

    def ask(self, email_key: str) -> None:
        """Take a request; one too many is forgotten, and the log counts it."""
        try:
            self._queue.put_nowait(email_key)
        except queue.Full:
            logger.warning("too many requests for links wait; one was left out")

    def finish(self) -> None:
        """Wait until everything taken so far has been worked on."""
        self._queue.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            waiting = [self._queue.get()]
            self._ending.wait(self._delay)
            with suppress(queue.Empty):
                while True:
                    waiting.append(self._queue.get_nowait())
            for email_key in waiting:
                if email_key is None:
                    going = False
                else:
                    self._work(email_key)
                self._queue.task_done()

    def _work(self, email_key: str) -> None:
        try:
            send_link_again(self._database, self._clock, email_key)
        except SQLAlchemyError as error:
            # Its text is left out: it may name a row.
            logger.error("a request for a link failed: %s", type(error).__name__)  # noqa: TRY400

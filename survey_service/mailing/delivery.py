"""Sending: a courier for each relay between the outbox in the database and the wire."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy.exc import SQLAlchemyError

from mailer.resolving.resolver import Resolver
from mailer.sending.courier import Courier, CourierSettings
from mailer.sending.doubts import DoubtSettings, Policy
from mailer.sending.ending import NotNowError
from mailer.sending.progress import Progress
from mailer.smtp.envelope import Envelope
from mailer.smtp.transport import SmtpTransport
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import KeyRing
from survey_service.mailing.joint_progress import JointProgress, add_up
from survey_service.mailing.relays.setup import MailSetup, Relay, read_mail_setup
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import LetterOrder, Letters
from survey_service.store.database import Database
from survey_service.waves.reading import LoadedWave, load_wave

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 10.0
"""How long sending rests after an error of the database, before it begins anew."""
GRACE_SECONDS = 30.0
"""How long letters under way may take to end once sending is to stop."""

Show = Callable[[Progress], None]


class Delivery:
    """Sends what is due, of one wave or of all, over every relay at once.

    `resolver_for` gives what knows which letters a relay accepted; where it gives None, the
    policy of the settings decides about uncertain letters. Raises ProblemsError for a mail file
    that cannot be used.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        keys: KeyRing,
        settings: Settings,
        wave: str | None = None,
        mail: MailSetup | None = None,
        resolver_for: Callable[[Relay], Resolver | None] = lambda _relay: None,
        grace: float = GRACE_SECONDS,
        again: float = AGAIN_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._mail = mail or read_mail_setup(settings)
        self._letters = Letters(settings, keys, returns=self._mail.returns, dkim=self._mail.dkim)
        self._wave = wave
        self._resolver_for = resolver_for
        self._grace = grace
        self._again = again
        self._waves: dict[tuple[str, datetime], LoadedWave] = {}

    async def send(self, on_progress: Show = lambda _: None) -> Progress:
        """Send until nothing is left to send soon."""
        return await self._send(lambda courier: courier.run_until_empty(), on_progress)

    async def run(self, stop: asyncio.Event, on_progress: Show = lambda _: None) -> Progress:
        """Send whatever becomes due until `stop` is set, then finish what is under way.

        What has not ended within the time of grace is cut: uncertain where its dot was written,
        else not started. Either way it is committed.
        """
        return await self._send(lambda courier: courier.run(stop), on_progress, stop)

    async def run_on(self, stop: asyncio.Event, on_progress: Show = lambda _: None) -> None:
        """Do as `run` does, and begin anew after an error: a server's pages outlive it too."""
        while not stop.is_set():
            try:
                await self.run(stop, on_progress)
            except* Exception as errors:  # noqa: BLE001 - whatever it is, the next run may do better
                # Their texts are left out: they may name an address.
                logger.error("sending failed: %s", _kinds(errors))  # noqa: TRY400 - as above
            if not stop.is_set():
                await _until(stop, self._again)

    async def _send(
        self,
        play: Callable[[Courier[LetterOrder]], Coroutine[Any, Any, Progress]],
        on_progress: Show,
        stop: asyncio.Event | None = None,
    ) -> Progress:
        joint = JointProgress(on_progress)
        async with AsyncExitStack() as open_ends:
            transports: list[SmtpTransport] = []
            couriers: list[Courier[LetterOrder]] = []
            for relay in self._mail.relays:
                transport, outbox = SmtpTransport(relay.transport), self._outbox(relay)
                open_ends.callback(outbox.leave)
                open_ends.push_async_callback(transport.close)
                transports.append(transport)
                couriers.append(self._courier(relay, outbox, transport, joint.of(relay.name)))
            if stop is not None:
                hurrying = asyncio.create_task(self._hurry(stop, transports))
                open_ends.callback(hurrying.cancel)
            async with asyncio.TaskGroup() as group:
                ends = [group.create_task(play(courier)) for courier in couriers]
        return add_up(
            {relay.name: end.result() for relay, end in zip(self._mail.relays, ends, strict=True)}
        )

    async def _hurry(self, stop: asyncio.Event, transports: Sequence[SmtpTransport]) -> None:
        await stop.wait()
        await asyncio.sleep(self._grace)
        for transport in transports:
            transport.hang_up()

    def _outbox(self, relay: Relay) -> SqlOutbox:
        return SqlOutbox(
            self._database,
            self._clock,
            # Leases must differ between workers, so they never come from a seed.
            SystemEntropy(),
            self._letters,
            lease=timedelta(seconds=self._settings.lease_seconds),
            wave=self._wave,
            lane=relay.lane,
        )

    def _courier(
        self, relay: Relay, outbox: SqlOutbox, transport: SmtpTransport, on_progress: Show
    ) -> Courier[LetterOrder]:
        lease = self._settings.lease_seconds
        policy = Policy.RESEND if self._settings.uncertain == "resend" else Policy.HOLD
        resolver = self._resolver_for(relay)
        doubts = DoubtSettings(resolver=resolver, policy=policy, settle_time=relay.settle)
        return Courier(
            outbox=outbox,
            transport=transport,
            render=self._render,
            now=self._clock.now,
            chance=random.random,
            settings=CourierSettings(
                renew_every=lease / 4,
                recover_every=min(15.0, lease / 2),
                patience=lease + relay.settle.total_seconds() + 5,
                doubts=doubts,
            ),
            on_progress=on_progress,
        )

    def _render(self, order: LetterOrder) -> Envelope:
        # An extended wave closes at another instant and is read anew.
        key = (order.wave, order.closes_at)
        if key not in self._waves:
            try:
                with self._database.reading() as session:
                    self._waves[key] = load_wave(session, order.wave)
            except SQLAlchemyError as error:
                raise NotNowError from error
        return self._letters.envelope(self._waves[key], order, self._clock.now())


def _kinds(error: BaseException) -> str:
    if not isinstance(error, BaseExceptionGroup):
        return type(error).__name__
    within = cast("BaseExceptionGroup[BaseException]", error).exceptions
    return ", ".join(sorted({_kinds(one) for one in within}))


async def _until(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass

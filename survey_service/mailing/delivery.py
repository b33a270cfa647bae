"""Sending: the courier between the outbox in the database and the relay."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from mailer.resolving.resolver import Resolver
from mailer.sending.courier import Courier, CourierSettings
from mailer.sending.doubts import DoubtSettings, Policy
from mailer.sending.progress import Progress
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.transport import SmtpTransport, TransportSettings
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import KeyRing
from survey_service.mailing.letters import LetterOrder, Letters
from survey_service.mailing.outbox import SqlOutbox
from survey_service.store.database import Database
from survey_service.waves.reading import LoadedWave, load_wave


class Delivery:
    """Sends what is due, of one wave or of all, over one relay.

    `resolver` knows which letters the relay accepted; without one the policy of the settings
    decides about uncertain letters.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        keys: KeyRing,
        settings: Settings,
        wave: str | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._letters = Letters(settings, keys)
        # Leases must differ between workers, so they never come from a seed.
        self._outbox = SqlOutbox(
            database,
            clock,
            SystemEntropy(),
            self._letters,
            lease=timedelta(seconds=settings.lease_seconds),
            wave=wave,
        )
        self._resolver = resolver
        self._waves: dict[tuple[str, datetime], LoadedWave] = {}

    async def send(self, on_progress: Callable[[Progress], None] = lambda _: None) -> Progress:
        """Send until nothing is left to send soon; raises RefusedError for a bad relay URL."""
        transport = self._transport()
        try:
            return await self._courier(transport, on_progress).run_until_empty()
        finally:
            await transport.close()
            self._outbox.leave()

    async def run(
        self, stop: asyncio.Event, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> Progress:
        """Send whatever becomes due until `stop` is set, then finish what is under way."""
        transport = self._transport()
        try:
            return await self._courier(transport, on_progress).run(stop)
        finally:
            await transport.close()
            self._outbox.leave()

    def _transport(self) -> SmtpTransport:
        return SmtpTransport(
            TransportSettings(
                endpoint=Endpoint.parse(self._settings.smtp_url),
                connections=self._settings.mail_connections,
                local_hostname=self._settings.mail_from.rpartition("@")[2],
            )
        )

    def _courier(
        self, transport: SmtpTransport, on_progress: Callable[[Progress], None]
    ) -> Courier[LetterOrder]:
        lease = self._settings.lease_seconds
        settle = timedelta(seconds=self._settings.settle_seconds)
        policy = Policy.RESEND if self._settings.uncertain == "resend" else Policy.HOLD
        return Courier(
            outbox=self._outbox,
            transport=transport,
            render=self._render,
            now=self._clock.now,
            chance=random.random,
            settings=CourierSettings(
                renew_every=lease / 4,
                recover_every=min(15.0, lease / 2),
                patience=lease + self._settings.settle_seconds + 5,
                doubts=DoubtSettings(resolver=self._resolver, policy=policy, settle_time=settle),
            ),
            on_progress=on_progress,
        )

    def _render(self, order: LetterOrder) -> Envelope:
        # An extended wave closes at another instant and is read anew.
        key = (order.wave, order.closes_at)
        if key not in self._waves:
            with self._database.reading() as session:
                self._waves[key] = load_wave(session, order.wave)
        return Envelope(
            sender=self._settings.mail_from,
            recipient=order.addressee.email,
            message=self._letters.write(self._waves[key], order, self._clock.now()),
        )

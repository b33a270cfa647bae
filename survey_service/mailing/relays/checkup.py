"""The check-up of this service's mail: each relay, the domains that vouch, and a test letter."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mailer.doctor.dkim_key import examine_dkim
from mailer.doctor.dmarc import examine_dmarc
from mailer.doctor.exchanges import examine_mx
from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.following import ReturnFolders, follow_trial
from mailer.doctor.names import IpAddress, Names, NamesUnreachableError
from mailer.doctor.probe import Probe, probe
from mailer.doctor.relay import examine_relay
from mailer.doctor.reverse import examine_ptr
from mailer.doctor.sender_policy import Origin, examine_spf
from mailer.doctor.trial import Trial, send_trial, write_trial
from mailer.reason import RefusedError
from mailer.returns.mailbox_url import MailboxUrl
from mailer.writing.dkim import DkimSigner
from mailer.writing.envelope_id import envelope_id
from mailer.writing.message_id import message_id
from mailer.writing.return_path import return_path
from mailer.writing.signing_key import open_signer
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.entropy import Entropy
from survey_service.keys import KeyRing
from survey_service.mailing.relays.mail_file import Signature
from survey_service.mailing.relays.setup import MailSetup, Relay, token_source

OPERATORS: Final = {
    "microsoft365": "spf.protection.outlook.com",
    "gmail-relay": "_spf.google.com",
    "ses": "amazonses.com",
}
"""The SPF records that the operators of these relays keep, by preset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """Examines the mail of one service. `from_ip` is what receivers see a relay of ours send from.

    Neither password nor token nor key is in any finding.
    """

    settings: Settings
    setup: MailSetup
    keys: KeyRing
    clock: Clock
    entropy: Entropy
    names: Names
    from_ip: IpAddress | None = None

    def findings(self, *, to: str = "", wait: float = 0) -> Iterator[Finding]:
        """Examine everything, one finding after another; `to` gets a test letter over each relay.

        `wait` is how many seconds are spent looking for a report about it.
        """
        if self.settings.catches_mail:
            yield _nothing_leaves()
            return
        signer, troubles = _signer(self.setup.dkim)
        yield from troubles
        origins: list[Origin] = []
        for relay in self.setup.relays:
            seen = asyncio.run(probe(relay.transport, sender=self._sender("doctor")))
            yield from examine_relay(
                relay.name,
                relay.endpoint,
                seen,
                now=self.clock.now(),
                oauth=relay.transport.tokens is not None,
            )
            origins.append(self._origin(relay, seen))
        yield from self._domains(origins, signer)
        for origin in origins:
            yield from self._reverse(origin)
        if to:
            yield from self._test_letter(to, signer, wait)

    def _domains(self, origins: Sequence[Origin], signer: DkimSigner | None) -> Iterator[Finding]:
        author, envelope = self._author_domain, self._envelope_domain
        for domain in dict.fromkeys((envelope, author)):
            yield from examine_spf(
                self.names, domain, sender=f"postmaster@{domain}", origins=origins
            )
        if signer is not None or self.setup.dkim is None:
            yield from examine_dkim(self.names, author, signer)
        signature = None if signer is None else signer.domain
        yield from examine_dmarc(self.names, author, envelope=envelope, signature=signature)
        for domain in dict.fromkeys((author, envelope)):
            yield examine_mx(self.names, domain)

    def _reverse(self, origin: Origin) -> Iterator[Finding]:
        if origin.include:
            return
        if not origin.addresses:
            yield Sheet("ptr", origin.relay).unchecked(
                "Không biết địa chỉ mà nơi nhận thấy; chạy lại với --from-ip ĐỊA-CHỈ công khai của "
                "máy chủ gửi.",
                "The address that receivers see is not known; run this again with --from-ip and "
                "the relay's public address.",
            )
        for address in origin.addresses:
            yield examine_ptr(self.names, address)

    def _origin(self, relay: Relay, seen: Probe) -> Origin:
        include = OPERATORS.get(relay.preset, "")
        if include:
            return Origin(relay=relay.name, include=include)
        helo = seen.hello or "localhost"
        if self.from_ip is not None:
            return Origin(relay=relay.name, addresses=(self.from_ip,), helo=helo)
        if seen.peer is not None and seen.peer.is_global:
            return Origin(relay=relay.name, addresses=(seen.peer,), helo=helo, certain=False)
        # A relay of the office says its public name, though it is reached by a private address.
        try:
            named = self.names.addresses(seen.hello) if "." in seen.hello else ()
        except NamesUnreachableError:
            named = ()
        public = tuple(address for address in named if address.is_global)
        certain = relay.endpoint.is_loopback
        return Origin(relay=relay.name, addresses=public, helo=helo, certain=certain)

    def _test_letter(self, to: str, signer: DkimSigner | None, wait: float) -> Iterator[Finding]:
        taken: list[Trial] = []
        for relay in self.setup.relays:
            trial = self._trial(to, signer)
            finding = asyncio.run(send_trial(relay.name, relay.transport, trial))
            yield finding
            if finding.mark == "ok":
                taken.append(trial)
        if taken:
            yield from follow_trial(taken, self._folders(), wait=wait)

    def _trial(self, to: str, signer: DkimSigner | None) -> Trial:
        letter = f"doctor-{self.entropy.token(6).hex()}"
        key = self.keys.secrets("letter")[0]
        return write_trial(
            author=self.settings.mail_from,
            recipient=to,
            sender=self._sender(letter),
            message_id=message_id(letter, key=key, domain=self._author_domain),
            envelope_id=envelope_id(letter, key=key),
            at=self.clock.now(),
            signer=signer,
        )

    def _sender(self, letter: str) -> str:
        returns = self.setup.returns
        if returns is None:
            return self.settings.mail_from
        key = self.keys.secrets("letter")[0]
        return return_path(letter, key=key, address=returns.address, delimiter=returns.delimiter)

    def _folders(self) -> ReturnFolders | None:
        returns = self.setup.returns
        if returns is None or not returns.mailbox:
            return None
        return ReturnFolders(
            mailbox=MailboxUrl.parse(returns.mailbox),
            moved_to=(returns.processed, returns.unrecognised),
            token=None if returns.login is None else token_source(returns.login).token,
        )

    @property
    def _author_domain(self) -> str:
        return self.settings.mail_from.rpartition("@")[2].lower()

    @property
    def _envelope_domain(self) -> str:
        return self._sender("doctor").rpartition("@")[2].lower()


def _signer(dkim: Signature | None) -> tuple[DkimSigner | None, list[Finding]]:
    if dkim is None:
        return None, []
    try:
        signer = open_signer(
            domain=dkim.domain, selector=dkim.selector, key_file=Path(dkim.key_file)
        )
    except RefusedError as error:
        sheet = Sheet("dkim", dkim.domain)
        return None, [sheet.error(reason.vi, reason.en) for reason in error.reasons]
    return signer, []


def _nothing_leaves() -> Finding:
    return Sheet("connect", "SURVEY_SMTP_URL").warning(
        "Chưa khai báo máy chủ gửi thư: thư chỉ vào nơi bắt thư thử trên máy này, không tới ai. "
        "Đặt SURVEY_SMTP_URL, hoặc viết tệp thư mail.toml, rồi chạy lại.",
        "No relay is set: letters go to the mail catcher of this machine and reach nobody. Set "
        "SURVEY_SMTP_URL, or write the mail file mail.toml, and run this again.",
    )

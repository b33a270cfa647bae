"""Checking the mail file: what is well-formed, and cannot be meant or cannot be used."""

import re
from collections.abc import Iterator
from pathlib import Path

from mailer.pacing.presets import PRESETS
from mailer.reason import RefusedError
from mailer.smtp.endpoint import Endpoint, Security
from questionnaires.problems import Problem, problem
from questionnaires.reading import named, place
from survey_service.mailing.relays.checking_mail_parts import (
    check_login,
    check_mailbox,
    check_number,
    check_returns,
    check_signature,
    check_webhook,
    is_domain,
    open_certificates,
)
from survey_service.mailing.relays.mail_file import DomainRate, MailFile, Rate, RelayPlan

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def check_mail_file(file: MailFile, path: Path, *, has_relay: bool) -> Iterator[Problem]:
    """Check a mail file that lies at `path`; `where` is its name and the path of a key in it.

    `has_relay` tells whether the settings name a relay of their own.
    """
    folder = path.parent
    for found in (
        *_check_relays(file.relays, folder, has_relay=has_relay),
        *_check_domain_rates(file.domain_rates),
        *(check_returns(file.returns) if file.returns else ()),
        *(check_signature(file.dkim, folder) if file.dkim else ()),
        *(check_webhook(file.webhook) if file.webhook else ()),
    ):
        yield problem(f"{path.name}: {found.where}", found.message.vi, found.message.en)


def _check_relays(
    relays: tuple[RelayPlan, ...], folder: Path, *, has_relay: bool
) -> Iterator[Problem]:
    if not relays and not has_relay:
        yield problem(
            "relays",
            "tệp không nêu máy chủ gửi thư nào; thêm [[relays]] hoặc đặt SURVEY_SMTP_URL.",
            "the file names no relay; add [[relays]], or set SURVEY_SMTP_URL.",
        )
    if relays and all(relay.domains for relay in relays):
        yield problem(
            "relays",
            "mọi máy chủ đều chỉ nhận một số tên miền nên thư đến tên miền khác không đi được; "
            "bỏ domains ở ít nhất một máy chủ.",
            "every relay serves certain domains alone, so letters to others could never go; leave "
            "domains out of at least one relay.",
        )
    names: set[str] = set()
    for number, relay in enumerate(relays, 1):
        where = place("relays", number)
        if not _NAME.fullmatch(relay.name):
            yield problem(
                named(where, "name"),
                "tên gồm 1–40 chữ thường không dấu, chữ số và dấu gạch nối.",
                "a name is 1-40 lower-case letters, digits and hyphens.",
            )
        elif relay.name in names:
            yield problem(
                named(where, "name"),
                f"tên “{relay.name}” đã dùng cho máy chủ khác.",
                f"the name “{relay.name}” is another relay's already.",
            )
        names.add(relay.name)
        yield from _check_relay(relay, where, folder)


def _check_relay(relay: RelayPlan, where: str, folder: Path) -> Iterator[Problem]:
    yield from _check_way_in(relay, where)
    preset = PRESETS.get(relay.preset)
    if preset is None:
        choices = ", ".join(PRESETS)
        yield problem(
            named(where, "preset"), f"phải là một trong: {choices}.", f"is one of: {choices}."
        )
    for key, low, high in (
        ("connections", 1, 64),
        ("messages_per_connection", 1, 100_000),
        ("settle_seconds", 0, 86_400),
        ("dot_seconds", 1, 3_600),
    ):
        yield from check_number(named(where, key), getattr(relay, key), low, high)
    if relay.rate:
        yield from _check_rate(relay.rate, named(where, "rate"))
    for number, domain in enumerate(relay.domains, 1):
        yield from _check_domain(domain, place(named(where, "domains"), number))
    if relay.sent_folder:
        place_of_it = named(where, "sent_folder")
        yield from check_mailbox(
            relay.sent_folder, place_of_it, login=relay.login, needs_folder=True
        )
    if relay.sent_folder and preset is not None and preset.keeps_sent is False:
        yield problem(
            named(where, "sent_folder"),
            f"loại máy chủ {relay.preset} không lưu bản sao thư đã gửi, nên tìm ở đó không nói lên "
            "điều gì; bỏ sent_folder hoặc đổi preset.",
            f"a relay of the kind {relay.preset} keeps no copies of what it sent, so looking there "
            "tells nothing; leave sent_folder out or change the preset.",
        )
    if relay.postfix_log and not (folder / relay.postfix_log).parent.is_dir():
        yield problem(
            named(where, "postfix_log"),
            "không có thư mục chứa tệp nhật ký này.",
            "the folder of this log does not exist.",
        )
    if relay.ca_file and not open_certificates(folder / relay.ca_file):
        yield problem(
            named(where, "ca_file"),
            "không đọc được chứng thư (PEM) trong tệp này.",
            "no certificate (PEM) can be read from this file.",
        )


def _check_way_in(relay: RelayPlan, where: str) -> Iterator[Problem]:
    """Check where a relay is and how one logs in there."""
    try:
        endpoint = Endpoint.parse(relay.url)
    except RefusedError as error:
        for reason in error.reasons:
            yield problem(named(where, "url"), reason.vi, reason.en)
        endpoint = None
    if relay.login is None:
        return
    yield from check_login(relay.login, named(where, "login"))
    if endpoint and endpoint.username is not None:
        yield problem(
            named(where, "url"),
            "đã có login thì không ghi tài khoản và mật khẩu trong url.",
            "with a login there is no user and password in the url.",
        )
    if endpoint and endpoint.security is Security.PLAIN and not endpoint.is_loopback:
        yield problem(
            named(where, "url"),
            "mã truy cập sẽ đi qua mạng không mã hóa; dùng smtp+starttls:// hoặc smtps://.",
            "the access token would cross the network unprotected; use smtp+starttls:// or "
            "smtps://.",
        )


def _check_domain_rates(rates: tuple[DomainRate, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, entry in enumerate(rates, 1):
        where = place("domain_rates", number)
        yield from _check_domain(entry.domain, named(where, "domain"))
        if entry.domain.lower() in seen:
            yield problem(
                named(where, "domain"),
                "tên miền này đã có giới hạn khác ở trên.",
                "this domain has another limit above.",
            )
        seen.add(entry.domain.lower())
        yield from _check_rate(entry.rate, named(where, "rate"))


def _check_rate(rate: Rate, where: str) -> Iterator[Problem]:
    for key in rate.__struct_fields__:
        yield from check_number(named(where, key), getattr(rate, key), 1, 10_000_000)


def _check_domain(domain: str, where: str) -> Iterator[Problem]:
    if not is_domain(domain):
        yield problem(
            where,
            "không phải tên miền; tên miền có dấu viết ở dạng xn--….",
            "is no domain; one with accents is written as xn--….",
        )

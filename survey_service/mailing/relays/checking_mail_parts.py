"""Checking the parts of the mail file that more than one place has: logins, mailboxes, secrets."""

import re
import ssl
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mailer.reason import RefusedError
from mailer.returns.mailbox_url import MailboxUrl
from mailer.writing.address import Address, parse_address
from mailer.writing.return_path import return_path
from mailer.writing.signing_key import open_signer
from questionnaires.problems import Problem, problem
from questionnaires.reading import named
from survey_service.config import LOOPBACK
from survey_service.mailing.relays.mail_file import Login, Returns, Signature, Webhook

_LONGEST_LETTER = "9" * 20
_SECRET = re.compile(r"whsec_([A-Za-z0-9+/=]+)")


def is_domain(text: str) -> bool:
    """Tell whether this is a domain in its ASCII form."""
    found = parse_address(f"a@{text}")
    return isinstance(found, Address) and found.wire == f"a@{text.lower()}"


def open_certificates(path: Path) -> bool:
    """Tell whether the file holds certificates."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError:
        return False
    return True


def check_number(where: str, value: int | None, low: int, high: int) -> Iterator[Problem]:
    """Check that a number lies within its bounds; None is left to the preset."""
    if value is not None and not low <= value <= high:
        yield problem(
            where, f"phải là số nguyên từ {low} đến {high}.", f"is a number from {low} to {high}."
        )


def check_login(login: Login, where: str) -> Iterator[Problem]:
    """Check an OAuth client."""
    for key in ("user", "client_id"):
        value: str = getattr(login, key)
        if not value or not value.isprintable() or not value.isascii():
            yield problem(
                named(where, key), "cần chữ không dấu, không xuống dòng.", "is plain ASCII text."
            )
    if not login.client_secret and not login.refresh_token:
        yield problem(
            where,
            "cần client_secret, refresh_token, hoặc cả hai.",
            "needs a client_secret, a refresh_token, or both.",
        )
    scheme, host = _scheme_and_host(login.token_url)
    if not host or not (scheme == "https" or (scheme == "http" and host in LOOPBACK)):
        yield problem(
            named(where, "token_url"),
            "phải là địa chỉ https:// (http:// chỉ dùng cho máy này).",
            "is an https:// address (http:// only for this machine).",
        )


def check_mailbox(
    url: str, where: str, *, login: Login | None, needs_folder: bool = False
) -> Iterator[Problem]:
    """Check the URL of a mailbox; its password is in it, or a login comes with it."""
    try:
        mailbox = MailboxUrl.parse(url, user=login.user if login else "")
    except RefusedError as error:
        for reason in error.reasons:
            yield problem(where, reason.vi, reason.en)
        return
    if (mailbox.password is None) == (login is None):
        yield problem(
            where,
            "ghi mật khẩu trong địa chỉ, hoặc ghi login; không thiếu và không có cả hai.",
            "takes either a password in the URL or a login; not neither and not both.",
        )
    if needs_folder and not urlsplit(url).path.strip("/"):
        yield problem(
            where,
            "thiếu tên thư mục, ví dụ …/Sent.",
            "the folder's name is missing, such as …/Sent.",
        )


def check_returns(returns: Returns) -> Iterator[Problem]:
    """Check where mail comes back to."""
    # Asked of what makes the addresses, for the longest letter that there can be.
    makes = partial(return_path, _LONGEST_LETTER, key=b"")
    if not _works(makes, address=returns.address) or "." not in returns.address.partition("@")[2]:
        yield problem(
            "returns.address",
            "phải là một địa chỉ thư chữ không dấu, chữ số, dấu chấm, gạch nối; phần trước @ ngắn "
            "(không quá 32 ký tự).",
            "is one address of plain letters, digits, dots and hyphens, with a short part before "
            "the @ (at most 32 characters).",
        )
    if not _works(makes, address="a@b.example", delimiter=returns.delimiter):
        yield problem(
            "returns.delimiter",
            "là một trong các ký tự: + - = _ .",
            "is one of the characters: + - = _ .",
        )
    if returns.mailbox:
        yield from check_mailbox(returns.mailbox, "returns.mailbox", login=returns.login)
    if returns.login:
        yield from check_login(returns.login, "returns.login")
    inbox = unquote(_path(returns.mailbox)).strip("/") or "INBOX"
    folders = (returns.processed, returns.unrecognised)
    if any(not name.strip() or not name.isprintable() for name in folders) or (
        len({inbox, *folders}) < 3
    ):
        yield problem(
            "returns.processed",
            "processed, unrecognised và hộp thư nhận là ba thư mục khác nhau và có tên.",
            "processed, unrecognised and the mailbox itself are three folders with names.",
        )
    yield from check_number("returns.every_seconds", returns.every_seconds, 5, 86_400)


def check_signature(dkim: Signature, folder: Path) -> Iterator[Problem]:
    """Check that letters can be signed."""
    try:
        open_signer(domain=dkim.domain, selector=dkim.selector, key_file=folder / dkim.key_file)
    except RefusedError as error:
        for reason in error.reasons:
            where = "dkim.key_file" if reason.code.startswith("dkim-key") else "dkim"
            yield problem(where, reason.vi, reason.en)


def check_webhook(webhook: Webhook) -> Iterator[Problem]:
    """Check that the secret has the form and the strength that Standard Webhooks ask for."""
    found = _SECRET.fullmatch(webhook.secret)
    try:
        octets = b64decode(found[1], validate=True) if found else b""
    except ValueError:
        octets = b""
    if not 24 <= len(octets) <= 64:
        yield problem(
            "webhook.secret",
            "phải là whsec_ và 24–64 byte viết ở dạng base64.",
            "is whsec_ and 24 to 64 octets in base64.",
        )


def _works(make: Callable[..., object], **values: str) -> bool:
    try:
        make(**values)
    except ValueError:
        return False
    return True


def _scheme_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "", ""
    return parts.scheme, host or ""


def _path(url: str) -> str:
    return urlsplit(url).path if _scheme_and_host(url)[1] else ""

import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import pytest
from postal import PASSWORD, Dovecot, running_dovecot

from mailer.reason import RefusedError
from mailer.returns.mailbox import MailboxError, open_mailbox
from mailer.returns.mailbox_url import MailboxUrl
from mailer.returns.taking_apart import LARGEST

MAIL = b"Subject: mot\r\n\r\nXin chao.\r\n"


def _url(dovecot: Dovecot, user: str) -> MailboxUrl:
    return MailboxUrl.parse(dovecot.url(user))


def test_a_mail_is_read_without_a_mark_and_moved(dovecot: Dovecot) -> None:
    dovecot.append("tra-ve-1", MAIL)
    with open_mailbox(_url(dovecot, "tra-ve-1")) as mailbox:
        (uid,) = mailbox.uids()
        held = mailbox.fetch(uid)
        assert held is not None
        assert held.octets == MAIL
        with dovecot.session("tra-ve-1") as session:
            session.select(readonly=True)
            _, flags = session.fetch("1", "(FLAGS)")
            assert b"Seen" not in b"".join(line for line in flags if isinstance(line, bytes))
        mailbox.move(uid, "Processed")
        assert list(mailbox.uids()) == []
    assert dovecot.count("tra-ve-1") == 0
    assert dovecot.count("tra-ve-1", "Processed") == 1


def test_no_more_than_a_megabyte_is_fetched(dovecot: Dovecot) -> None:
    dovecot.append("tra-ve-2", MAIL + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20_000)
    with open_mailbox(_url(dovecot, "tra-ve-2")) as mailbox:
        held = mailbox.fetch(mailbox.uids()[0])
    assert held is not None
    assert len(held.octets) == LARGEST


def test_a_folder_that_is_missing_is_made_whatever_its_name(dovecot: Dovecot) -> None:
    dovecot.append("tra-ve-3", MAIL)
    with open_mailbox(_url(dovecot, "tra-ve-3")) as mailbox:
        mailbox.move(mailbox.uids()[0], "Đã xử lý & xong")
    with dovecot.session("tra-ve-3") as session:
        _, listed = session.list()
    assert any(
        b"&ARAA4w- x&Hu0- l&AP0- &- xong" in line for line in listed if isinstance(line, bytes)
    )


@pytest.mark.parametrize("offers", ["IMAP4rev1 UIDPLUS", "IMAP4rev1"])
def test_a_server_without_move_copies_and_marks(offers: str) -> None:
    with running_dovecot(f"protocol imap {{\n imap_capability = {offers}\n}}") as server:
        server.append("cu", MAIL)
        with open_mailbox(_url(server, "cu")) as mailbox:
            mailbox.move(mailbox.uids()[0], "Processed")
            assert list(mailbox.uids()) == []
        assert server.count("cu", "Processed") == 1
        assert server.count("cu") == (0 if "UIDPLUS" in offers else 1)


def test_a_mail_that_is_gone_is_no_error(dovecot: Dovecot) -> None:
    with open_mailbox(_url(dovecot, "tra-ve-4")) as mailbox:
        assert mailbox.fetch(4711) is None


def test_a_wrong_password_says_so_without_it(dovecot: Dovecot) -> None:
    url = MailboxUrl.parse(dovecot.url("ai-do").replace(PASSWORD, "sai-mat-khau"))
    with pytest.raises(MailboxError) as refused, open_mailbox(url):
        pass
    assert "sai-mat-khau" not in str(refused.value)
    assert "sai-mat-khau" not in repr(url)


def test_a_server_without_starttls_gets_no_password() -> None:
    url = MailboxUrl(
        host="127.0.0.1",
        port=0,
        implicit_tls=False,
        starttls=True,
        username="anh",
        password=PASSWORD,
        folder="INBOX",
    )
    with _scripted(lambda _: None) as (port, heard):
        object.__setattr__(url, "port", port)
        with pytest.raises(MailboxError), open_mailbox(url):
            pass
    assert heard
    assert not any(b"LOGIN" in line for line in heard)


def test_a_token_logs_in_by_xoauth2() -> None:
    url = MailboxUrl.parse("imap://anh%40x.example@127.0.0.1/INBOX")

    def answer(line: bytes) -> bytes | None:
        return b"+ \r\n" if b"AUTHENTICATE XOAUTH2" in line else None

    with _scripted(answer) as (port, heard):
        object.__setattr__(url, "port", port)
        with pytest.raises(MailboxError), open_mailbox(url, token=lambda: "the-token"):
            pass
    # user=anh@x.example ^A auth=Bearer the-token ^A ^A, in base64.
    assert b"dXNlcj1hbmhAeC5leGFtcGxlAWF1dGg9QmVhcmVyIHRoZS10b2tlbgEB\r\n" in heard


def test_without_password_and_token_it_says_what_to_set(dovecot: Dovecot) -> None:
    url = MailboxUrl.parse(dovecot.url("anh").replace(f":{PASSWORD}", ""))
    with pytest.raises(RefusedError, match="mật khẩu"), open_mailbox(url):
        pass


def test_implicit_tls_is_tls_from_the_first_octet(dovecot: Dovecot) -> None:
    url = MailboxUrl.parse(dovecot.url("anh").replace("imap://", "imaps://"))
    with pytest.raises((ssl.SSLError, OSError)), open_mailbox(url):
        pass


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "starttls", "folder"),
    [
        ("imaps://a:b@thu.example/INBOX", "thu.example", 993, True, False, "INBOX"),
        ("imaps://a:b@thu.example:1993", "thu.example", 1993, True, False, "INBOX"),
        ("imap://a:b@thu.example/Thu%20ve", "thu.example", 143, False, True, "Thu ve"),
        ("imap://a:b@127.0.0.1:1143/INBOX", "127.0.0.1", 1143, False, False, "INBOX"),
    ],
)
def test_a_url_is_secure_unless_it_stays_here(
    url: str, host: str, port: int, tls: bool, starttls: bool, folder: str
) -> None:
    found = MailboxUrl.parse(url)
    assert (found.host, found.port, found.implicit_tls, found.starttls, found.folder) == (
        host,
        port,
        tls,
        starttls,
        folder,
    )


@pytest.mark.parametrize(
    "url", ["", "pop3://a:b@x.example", "imaps://x.example/INBOX", "imaps://a:b@x.example:no/"]
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(RefusedError) as refused:
        MailboxUrl.parse(url)
    assert refused.value.reasons[0].code == "mailbox-unreadable"


@contextmanager
def _scripted(
    answer: Callable[[bytes], bytes | None],
) -> Generator[tuple[int, list[bytes]]]:
    """Serve IMAP that offers nothing and refuses every command that `answer` leaves alone."""
    heard: list[bytes] = []

    def talk() -> None:
        with suppress(OSError), listener.accept()[0] as session, session.makefile("rwb") as lines:
            lines.write(b"* OK ready\r\n")
            lines.flush()
            for line in lines:
                heard.append(line)
                tag, _, command = line.partition(b" ")
                if command.startswith(b"CAPABILITY"):
                    said = b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n"
                elif command.startswith(b"LOGOUT"):
                    said = b"* BYE\r\n" + tag + b" OK bye\r\n"
                else:
                    said = answer(line) or (tags.pop() if tags else tag) + b" NO not that\r\n"
                    if said.startswith(b"+"):
                        tags.append(tag)
                lines.write(said)
                lines.flush()

    tags: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield listener.getsockname()[1], heard
        finally:
            listener.close()
            thread.join(10)

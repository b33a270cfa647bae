"""A Postfix log is believed about what it shows, and about absences only where it is whole."""

import gzip
import os
import smtplib
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from carrying import doubt
from postal import REFUSED_AT_THE_END, Postfix, send, wait_for

from mailer.resolving.knocking import knock
from mailer.resolving.log_files import RotatedLog
from mailer.resolving.postfix_log import PostfixLog
from mailer.resolving.resolver import Answer
from mailer.smtp.endpoint import Endpoint

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def iso(moment: datetime) -> str:
    return moment.isoformat()


def traditional(moment: datetime) -> str:
    return moment.astimezone().strftime("%b %e %H:%M:%S")


def lines(letter: str, *, queue: str = "4AB12C34D5", process: int = 7, end: str = "") -> list[str]:
    """What Postfix writes about a letter up to its final dot, and how it goes on."""
    return [
        f"postfix/smtpd[{process}]: {queue}: client=localhost[127.0.0.1]",
        f"postfix/cleanup[9]: {queue}: message-id=<{letter}.mac@khaosat.example>",
        *([end.format(queue=queue, process=process)] if end else []),
    ]


TAKEN = "postfix/qmgr[2]: {queue}: from=<a@khaosat.example>, size=9, nrcpt=1 (queue active)"
BOUNCED = "postfix/error[8]: {queue}: to=<b@x>, relay=none, delay=0.1, dsn=5.1.1, status=bounced"
BROKEN = "postfix/smtpd[{process}]: lost connection after DATA (9 bytes) from localhost[127.0.0.1]"
REFUSED = "postfix/smtpd[{process}]: {queue}: reject: END-OF-MESSAGE from localhost: 550 5.7.1 no"
OTHER = lines("another", queue="FFFFFFFFFF", end=TAKEN)


def in_disorder(entries: list[str]) -> list[str]:
    """Another process may log the Message-ID only after the session's end."""
    return [entries[0], entries[2], entries[1]]


def write(path: Path, *entries: str, start: datetime = NOON - HOUR, form: object = iso) -> None:
    """Write entries a minute apart, the last of them at noon."""
    stamp = traditional if form is traditional else iso
    step = (NOON - start) / max(1, len(entries) - 1)
    text = "".join(
        f"{stamp(start + number * step)} relay {entry}\n" for number, entry in enumerate(entries)
    )
    path.write_text(text)
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))


def ask(path: Path, *, begun: datetime | None = NOON - HOUR / 2, letter: str = "l1") -> Answer:
    question = doubt(f"<{letter}.mac@khaosat.example>", since=NOON - HOUR / 4, begun=begun)
    log = PostfixLog(path, now=lambda: NOON)
    return log.accepted([question])[question.message_id]


@pytest.mark.parametrize("form", [iso, traditional])
@pytest.mark.parametrize(
    ("entries", "answer"),
    [
        (lines("l1", end=TAKEN), YES),
        (lines("l1", end=BOUNCED), YES),
        (lines("l1"), UNKNOWN),
        (lines("l1", end=BROKEN), NO),
        (lines("l1", end=BROKEN.replace("lost connection", "timeout")), NO),
        (lines("l1", end=REFUSED), NO),
        (in_disorder(lines("l1", end=BROKEN)), NO),
        (in_disorder(lines("l1", end=REFUSED)), NO),
        (lines("l1", queue="4ZB9x71kyz5bXq", end=TAKEN), YES),
        ([], NO),
    ],
)
def test_the_queue_manager_is_the_witness(
    tmp_path: Path, entries: list[str], answer: Answer, form: object
) -> None:
    write(tmp_path / "mail.log", *OTHER, *entries, "postfix/anvil[1]: statistics", form=form)
    assert ask(tmp_path / "mail.log") is answer


def test_a_broken_session_says_nothing_of_a_letter_that_it_had_ended_before(tmp_path: Path) -> None:
    second = lines("l2", queue="5AB12C34D5", end=BROKEN)
    write(tmp_path / "mail.log", *lines("l1", end=TAKEN), *second, "postfix/smtpd[7]: bye")
    assert ask(tmp_path / "mail.log") is YES
    assert ask(tmp_path / "mail.log", letter="l2") is NO


def test_what_a_stranger_said_to_another_program_is_no_line_of_postfix(tmp_path: Path) -> None:
    forged = [*lines("l1"), TAKEN.format(queue="4AB12C34D5")]
    said = [f"dovecot: imap-login: Login aborted: user=<x {line}>" for line in forged]
    write(tmp_path / "mail.log", *OTHER, *said, "postfix/anvil[1]: statistics")
    assert ask(tmp_path / "mail.log") is NO


def test_a_queue_id_that_comes_again_leaves_its_former_letter_in_doubt(tmp_path: Path) -> None:
    write(tmp_path / "mail.log", *OTHER, *lines("l1"), *lines("l2", end=BROKEN))
    assert ask(tmp_path / "mail.log") is UNKNOWN
    assert ask(tmp_path / "mail.log", letter="l2") is NO


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(["rsyslogd: imuxsock lost 9 messages from pid 7 due to rate-limiting"]),
        pytest.param(["systemd-journald[1]: Suppressed 80 messages from postfix.service"]),
    ],
)
def test_lines_thrown_away_leave_everything_else_in_doubt(
    tmp_path: Path, spoiled: list[str]
) -> None:
    write(tmp_path / "mail.log", *OTHER, *spoiled, "postfix/anvil[1]: statistics")
    assert ask(tmp_path / "mail.log") is UNKNOWN


def test_no_is_said_only_from_before_the_attempt(tmp_path: Path) -> None:
    write(tmp_path / "mail.log", *OTHER, "postfix/anvil[1]: statistics")
    assert ask(tmp_path / "mail.log", begun=NOON - HOUR) is UNKNOWN
    assert ask(tmp_path / "mail.log", begun=None) is UNKNOWN
    assert ask(tmp_path / "mail.log", begun=NOON - HOUR + timedelta(minutes=2)) is NO


def test_no_is_said_only_by_a_log_that_knows_our_letters(tmp_path: Path) -> None:
    strange = [entry.replace("khaosat.example", "other.example") for entry in OTHER]
    write(tmp_path / "mail.log", *strange, "postfix/anvil[1]: statistics")
    assert ask(tmp_path / "mail.log") is UNKNOWN


@pytest.mark.parametrize("off", [timedelta(hours=7), timedelta(hours=-7)])
def test_a_log_whose_clock_goes_otherwise_proves_no_absence(tmp_path: Path, off: timedelta) -> None:
    write(tmp_path / "mail.log", *OTHER, "postfix/anvil[1]: statistics")
    text = (tmp_path / "mail.log").read_text()
    for hour in (11, 12):
        text = text.replace(f"T{hour}:", f"T{hour + off // HOUR:02}:")
    (tmp_path / "mail.log").write_text(text)
    assert ask(tmp_path / "mail.log") is UNKNOWN


def test_a_log_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    assert ask(tmp_path / "mail.log") is UNKNOWN
    (tmp_path / "mail.log").mkdir()
    assert ask(tmp_path / "mail.log") is UNKNOWN


def test_garbage_and_endless_lines_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "mail.log", *OTHER, *lines("l1", end=TAKEN))
    sound = (tmp_path / "mail.log").read_bytes()
    (tmp_path / "mail.log").write_bytes(b"\xff\x00" * 2_000_000 + b"\n\n" + sound + b"cut o")
    assert ask(tmp_path / "mail.log") is YES


def compressed(path: Path) -> Path:
    target = path.with_name(f"{path.name}.gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    os.utime(target, (NOON.timestamp(), NOON.timestamp()))
    path.unlink()
    return target


def test_rotated_files_are_read_as_far_back_as_need_be(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    write(tmp_path / "mail.log.2", *lines("l1", end=TAKEN), start=NOON - 9 * HOUR)
    compressed(tmp_path / "mail.log.2")
    write(tmp_path / "mail.log.1", *OTHER, start=NOON - 5 * HOUR)
    write(log, "postfix/anvil[1]: statistics", "postfix/anvil[1]: statistics")
    assert ask(log, begun=NOON - 7 * HOUR) is YES
    assert ask(log, begun=NOON - 7 * HOUR, letter="l2") is NO
    assert ask(log, begun=NOON - 4 * HOUR) is NO, "the letter was not sent before it was begun"
    (tmp_path / "mail.log.1").unlink()
    assert ask(log, begun=NOON - 7 * HOUR, letter="l2") is UNKNOWN, "a day is missing between"


def test_rotated_files_may_be_named_by_date(tmp_path: Path) -> None:
    write(tmp_path / "mail.log-20260302", *lines("l1", end=TAKEN), start=NOON - 9 * HOUR)
    compressed(tmp_path / "mail.log-20260302")
    write(tmp_path / "mail.log", *OTHER)
    assert ask(tmp_path / "mail.log", begun=NOON - 7 * HOUR) is YES
    (tmp_path / "mail.log-20260302.gz").write_bytes(b"\x1f\x8b broken")
    assert ask(tmp_path / "mail.log", begun=NOON - 7 * HOUR) is UNKNOWN


def test_an_incremental_reader_survives_every_kind_of_rotation(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    log = PostfixLog(path, now=lambda: NOON)
    seen: list[str] = []

    def written(letter: str) -> None:
        seen.append(letter)
        entries = lines(letter, queue=f"ABCDE{len(seen)}", end=TAKEN)
        stamp = iso(NOON - HOUR + len(seen) * timedelta(minutes=3))
        with path.open("a") as file:
            file.writelines(f"{stamp} relay {entry}\n" for entry in entries)

    def all_known() -> bool:
        asked = [doubt(f"<{letter}.mac@khaosat.example>", begun=NOON - HOUR) for letter in seen]
        return set(log.accepted(asked).values()) == {YES}

    written("first")
    assert all_known()
    written("appended")
    assert all_known()
    written("just-before-the-move")
    path.rename(tmp_path / "mail.log.1")
    written("after-the-move")
    assert all_known()
    written("before-the-copy")
    (tmp_path / "mail.log.1").rename(tmp_path / "mail.log.2")
    (tmp_path / "mail.log.1").write_bytes(path.read_bytes())
    os.truncate(path, 0)
    written("after-the-cut")
    assert all_known()
    written("long-after")
    assert all_known()


def test_each_line_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, *OTHER, "postfix/anvil[1]: statistics")
    log = RotatedLog(path)
    assert log.prepare(NOON - HOUR / 2)
    assert len([*log.lines()]) == 4
    assert not log.prepare(NOON - HOUR / 2)
    assert [*log.lines()] == []
    with path.open("a") as file:
        file.write("one\ntwo\nthr")
    log.prepare(NOON - HOUR / 2)
    assert [*log.lines()] == [b"one", b"two"]
    with path.open("a") as file:
        file.write("ee\n")
    log.prepare(NOON - HOUR / 2)
    assert [*log.lines()] == [b"three"]


@pytest.fixture
def log(postfix: Postfix) -> PostfixLog:
    endpoint = Endpoint.parse(postfix.url)
    send(postfix, "ai@hop-thu.example", message("known"), "a@khaosat.example")
    return PostfixLog(postfix.log, knock=lambda: knock(endpoint))


def message(letter: str) -> bytes:
    return (
        f"Message-ID: <{letter}.mac@khaosat.example>\r\nSubject: x\r\n\r\n{'x' * 9000}\r\n".encode()
    )


def ask_real(log: PostfixLog, letter: str) -> Answer:
    began = datetime.now(UTC) + timedelta(minutes=2, seconds=1)
    question = doubt(f"<{letter}.mac@khaosat.example>", begun=began)
    return log.accepted([question])[question.message_id]


def talk(postfix: Postfix, letter: str, *, dot: bool) -> None:
    """Hand over a letter up to or past its final dot, and hang up without a word."""
    with smtplib.SMTP("127.0.0.1", postfix.port, local_hostname="khaosat.example") as client:
        client.ehlo()
        client.mail("a@khaosat.example")
        client.rcpt("ai@hop-thu.example")
        client.docmd("DATA")
        assert client.sock is not None
        client.sock.sendall(message(letter) + (b".\r\n" if dot else b""))
        client.sock.shutdown(socket.SHUT_RDWR)
        client.close()


def test_a_real_log_knows_an_accepted_letter(postfix: Postfix, log: PostfixLog) -> None:
    send(postfix, "ai@hop-thu.example", message("accepted"), "a@khaosat.example")
    wait_for(lambda: ask_real(log, "accepted") is YES)


def test_a_real_log_denies_a_letter_that_was_refused_after_its_dot(
    postfix: Postfix, log: PostfixLog
) -> None:
    with pytest.raises(smtplib.SMTPDataError):
        send(postfix, REFUSED_AT_THE_END, message("refused"), "a@khaosat.example")
    wait_for(lambda: "<refused.mac@" in postfix.log.read_text())
    assert ask_real(log, "refused") is NO


def test_a_real_log_denies_a_letter_that_broke_off(postfix: Postfix, log: PostfixLog) -> None:
    talk(postfix, "half", dot=False)
    wait_for(lambda: "lost connection after DATA" in postfix.log.read_text())
    assert ask_real(log, "half") is NO


def test_a_real_log_knows_a_letter_whose_sender_hung_up_after_the_dot(
    postfix: Postfix, log: PostfixLog
) -> None:
    talk(postfix, "dotted", dot=True)
    wait_for(lambda: ask_real(log, "dotted") is YES)


def test_a_real_log_denies_a_letter_that_never_came(log: PostfixLog) -> None:
    assert ask_real(log, "never") is NO

"""The tests' own Postfix and Dovecot do what later tests take for granted."""

from postal import NO_SUCH_MAILBOX, Dovecot, Postfix, send, wait_for

LETTER = b"Subject: thu\r\nMessage-ID: <thu.1@khaosat.example>\r\n\r\nXin chao.\r\n"


def test_dovecot_takes_a_mail_and_has_the_folders(dovecot: Dovecot) -> None:
    dovecot.append("anh", LETTER, "Sent")
    assert dovecot.count("anh", "Sent") == 1
    with dovecot.session("anh") as session:
        _, folders = session.list()
    names = {line.rpartition(b" ")[2].decode() for line in folders if isinstance(line, bytes)}
    assert {"INBOX", "Sent", "Processed", "Unrecognised"} <= names


def test_postfix_takes_a_mail_and_logs_it(postfix: Postfix) -> None:
    send(postfix, "ai-do@hop-thu.example", LETTER, "khaosat@khaosat.example")
    wait_for(lambda: "message-id=<thu.1@khaosat.example>" in postfix.log.read_text())
    wait_for(lambda: "status=sent" in postfix.log.read_text())


def test_a_report_of_postfix_comes_back_to_the_detailed_sender(
    postfix: Postfix, dovecot: Dovecot
) -> None:
    send(
        postfix,
        NO_SUCH_MAILBOX,
        LETTER,
        "thu-ve+7.abc@khaosat.example",
        envid="thu-7",
        notify="FAILURE",
    )
    wait_for(lambda: dovecot.count("thu-ve") == 1)
    with dovecot.session("thu-ve") as session:
        session.select()
        _, parts = session.fetch("1", "(BODY.PEEK[])")
    assert isinstance(parts[0], tuple)
    report = parts[0][1]
    assert b"Original-Envelope-Id: thu-7" in report
    assert b"Status: 5.1.1" in report

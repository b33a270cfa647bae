from base64 import encodebytes
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from hashlib import sha256

import pytest
from flufl_samples import sample_mails
from made_returns import arf, dsn, notice
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from msgspec.structs import replace as changed
from sqlalchemy import select, update

from mailer.returns.judging import judge
from mailer.returns.reading import read_returned
from mailer.returns.returned import Kind
from mailer.smtp.failure import Failure
from mailer.writing.message_id import message_id
from mailer.writing.return_path import return_path
from survey_service.clock import SteppedClock
from survey_service.entropy import SeededEntropy
from survey_service.journal import entries
from survey_service.keys import new_key_ring
from survey_service.links import Links
from survey_service.mailing.relays.mail_file import Returns
from survey_service.mailing.returning.return_reports import Taken
from survey_service.mailing.returning.returns import (
    letter_names,
    note_refusals,
    purge_returns,
    take_event,
    take_mail,
)
from survey_service.mailing.returning.watching_policy import Watch
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, PausedTransport, ReturnedMail, Suppression
from survey_service.store.people import Invitation

KEYS = new_key_ring(SeededEntropy(3))
KEY = KEYS.secrets("letter")[0]
BASE = "thu-ve@khaosat.example"
NAMES = letter_names(KEYS, Returns(address=BASE))
USER_UNKNOWN = {
    "status": "5.1.1",
    "diagnostic": "smtp; 550 5.1.1 <p0@hop-thu.example>: User unknown",
}
FULL = {"status": "5.2.2", "diagnostic": "smtp; 552 5.2.2 mailbox is full"}
BLOCKED = {"status": "5.7.1", "diagnostic": "smtp; 550 5.7.1 blocked by policy"}
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def made(database: Database) -> MadeWave:
    return _sent(database, make_wave(database, [MadePerson(name=f"Người {n}") for n in range(30)]))


def _sent(database: Database, made: MadeWave, at: datetime = NOW) -> MadeWave:
    with database.writing() as session:
        session.execute(
            update(Letter)
            .where(Letter.id.in_(made.letters))
            .values(state="sent", settled_at=at, transport="relay-1", attempt=1)
        )
    return made


def _path(letter: int) -> str:
    return return_path(str(letter), key=KEY, address=BASE)


def _bounce(letter: int, said: Mapping[str, str] = USER_UNKNOWN, number: int = 0) -> bytes:
    return dsn(
        action=said.get("action", "failed"),
        status=said["status"],
        diagnostic=said["diagnostic"],
        to=_path(letter),
        final=f"p{number}@hop-thu.example",
    )


def _take(
    database: Database,
    clock: SteppedClock,
    mail: bytes,
    *,
    sender: str | None = None,
    recipient: str | None = None,
) -> Taken:
    return take_mail(
        database, clock, NAMES, mail, source="imap", sender=sender, recipient=recipient
    )


def _suppressed(database: Database) -> Sequence[tuple[str, str, str | None]]:
    with database.reading() as session:
        return [
            (row.email_key, row.reason, row.wave)
            for row in session.scalars(select(Suppression).order_by(Suppression.id))
        ]


def _events(database: Database, letter: int) -> list[str]:
    with database.reading() as session:
        return list(
            session.scalars(
                select(LetterEvent.event)
                .where(LetterEvent.letter_id == letter)
                .order_by(LetterEvent.id)
            )
        )


def _kept(database: Database) -> Sequence[ReturnedMail]:
    with database.reading() as session:
        return session.scalars(select(ReturnedMail).order_by(ReturnedMail.id)).all()


def test_an_address_that_does_not_exist_is_suppressed_at_once_in_all_waves(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    taken = _take(database, clock, _bounce(made.letters[0]))
    assert (taken.kind, taken.new, taken.known, taken.suppressed) == (Kind.BOUNCE, True, True, True)
    assert _suppressed(database) == [("p0@hop-thu.example", "hard-address", None)]
    (row,) = _kept(database)
    assert (row.failure, row.status, row.wave, row.transport) == (
        "hard-address",
        "5.1.1",
        PLAN.code,
        "relay-1",
    )
    assert row.raw is not None
    assert row.digest == sha256(row.raw).digest()
    assert _events(database, made.letters[0]) == ["bounced"]


def test_the_log_and_the_evidence_hold_no_address(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    _take(database, clock, _bounce(made.letters[0]))
    with database.reading() as session:
        detail = session.scalar(select(LetterEvent.detail))
        evidence = session.scalar(select(Suppression.evidence))
    assert detail == "hard-address 5.1.1 550 5.1.1 <…>: User unknown"
    assert evidence is not None
    assert "@" not in evidence


@pytest.mark.parametrize("coding", ["7bit", "quoted-printable", "base64"])
def test_the_evidence_opens_no_form(
    database: Database, clock: SteppedClock, made: MadeWave, coding: str
) -> None:
    """Replies quote the letter: whoever reads the database or a backup must find no link in it."""
    token = Links(KEYS, "https://khaosat.example").token(b"01234567", 0)
    words = f"Toi dang nghi phep.\n\n> https://khaosat.example/p/{token}\n> khaosat.example\n"
    octets = {
        "7bit": words.encode(),
        "quoted-printable": words.replace(token, f"{token[:9]}=\n{token[9:]}").encode(),
        "base64": encodebytes(words.encode()),
    }[coding]
    head = f"From: a@xa.example\nTo: {_path(made.letters[0])}\nSubject: Re: thu\n"
    head += f"Content-Type: text/plain\nContent-Transfer-Encoding: {coding}\n\n"
    assert _take(database, clock, head.encode() + octets).kind is Kind.REPLY
    (row,) = _kept(database)
    assert row.raw is not None
    assert row.raw.startswith(head.encode())
    read = message_from_bytes(row.raw).get_payload(decode=True)
    assert isinstance(read, bytes)
    assert token[9:].encode() not in row.raw + read
    assert (b"nghi phep" in read) == (coding != "base64")


def test_the_log_holds_no_link_that_a_filter_quotes_without_its_scheme(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    token = Links(KEYS, "https://khaosat.example").token(b"01234567", 0)
    said = {"status": "5.7.1", "diagnostic": f"smtp; 554 5.7.1 khaosat.example/p/{token} is listed"}
    _take(database, clock, _bounce(made.letters[0], said))
    with database.reading() as session:
        (detail,) = session.scalars(select(LetterEvent.detail))
    (row,) = _kept(database)
    for words in (detail, row.diagnostic):
        assert words is not None
        assert "is listed" in words
        assert token not in words


def test_the_same_mail_a_second_time_changes_nothing(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    mail = _bounce(made.letters[0])
    _take(database, clock, mail)
    again = _take(database, clock, mail)
    assert (again.kind, again.new, again.suppressed) == (Kind.BOUNCE, False, False)
    assert len(_suppressed(database)) == len(_kept(database)) == 1
    assert _events(database, made.letters[0]) == ["bounced"]


def test_a_released_address_that_fails_again_is_suppressed_again(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    _take(database, clock, _bounce(made.letters[0]))
    with database.writing() as session:
        session.execute(update(Suppression).values(released_at=NOW, released_by="cli"))
    assert _take(database, clock, _bounce(made.letters[0]) + b"\n").suppressed
    assert len(_suppressed(database)) == 2


def test_a_complaint_suppresses_in_all_waves(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    ours = message_id(str(made.letters[2]), key=KEY, domain="khaosat.example")
    assert _take(database, clock, arf(message_id=ours)).suppressed
    assert _suppressed(database) == [("p2@hop-thu.example", "complaint", None)]
    assert _events(database, made.letters[2]) == ["complained"]


@pytest.mark.parametrize(
    "mail",
    [
        dsn(to="thu-ve+1.aaaaaaaaaa@khaosat.example", final="p0@hop-thu.example"),
        dsn(to=BASE, final="p0@hop-thu.example", message_id="<1.aaaaaaaaaa@khaosat.example>"),
        dsn(to=BASE, final="p0@hop-thu.example", message_id=""),
        arf(message_id="<1.aaaaaaaaaa@khaosat.example>"),
    ],
)
def test_a_forged_report_suppresses_nobody_and_is_kept_for_staff(
    database: Database, clock: SteppedClock, made: MadeWave, mail: bytes
) -> None:
    taken = _take(database, clock, mail)
    assert (taken.known, taken.suppressed) == (False, False)
    assert _suppressed(database) == []
    (row,) = _kept(database)
    assert (row.letter_id, row.wave) == (None, None)
    assert row.email_key in {"p0@hop-thu.example", None}
    assert made.letters


def test_a_notice_in_a_persons_name_suppresses_nobody(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    mail = notice(
        "<p0@hop-thu.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
        to=_path(made.letters[0]),
        path="<ai-do@hop-thu.example>",
    )
    taken = _take(database, clock, mail)
    assert (taken.kind, taken.known, taken.suppressed) == (Kind.BOUNCE, True, False)
    assert _suppressed(database) == _events(database, made.letters[0]) == []
    (row,) = _kept(database)
    assert (row.letter_id, row.wave, row.failure) == (made.letters[0], None, "hard-address")


def test_the_envelope_that_the_relay_tells_counts_like_the_headers(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    mail = notice(
        "<p0@hop-thu.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
        to="undisclosed",
        path="<unknown>",
    )
    assert _take(
        database, clock, mail, sender="MAILER-DAEMON", recipient=_path(made.letters[0])
    ).suppressed


@pytest.mark.parametrize(
    "headers",
    [
        {"subject": "Trả lời tự động: đang nghỉ phép", "Auto_Submitted": "auto-replied"},
        {"subject": "Re: Mời tham gia"},
    ],
)
def test_an_absence_or_an_answer_changes_nothing(
    database: Database, clock: SteppedClock, made: MadeWave, headers: dict[str, str]
) -> None:
    mail = notice(
        "User unknown. 550 5.1.1", sender="p0@hop-thu.example", to=_path(made.letters[0]), **headers
    )
    assert _take(database, clock, mail).kind is Kind.AUTO_REPLY
    assert _suppressed(database) == _events(database, made.letters[0]) == []


@pytest.mark.parametrize(
    ("said", "event"),
    [({}, "bounced"), ({"action": "delayed"}, "delayed"), ({"action": "delivered"}, "delivered")],
)
def test_whatever_a_server_reports_ends_a_doubt(
    database: Database, clock: SteppedClock, made: MadeWave, said: dict[str, str], event: str
) -> None:
    letter = made.letters[0]
    with database.writing() as session:
        session.execute(update(Letter).where(Letter.id == letter).values(state="uncertain"))
    _take(database, clock, _bounce(letter, {**USER_UNKNOWN, **said}))
    with database.reading() as session:
        assert session.scalar(select(Letter.state).where(Letter.id == letter)) == "sent"
    assert _events(database, letter) == [event, "resolved", "sent"]


def _waves(database: Database, codes: Sequence[str]) -> list[MadeWave]:
    made: list[MadeWave] = []
    for number, code in enumerate(codes):
        opens = PLAN.opens + timedelta(days=60 * number)
        plan = changed(PLAN, code=code, opens=opens, closes=opens + 10 * DAY)
        wave = make_wave(database, [MadePerson(name="Anh")], plan=plan)
        with database.writing() as session:
            # Every made wave begins its people's numbers anew.
            session.execute(
                update(Invitation)
                .where(Invitation.wave_id == wave.wave)
                .values(public_id=(1000 + number).to_bytes(8))
            )
        made.append(_sent(database, wave, plan.opens_at()))
    return made


def _fail_in(database: Database, clock: SteppedClock, waves: Sequence[MadeWave]) -> list[bool]:
    suppressed: list[bool] = []
    for number, wave in enumerate(waves):
        clock.move_to(NOW + timedelta(days=60 * number + 1))
        taken = _take(database, clock, _bounce(wave.letters[0], FULL))
        suppressed.append(taken.suppressed)
    return suppressed


def test_a_full_mailbox_is_suppressed_at_its_third_wave(
    database: Database, clock: SteppedClock
) -> None:
    waves = _waves(database, ["w1", "w2", "w3"])
    assert _fail_in(database, clock, waves) == [False, False, True]
    assert _suppressed(database) == [("p0@hop-thu.example", "soft-mailbox", None)]


def test_many_failures_in_one_wave_count_once(database: Database, clock: SteppedClock) -> None:
    (wave,) = _waves(database, ["w1"])
    for day in range(6):
        clock.move_to(NOW + timedelta(days=day + 1))
        _take(database, clock, _bounce(wave.letters[0], FULL) + b"\n" * day)
    assert len(_kept(database)) == 6
    assert _suppressed(database) == []


def test_three_waves_on_one_day_count_once(database: Database, clock: SteppedClock) -> None:
    for wave in _waves(database, ["w1", "w2", "w3"]):
        _take(database, clock, _bounce(wave.letters[0], FULL))
    assert _suppressed(database) == []


def test_an_answer_takes_failures_off_the_score(database: Database, clock: SteppedClock) -> None:
    waves = _waves(database, ["w1", "w2", "w3"])
    assert _fail_in(database, clock, waves[:2]) == [False, False]
    with database.writing() as session:
        session.execute(
            update(Invitation).where(Invitation.id == waves[1].invitations[0]).values(answered=True)
        )
    clock.move_to(NOW + timedelta(days=121))
    assert not _take(database, clock, _bounce(waves[2].letters[0], FULL)).suppressed


def test_an_answer_of_an_earlier_wave_proves_nothing(
    database: Database, clock: SteppedClock
) -> None:
    waves = _waves(database, ["w0", "w1", "w2", "w3"])
    with database.writing() as session:
        session.execute(
            update(Invitation).where(Invitation.id == waves[0].invitations[0]).values(answered=True)
        )
    assert _fail_in(database, clock, waves[1:]) == [False, False, True]


def test_a_letter_that_stayed_for_thirty_days_takes_failures_off_the_score(
    database: Database, clock: SteppedClock
) -> None:
    waves = _waves(database, ["w1", "w2", "w3", "w4"])
    _sent(database, waves[2], NOW + timedelta(days=62))
    assert _fail_in(database, clock, waves[:2]) == [False, False]
    clock.move_to(NOW + timedelta(days=93))
    assert not _take(database, clock, _bounce(waves[3].letters[0], FULL)).suppressed


def test_what_a_server_refused_when_it_was_sent_counts_like_a_bounce(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    _refuse(database, made, 0, "hard-address", "550 5.1.1 <p0@hop-thu.example> unknown")
    _refuse(database, made, 1, "policy", "550 5.7.1 blocked")
    _refuse(database, made, 2, "hard-address", "5.6.7 the server does not offer SMTPUTF8")
    assert len(note_refusals(database, clock)) == 3
    assert note_refusals(database, clock) == []
    assert _suppressed(database) == [("p0@hop-thu.example", "hard-address", None)]
    assert {row.source for row in _kept(database)} == {"smtp"}


def _refuse(database: Database, made: MadeWave, number: int, why: str, reply: str) -> None:
    with database.writing() as session:
        session.execute(
            update(Letter)
            .where(Letter.id == made.letters[number])
            .values(state="failed", reason=why, reply=reply, settled_at=NOW)
        )


def test_policy_refusals_pause_the_relay_and_suppress_nobody(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    for number, letter in enumerate(made.letters[:9]):
        _take(database, clock, _bounce(letter, BLOCKED, number))
    assert _paused(database) == []
    _take(database, clock, _bounce(made.letters[9], BLOCKED, 9))
    assert _paused(database) == ["relay-1"]
    assert _suppressed(database) == []
    with database.reading() as session:
        (entry,) = entries(session)
    assert (entry.event, entry.details["refused"]) == ("transport-paused", 10)


def test_letters_that_are_late_for_policy_pause_nothing(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    greylisted = {"action": "delayed", "status": "4.7.1", "diagnostic": "smtp; 450 4.7.1 later"}
    for number, letter in enumerate(made.letters[:15]):
        _take(database, clock, _bounce(letter, greylisted, number))
    assert _paused(database) == []


def test_refusals_spread_over_days_pause_the_relay_by_their_share(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    for number, letter in enumerate(made.letters[:20]):
        assert _paused(database) == []
        clock.move_to(NOW + timedelta(hours=number))
        _take(database, clock, _bounce(letter, BLOCKED, number))
    assert _paused(database) == ["relay-1"]


def test_one_domain_of_several_does_not_stop_everybodys_mail(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    with database.writing() as session:
        others = made.letters[20:]
        session.execute(update(Letter).where(Letter.id.in_(others)).values(domain="khac.example"))
    for number, letter in enumerate(made.letters[:20]):
        _take(database, clock, _bounce(letter, BLOCKED, number))
    assert _paused(database) == []
    _take(database, clock, _bounce(made.letters[20], BLOCKED, 20))
    assert _paused(database) == ["relay-1"]


def test_a_relay_that_staff_let_go_on_is_judged_anew(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    watch = Watch(refused=3, of_letters=200, in_a_rush=100)
    for number in range(6):
        clock.move_to(NOW + timedelta(hours=number))
        take_mail(
            database,
            clock,
            NAMES,
            _bounce(made.letters[number], BLOCKED, number),
            source="imap",
            watch=watch,
        )
        assert bool(_paused(database)) == (number in {2, 5})
        if number == 2:
            with database.writing() as session:
                session.delete(session.get_one(PausedTransport, "relay-1"))


def _paused(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(PausedTransport.name)))


def test_evidence_is_dropped_after_ninety_days_and_scores_after_four_years(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    _take(database, clock, _bounce(made.letters[0], FULL))
    _take(database, clock, dsn(to=BASE, final="p1@hop-thu.example", message_id=""))
    clock.move_to(NOW + timedelta(days=89))
    assert purge_returns(database, clock) == 0
    clock.move_to(NOW + timedelta(days=90))
    assert purge_returns(database, clock) == 2
    assert purge_returns(database, clock) == 0
    assert [(row.raw, row.diagnostic, row.email_key) for row in _kept(database)] == [
        (None, None, "p0@hop-thu.example"),
        (None, None, None),
    ]
    clock.move_to(NOW + timedelta(days=4 * 366))
    purge_returns(database, clock)
    assert [row.email_key for row in _kept(database)] == [None, None]


def test_a_providers_event_is_held_to_the_same_rules(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    ours = message_id(str(made.letters[0]), key=KEY, domain="khaosat.example")
    taken = [
        take_event(
            database,
            clock,
            NAMES,
            name="msg-1",
            kind=Kind.BOUNCE,
            message_id=ours,
            status="5.1.1",
            diagnostic="550 no such user",
        )
        for _ in range(2)
    ]
    assert [one.new for one in taken] == [True, False]
    assert _suppressed(database) == [("p0@hop-thu.example", "hard-address", None)]


def test_of_flufls_samples_only_a_missing_address_is_suppressed(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    letters = iter(made.letters)
    wanted: set[str] = set()
    policy = 0
    samples = sample_mails()
    chosen = [name for name in samples if name.startswith(("simple_4", "qmail", "yahoo"))]
    for number, name in enumerate(sorted(chosen)[: len(made.letters)]):
        judged = {judge(one) for one in read_returned(samples[name]).recipients}
        policy += Failure.POLICY in judged
        taken = _take(database, clock, samples[name], sender="<>", recipient=_path(next(letters)))
        if taken.suppressed:
            wanted.add(f"p{number}@hop-thu.example")
            assert judged == {Failure.HARD_ADDRESS} or Failure.POLICY not in judged
    assert policy > 0
    assert {key for key, _, _ in _suppressed(database)} == wanted != set()

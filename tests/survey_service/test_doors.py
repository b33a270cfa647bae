"""Printed codes: given out, read as people type them, and kept as digests only."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_waves import NOW, PLAN, MadePerson, make_wave
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError
from survey_service import journal
from survey_service.clock import SteppedClock
from survey_service.doors.finding import find_token
from survey_service.doors.letters import PrintedLetters, print_letter_again, print_letters
from survey_service.doors.printed import Slip, code_url, print_html
from survey_service.doors.receipts import MOST, ReceiptOrder, issue_receipts
from survey_service.doors.short_codes import ALPHABET, new_code, read_code, written
from survey_service.entropy import SeededEntropy
from survey_service.keys import new_key_ring
from survey_service.links import Links
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import Sample, SampledPerson, Transaction
from survey_service.waves.status import wave_status

KEYS = new_key_ring(SeededEntropy(1))
SITE = "https://khaosat.example"
ORDER = ReceiptOrder(group="ND", unit="XA1", service="Đăng ký kết hôn", count=3)
CODES = st.integers(0, 2**40).map(lambda seed: new_code(SeededEntropy(seed)))


@given(CODES, st.data())
def test_every_single_wrong_sign_is_found(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    sign = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != code[place]]))
    assert read_code(code[:place] + sign + code[place + 1 :]) is None


@given(CODES)
@settings(max_examples=30)
def test_a_code_is_read_as_people_type_it(code: str) -> None:
    typed = written(code).lower().replace("0", "o").replace("1", "l").replace("-", " - ")
    assert read_code(f" {typed} ") == code


@pytest.mark.parametrize("typed", ["", "7KQ2", "7KQ2-M9XD-4TRB-1", "không phải mã", "UUUUUUUUUUUU"])
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    assert read_code(typed) is None


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


def _issue(database: Database, clock: SteppedClock, order: ReceiptOrder = ORDER) -> list[Slip]:
    return issue_receipts(
        database,
        clock,
        SeededEntropy(3),
        Pseudonyms(KEYS),
        code=PLAN.code,
        order=order,
        actor="test",
    )


def _print(database: Database, clock: SteppedClock) -> PrintedLetters:
    return print_letters(
        database, clock, SeededEntropy(5), Pseudonyms(KEYS), code=PLAN.code, actor="test"
    )


def _print_again(database: Database, clock: SteppedClock, number: str) -> PrintedLetters:
    return print_letter_again(
        database,
        clock,
        SeededEntropy(sum(number.encode())),
        Pseudonyms(KEYS),
        code=PLAN.code,
        number=number,
        actor="test",
    )


def _token(database: Database, code: str) -> str | None:
    return find_token(database, Pseudonyms(KEYS), Links(KEYS, SITE), code)


def _events(session: Session, event: str) -> list[dict[str, object]]:
    return [entry.details for entry in journal.entries(session) if entry.event == event]


def test_a_receipt_opens_one_form_and_gets_no_mail(database: Database, clock: SteppedClock) -> None:
    make_wave(database, [MadePerson(name="A")])
    slips = _issue(database, clock)
    tokens = {_token(database, slip.code) for slip in slips}
    assert len(tokens) == ORDER.count
    assert None not in tokens
    with database.reading() as session:
        contacts = session.scalars(select(Contact).where(Contact.mode == "receipt")).all()
        assert {(one.email, one.name, one.weight) for one in contacts} == {("", "", "1")}
        assert all("@" not in one.email_key for one in contacts)
        mailed = session.scalars(select(Letter.invitation_id)).all()
        invited = session.scalars(
            select(Invitation.id).where(Invitation.contact_id.in_([one.id for one in contacts]))
        ).all()
        assert not set(mailed) & set(invited)
        assert _events(session, "receipts issued") == [
            {"unit": "XA1", "service": "Đăng ký kết hôn", "count": 3}
        ]


def test_receipts_are_counted_apart_from_the_people_who_were_invited(
    database: Database, clock: SteppedClock
) -> None:
    make_wave(database, [MadePerson(name="A")])
    _issue(database, clock)
    with database.reading() as session:
        status = wave_status(session, PLAN.code)
    assert (status.total.invited, status.contacts) == (1, 1)
    assert (status.codes, status.volunteers) == (ORDER.count, 0)
    assert [step.expected for step in status.letters] == [1]


def test_the_database_knows_no_code(database: Database, clock: SteppedClock) -> None:
    make_wave(database, [MadePerson(name="A")])
    slips = _issue(database, clock)
    with database.reading() as session:
        kept = repr(session.execute(select(Invitation.__table__)).all())
    assert all(slip.code not in kept and slip.written not in kept for slip in slips)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (ReceiptOrder(group="CB", unit="XA1", service="x"), "chọn một trong: ND"),
        (ReceiptOrder(group="KHONG", unit="XA1", service="x"), "chọn một trong: ND"),
        (ReceiptOrder(group="ND", unit="XA9", service="x"), "chọn: XA1, XA2"),
        (ReceiptOrder(group="ND", unit="XA1", service="x", count=0), f"từ 1 đến {MOST}"),
        (ReceiptOrder(group="ND", unit="XA1", service="x", count=MOST + 1), f"từ 1 đến {MOST}"),
    ],
)
def test_a_wrong_order_is_refused(
    database: Database, clock: SteppedClock, order: ReceiptOrder, said: str
) -> None:
    make_wave(database, [MadePerson(name="A")])
    with pytest.raises(ProblemsError) as refused:
        _issue(database, clock, order)
    assert said in str(refused.value.problems[0].message.vi)


@pytest.mark.parametrize("state", ["draft", "closed", "frozen"])
def test_codes_are_for_an_open_wave(database: Database, clock: SteppedClock, state: str) -> None:
    make_wave(database, [MadePerson(name="A")], state=state)
    with pytest.raises(ProblemsError):
        _issue(database, clock)
    with pytest.raises(ProblemsError):
        _print(database, clock)


def _by_letter(database: Database) -> list[int]:
    """Make a wave of two people who were drawn for the files H1 and H2 and get letters."""
    made = make_wave(database, [MadePerson(name="Ông A"), MadePerson(name="B", language="en")])
    with database.writing() as session:
        session.execute(update(Contact).values(mode="letter"))
        session.add(Sample(wave_id=made.wave, drawn_at=NOW, commitment="0" * 64))
        session.flush()
        for number, contact in enumerate(session.scalars(select(Contact.id)).all(), 1):
            filed = Transaction(
                source="mot-cua", number=f"H{number}", service="x", unit="XA1", channel="y"
            )
            session.add(filed)
            session.flush()
            session.add(
                SampledPerson(
                    wave_id=made.wave,
                    person=bytes([number]) * 16,
                    transaction_id=filed.id,
                    stratum="XA1",
                    place=number,
                    transactions=1,
                    state="invited",
                    contact_id=contact,
                )
            )
    return list(made.invitations)


def test_letters_are_printed_once(database: Database, clock: SteppedClock) -> None:
    _by_letter(database)
    first = _print(database, clock)
    assert [slip.name for slip in first.slips] == ["Ông A", "B"]
    assert all(_token(database, slip.code) for slip in first.slips)
    assert _print(database, clock).slips == ()
    with database.reading() as session:
        assert _events(session, "letters printed") == [{"units": {"XA1": 2}, "again": {}}]


def test_a_letter_printed_again_takes_the_place_of_the_former(
    database: Database, clock: SteppedClock
) -> None:
    _by_letter(database)
    first = _print(database, clock)
    old = _token(database, first.slips[0].code)
    second = _print_again(database, clock, "H1")
    assert [slip.name for slip in second.slips] == ["Ông A"]
    assert _token(database, first.slips[0].code) is None
    assert _token(database, first.slips[1].code) is not None
    assert _token(database, second.slips[0].code) not in {None, old}
    with database.reading() as session:
        assert _events(session, "letters printed")[-1] == {"units": {}, "again": {"XA1": 1}}


def test_printing_again_does_not_tell_who_answered(database: Database, clock: SteppedClock) -> None:
    invitations = _by_letter(database)
    _print(database, clock)
    with database.writing() as session:
        session.execute(
            update(Invitation).where(Invitation.id == invitations[0]).values(answered=True)
        )
    assert [len(_print_again(database, clock, number).slips) for number in ("H1", "H2")] == [1, 1]


@pytest.mark.parametrize("number", ["H3", ""])
def test_a_file_without_a_letter_is_refused(
    database: Database, clock: SteppedClock, number: str
) -> None:
    _by_letter(database)
    _print(database, clock)
    with pytest.raises(ProblemsError):
        _print_again(database, clock, number)


def test_a_revoked_invitation_is_not_found_by_its_code(
    database: Database, clock: SteppedClock
) -> None:
    _by_letter(database)
    slip = _print(database, clock).slips[0]
    with database.writing() as session:
        session.execute(update(Invitation).values(revoked=True))
    assert _token(database, slip.code) is None


@pytest.mark.parametrize("template", ["letters", "slips"])
def test_what_is_printed_holds_a_scannable_address_and_the_code(template: str) -> None:
    slip = Slip(
        code=new_code(SeededEntropy(1)),
        language="vi",
        unit="Xã <Một>",
        service="Đăng ký",
        name="Ông <A>",
        minutes=3,
    )
    words = _Words()
    html = print_html(
        template,
        [slip],
        SITE,
        words={"vi": words, "en": words},
        title=words.title,
        closes=words.closes,
    )
    assert slip.written in html
    assert "khaosat.example/c" in html
    assert "&lt;Một&gt;" in html
    assert "<svg" in html
    assert not re.search(r"(src|href)=", html)
    assert code_url(SITE, slip.code).startswith("https://khaosat.example/c/")


class _Words:
    organisation = "Sở Nội vụ"
    title = "Lấy ý kiến"
    telephone = "0213 300 000"
    page = "https://noivu.example"
    letter_number = "12/UBND"
    letter_date = "20/02/2025"
    signatory = "Chủ tịch"
    closes = "14/03/2025"
    kept_until = "31/12/2025"

import pytest
from made_returns import arf, dsn, notice

from mailer.returns.naming import LetterNames
from mailer.returns.reading import read_returned
from mailer.writing.envelope_id import envelope_id
from mailer.writing.message_id import message_id
from mailer.writing.return_path import return_path

KEY, OLD_KEY = b"a key for tests", b"an older key"
BASE = "thu-ve@khaosat.example"
NAMES = LetterNames(keys=[OLD_KEY, KEY], address=BASE)


def _of(mail: bytes, names: LetterNames = NAMES) -> str | None:
    return names.of_mail(read_returned(mail))


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
def test_the_address_that_a_bounce_was_sent_to_names_the_letter(key: bytes) -> None:
    assert _of(dsn(to=return_path("41", key=key, address=BASE))) == "41"


def test_the_address_goes_before_what_is_returned() -> None:
    other = message_id("42", key=KEY, domain="khaosat.example")
    assert _of(dsn(to=return_path("41", key=KEY, address=BASE), message_id=other)) == "41"


def test_the_returned_message_id_names_the_letter() -> None:
    ours = message_id("42", key=KEY, domain="khaosat.example")
    assert _of(dsn(to=BASE, message_id=ours)) == "42"
    assert _of(arf(message_id=ours)) == "42"


def test_the_envelope_id_names_the_letter() -> None:
    assert _of(dsn(to=BASE, message_id="", envelope_id=envelope_id("43", key=KEY))) == "43"


def test_what_an_answer_answers_names_the_letter() -> None:
    ours = message_id("44", key=KEY, domain="khaosat.example")
    mail = notice(
        "Da nhan.", sender="a@b.example", subject="Re: x", path="<a@b.example>", In_Reply_To=ours
    )
    assert _of(mail) == "44"


@pytest.mark.parametrize("forged", ["41.aaaaaaaaaa", "41", "41."])
def test_a_name_that_we_did_not_sign_names_nothing(forged: str) -> None:
    local, _, domain = BASE.partition("@")
    mail = dsn(
        to=f"{local}+{forged}@{domain}",
        message_id=f"<{forged}@{domain}>",
        envelope_id=forged,
    )
    assert _of(mail) is None


def test_without_a_base_address_the_message_id_still_names() -> None:
    names = LetterNames(keys=[KEY])
    ours = message_id("42", key=KEY, domain="khaosat.example")
    assert _of(dsn(to=return_path("41", key=KEY, address=BASE)), names) is None
    assert _of(dsn(message_id=ours), names) == "42"

"""Message-IDs repeat, and are recognised as ours."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.writing.message_id import letter_of, message_id

KEY = b"a key for tests"
letters = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


@given(letters)
def test_it_repeats_and_reads_back(letter: str) -> None:
    made = message_id(letter, key=KEY, domain="survey.example")
    assert made == message_id(letter, key=KEY, domain="survey.example")
    assert letter_of(made, key=KEY) == letter
    assert letter_of(f" {made[1:-1]} ", key=KEY) == letter
    assert letter_of(made, key=b"another key") is None


def test_it_differs_by_letter() -> None:
    made = {message_id(f"l{number}", key=KEY, domain="survey.example") for number in range(1000)}
    assert len(made) == 1000


@pytest.mark.parametrize("text", ["", "<a@b>", "<l1.aaaaaaaaaa@survey.example>", "l1"])
def test_what_others_made_is_not_ours(text: str) -> None:
    assert letter_of(text, key=KEY) is None


@pytest.mark.parametrize("letter", ["", "a b", "a.b", "a\r\nb", "ă", "a" * 65])
def test_a_letter_it_cannot_hold_is_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="a letter is named"):
        message_id(letter, key=KEY, domain="survey.example")


@pytest.mark.parametrize("domain", ["", "Survey.example", "x y", "a..b", "đồng.example"])
def test_a_domain_it_cannot_hold_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="domain"):
        message_id("l1", key=KEY, domain=domain)


def test_letters_sent_by_earlier_releases_are_still_ours() -> None:
    made = message_id("1", key=KEY, domain="survey.example")
    digest = hmac.digest(KEY, b"message-id\x001", "sha256")
    assert made == f"<1.{base64.b32encode(digest).decode().lower()[:10]}@survey.example>"

"""An envelope id reads back from a report, and nobody else can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.smtp.envelope import Envelope
from mailer.writing.envelope_id import envelope_id, letter_of_envelope_id
from mailer.writing.message_id import message_id

KEY = b"a key for tests"
letters = st.from_regex(r"[a-z0-9_-]{1,22}", fullmatch=True)


@given(letters)
def test_it_reads_back_and_fits_the_envelope(letter: str) -> None:
    made = envelope_id(letter, key=KEY)
    assert letter_of_envelope_id(f" {made.upper()} ", key=KEY) == letter
    assert letter_of_envelope_id(made, key=b"another key") is None
    Envelope(sender="a@b.example", recipient="c@d.example", message=b"\r\n", envelope_id=made)


@pytest.mark.parametrize("text", ["", "9", "9.aaaaaaaaaa", "9.aaaaaaaaaa@x"])
def test_what_others_made_is_not_ours(text: str) -> None:
    assert letter_of_envelope_id(text, key=KEY) is None


def test_the_mac_of_a_message_id_is_no_envelope_id() -> None:
    made = message_id("9", key=KEY, domain="coquan.example")
    assert letter_of_envelope_id(made.partition("@")[0].lstrip("<"), key=KEY) is None


@pytest.mark.parametrize("letter", ["", "A", "a b", "ă", "a.b", "a" * 23])
def test_a_letter_it_cannot_hold_is_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="a letter is named"):
        envelope_id(letter, key=KEY)

"""An envelope that a server could misread is never made."""

from dataclasses import replace

import pytest

from mailer.smtp.envelope import Envelope


def envelope(
    *,
    sender: str = "a@b.example",
    recipient: str = "c@d.example",
    message: bytes = b"X: y\r\n\r\nz\r\n",
) -> Envelope:
    return Envelope(sender=sender, recipient=recipient, message=message)


@pytest.mark.parametrize("address", ["", "a", "a@b\r\nRCPT TO:<x@y>", "<a@b>", "a b@c", "a@b@c"])
def test_an_address_with_a_command_in_it_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="recipient"):
        envelope(recipient=address)
    with pytest.raises(ValueError, match="sender"):
        envelope(sender=address)


def test_an_accented_sender_is_refused() -> None:
    with pytest.raises(ValueError, match="sender"):
        envelope(sender="á@b.example")


@pytest.mark.parametrize("message", [b"a\n.\r\n", b"a\r.\r\n", b"a\r\n\n", b"\r", b"a\n"])
def test_bare_line_ends_are_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match="bare"):
        envelope(message=message)


def test_a_last_line_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="end with CRLF"):
        envelope(message=b"a")


def test_dots_are_doubled_at_line_starts_only() -> None:
    stuffed = envelope(message=b".a\r\n.\r\n..\r\nb.c\r\n").stuffed()
    assert stuffed == b"..a\r\n..\r\n...\r\nb.c\r\n.\r\n"


@pytest.mark.parametrize("envelope_id", ["a b", "á", "a\r\nb", "x" * 34])
def test_an_envelope_id_that_would_not_fit_the_command_is_refused(envelope_id: str) -> None:
    with pytest.raises(ValueError, match="envelope's id"):
        replace(envelope(), envelope_id=envelope_id)

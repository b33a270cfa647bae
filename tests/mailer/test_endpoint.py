"""A mail server's URL is secure unless it plainly says otherwise."""

import pytest

from mailer.reason import RefusedError
from mailer.smtp.endpoint import Endpoint, Security


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Security.PLAIN),
        ("smtp://localhost", "localhost", 25, Security.PLAIN),
        ("smtp://[::1]:2525", "::1", 2525, Security.PLAIN),
        ("smtp://relay.example", "relay.example", 587, Security.STARTTLS),
        ("smtp://192.0.2.1:25", "192.0.2.1", 25, Security.STARTTLS),
        ("smtps://relay.example", "relay.example", 465, Security.IMPLICIT_TLS),
        ("smtp+starttls://relay.example:2587", "relay.example", 2587, Security.STARTTLS),
        ("smtp+plain://relay.example", "relay.example", 25, Security.PLAIN),
    ],
)
def test_a_url_is_read(url: str, host: str, port: int, security: Security) -> None:
    endpoint = Endpoint.parse(url)
    assert (endpoint.host, endpoint.port, endpoint.security) == (host, port, security)
    assert endpoint.username is None


def test_a_login_is_decoded_and_never_shown() -> None:
    endpoint = Endpoint.parse("smtps://khaosat%40x.example:p%40ss%2Fw@relay.example")
    assert (endpoint.username, endpoint.password) == ("khaosat@x.example", "p@ss/w")
    assert "p@ss" not in repr(endpoint)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "endpoint-unreadable"),
        ("relay.example:25", "endpoint-unreadable"),
        ("http://relay.example", "endpoint-unreadable"),
        ("smtp://", "endpoint-unreadable"),
        ("smtp://relay.example:port", "endpoint-unreadable"),
        ("smtp://relay.example/path", "endpoint-unreadable"),
        ("smtp://relay.example?tls=no", "endpoint-unreadable"),
        ("smtp://[::1", "endpoint-unreadable"),
        ("smtps://user@relay.example", "endpoint-login"),
        ("smtp+plain://user:secret@relay.example", "endpoint-bare-password"),
    ],
)
def test_what_cannot_be_used_is_refused_without_showing_it(url: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        Endpoint.parse(url)
    assert [reason.code for reason in refused.value.reasons] == [code]
    assert "secret" not in str(refused.value)

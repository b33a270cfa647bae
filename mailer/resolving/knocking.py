"""A knock at the relay's door, so that its log says something."""

import socket
from contextlib import suppress

from mailer.smtp.endpoint import Endpoint, Security

_SECONDS = 5


def knock(endpoint: Endpoint) -> None:
    """Connect to the relay and take leave at once; a closed door is nobody's error here."""
    with suppress(OSError), socket.create_connection((endpoint.host, endpoint.port), _SECONDS) as s:
        # Where TLS comes first the server is silent until then; hanging up is logged as well.
        if endpoint.security is not Security.IMPLICIT_TLS:
            s.recv(512)
            s.sendall(b"QUIT\r\n")
            s.recv(512)

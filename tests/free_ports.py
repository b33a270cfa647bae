"""Ports for servers that the tests start, two of which never want the same one."""

import random
import socket

_CHOICE = random.SystemRandom()
BELOW_EPHEMERAL = range(12_000, 32_000)
"""The kernel gives none of these to an outgoing connection (ip_local_port_range), which could
otherwise take a port between its probe and its server's start."""


def free_port() -> int:
    """Give a port of the loopback interface that nobody uses."""
    while True:
        port = _CHOICE.choice(BELOW_EPHEMERAL)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

"""Whether a host is this machine, so that nothing said to it crosses a network."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address leads to this machine alone (RFC 6761 sec. 6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

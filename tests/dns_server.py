"""A name server on the loopback, over UDP and TCP, that says what a test's zone says."""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

from mailer.doctor.names import DnsNames

Zone = Mapping[str, Sequence[str]]
"""Records as `NAME TYPE`, each with its texts; the type SERVFAIL makes a name unanswerable."""


class NameServer:
    """Answers from a zone; names that are not in it do not exist."""

    def __init__(self, zone: Zone) -> None:
        self.zone = {key.lower(): tuple(values) for key, values in zone.items()}
        self.asked: list[str] = []
        self.over_tcp = 0

    def answer(self, question: bytes, limit: int) -> bytes:
        query = dns.message.from_wire(question)
        reply = dns.message.make_response(query)
        asked = query.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(asked.rdtype)
        self.asked.append(f"{name} {kind}")
        texts = self.zone.get(f"{name} {kind.lower()}")
        if f"{name} servfail" in self.zone:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif texts is not None:
            reply.answer.append(dns.rrset.from_text_list(asked.name, 60, "IN", kind, texts))
        elif not any(key.partition(" ")[0] == name for key in self.zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        wire = reply.to_wire()
        if len(wire) > limit:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            wire = reply.to_wire()
        return wire


@contextlib.contextmanager
def serving_names(zone: Zone) -> Generator[tuple[DnsNames, NameServer, int]]:
    """Run a name server; gives what asks it, the server itself, and its port."""
    server = NameServer(zone)

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            question, connection = self.request
            connection.sendto(server.answer(question, 512), self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            server.over_tcp += 1
            (length,) = struct.unpack("!H", self.rfile.read(2))
            wire = server.answer(self.rfile.read(length), 65_535)
            self.wfile.write(struct.pack("!H", len(wire)) + wire)

    with contextlib.ExitStack() as stack:
        udp, tcp = _listen(Udp, Tcp)
        port = int(udp.server_address[1])
        listeners: tuple[Any, ...] = (udp, tcp)
        for listener in listeners:
            threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
            stack.enter_context(listener)
            stack.callback(listener.shutdown)
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], port
        yield DnsNames(resolver), server, port


def _listen(
    udp: type[socketserver.BaseRequestHandler], tcp: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    """Listen at one port over both; another process may hold the one that was tried."""
    for _ in range(50):
        datagrams = socketserver.ThreadingUDPServer(("127.0.0.1", 0), udp)
        try:
            port = int(datagrams.server_address[1])
            return datagrams, socketserver.ThreadingTCPServer(("127.0.0.1", port), tcp)
        except OSError:
            datagrams.server_close()
    raise OSError("no port is free for UDP and TCP alike")

"""The lines of a Postfix log that tell what became of letters of one's own domain."""

import re
from collections.abc import Collection

_LINE = re.compile(
    rb"(?:\S*[^\s:] +){1,6}(?:[^\s\[\]]*/)?([a-z-]+)\[(\d{1,10})\]: (?:([0-9A-Za-z]{5,20}): )?"
)
"""Program, process and queue id (long and short form); the rest follows. No word before the
program ends in a colon: what looks like it further on is what a stranger said to some program."""
_MESSAGE_ID = re.compile(rb"message-id=(<[^<>\s]+>)")
_TAKEN_OVER = re.compile(rb"from=<.*\(queue active\)")
_DELIVERED = re.compile(rb"to=<.*\bstatus=")
_REFUSED = re.compile(rb"(?:milter-)?reject: ")
_BROKEN = re.compile(rb"(?:lost connection|timeout|improper command pipelining) after DATA")
_LOST = re.compile(rb"rate-limit|[Ss]uppressed \d+ messages|\blost \d+ messages")
"""What syslog daemons say when they threw lines away."""
_SYSLOGS = frozenset({b"systemd-journald", b"journal", b"rsyslogd", b"syslog-ng"})
_AT_ONCE = 10_000
"""Sessions kept in mind; a server has some hundred at once."""


class PostfixLines:
    """Learns from each line in turn; knows only Message-IDs of the given domains."""

    def __init__(self, domains: Collection[str]) -> None:
        self.domains = frozenset(domains)
        self.loss = b""
        """The last line that says that lines are missing."""
        self._ends = {f"@{domain}>".encode(): domain for domain in self.domains}
        self._known: set[str] = set()
        self._accepted: set[bytes] = set()
        self._open: dict[bytes, bytes] = {}
        self._obscure: set[bytes] = set()
        self._broken: set[bytes] = set()
        self._sessions: dict[bytes, bytes] = {}

    def knows_domain(self, domain: str) -> bool:
        """Tell whether any letter of that domain has passed here."""
        return domain in self._known

    def accepted(self, message_id: str) -> bool:
        """Tell whether the server took the letter over."""
        return message_id.encode() in self._accepted

    def mentions(self, message_id: str) -> bool:
        """Tell whether the letter is here, accepted or with its end unknown."""
        name = message_id.encode()
        return name in self._accepted or name in self._obscure or name in self._open.values()

    def take(self, line: bytes) -> None:
        """Learn from a line; whatever is not understood is passed over."""
        found = _LINE.match(line, 0, 400)
        if found is None or found[1] in _SYSLOGS:
            if _LOST.search(line):
                self.loss = line
            return
        program, process, queue = found.groups()
        if program == b"smtpd":
            self._take_session(line, found.end(), process, queue)
        elif queue is None:
            return
        elif program == b"cleanup":
            self._take_cleanup(line, found.end(), queue)
        elif queue in self._open and (
            _TAKEN_OVER.match(line, found.end())
            if program == b"qmgr"
            else _DELIVERED.match(line, found.end())
        ):
            self._accepted.add(self._open.pop(queue))

    def _take_session(self, line: bytes, at: int, process: bytes, queue: bytes | None) -> None:
        if queue is not None and line.startswith(b"client=", at):
            self._forget(queue)
            self._broken.discard(queue)
            if len(self._sessions) > _AT_ONCE:
                self._sessions.clear()
            self._sessions[process] = queue
        elif queue is not None and _REFUSED.match(line, at):
            self._break(queue)
        elif queue is None and _BROKEN.match(line, at) and process in self._sessions:
            self._break(self._sessions.pop(process))

    def _take_cleanup(self, line: bytes, at: int, queue: bytes) -> None:
        if _REFUSED.match(line, at):
            self._break(queue)
        elif found := _MESSAGE_ID.match(line, at):
            name = found[1]
            domain = self._ends.get(name[name.rfind(b"@") :])
            if domain is None:
                return
            self._known.add(domain)
            self._forget(queue)
            if queue not in self._broken:
                self._open[queue] = name

    def _break(self, queue: bytes) -> None:
        """Note that a letter was not taken; its Message-ID may be logged only afterwards."""
        if len(self._broken) > _AT_ONCE:
            self._broken.clear()
        self._broken.add(queue)
        self._open.pop(queue, None)

    def _forget(self, queue: bytes) -> None:
        """Let go of a queue id that is given anew: how its former letter ended was not said."""
        former = self._open.pop(queue, None)
        if former is not None:
            self._obscure.add(former)

"""What a Postfix accepted, read from its log by Message-ID."""

import time
import zlib
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.resolving.log_files import RotatedLog, time_of
from mailer.resolving.postfix_lines import PostfixLines
from mailer.resolving.resolver import Answer, Doubt

CLOCKS = timedelta(minutes=2)
"""How far the log's clock may be from ours."""
_TICK = 0.05


class PostfixLog:
    """Looks letters up in the log of the relay's own Postfix (`maillog_file`, or syslog's file).

    *Yes*: the queue manager took the queue file of that Message-ID over, or it was delivered.
    *No* only where the log proves that it would show: it is readable without a gap back to
    before the attempt, is being written now, knows other letters of ours (so it is the right
    log), and says nothing of this one, or that its session broke or refused it.

    `knock` makes the relay log something (see `mailer.resolving.knocking`); without it a log is
    current where its last line is younger than the doubt. `now` gives the present, `wait` the
    seconds in which a knock should show. Only what was added since is read each time.
    """

    name = "Postfix log"

    def __init__(
        self,
        path: Path,
        *,
        knock: Callable[[], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: float = 3,
    ) -> None:
        self._log = RotatedLog(path)
        self._lines = PostfixLines(())
        self._knock = knock
        self._now = now
        self._wait = wait

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        """Say for each doubt what the log proves; unknown for all that it does not."""
        wanted = {doubt.message_id: doubt for doubt in doubts}
        absent: list[Doubt] = []
        try:
            self._read(doubts)
            if any(map(self._lacks, wanted.values())) and (shown := self._shown_until()):
                # Read again meanwhile, the log may have learnt of them.
                absent = [
                    doubt
                    for doubt in wanted.values()
                    if self._lacks(doubt) and doubt.since <= shown
                ]
        except (OSError, EOFError, zlib.error):
            pass
        answers = {
            name: Answer.YES if self._lines.accepted(name) else Answer.UNKNOWN for name in wanted
        }
        return answers | {doubt.message_id: Answer.NO for doubt in absent}

    def _read(self, doubts: Collection[Doubt]) -> int:
        """Read what is new, or, for older doubts or another domain, what is old; counts lines."""
        domains = self._lines.domains | {_domain(doubt.message_id) for doubt in doubts}
        begins = [doubt.begun for doubt in doubts if doubt.begun is not None]
        back_to = min(begins, default=self._now()) - CLOCKS
        if self._log.prepare(back_to, anew=domains != self._lines.domains):
            self._lines = PostfixLines(domains)
        count = 0
        for line in self._log.lines():
            self._lines.take(line)
            count += 1
        return count

    def _lacks(self, doubt: Doubt) -> bool:
        """Tell whether the log reaches back before the attempt and has no such letter."""
        if doubt.begun is None or self._log.starts is None:
            return False
        whole_from = self._log.starts
        if self._lines.loss:
            whole_from = time_of(self._lines.loss, self._now()) or self._now()
        return (
            whole_from <= doubt.begun - CLOCKS
            and self._lines.knows_domain(_domain(doubt.message_id))
            and not self._lines.mentions(doubt.message_id)
        )

    def _shown_until(self) -> datetime | None:
        """Tell up to when the log shows what happened; None where that cannot be told."""
        knocked = self._knock is not None
        if knocked and not self._echoes():
            return None
        newest, now = self._log.newest, self._now()
        if newest is None or newest > now + CLOCKS:
            return None
        if knocked:
            return now if newest >= now - CLOCKS else None
        return newest

    def _echoes(self) -> bool:
        """Knock, and tell whether the log says anything thereupon."""
        if self._knock is not None:
            self._knock()
        end = time.monotonic() + self._wait
        while not self._read(()):
            if time.monotonic() > end:
                return False
            time.sleep(_TICK)
        return True


def _domain(message_id: str) -> str:
    return message_id.rpartition("@")[2].strip("<>")

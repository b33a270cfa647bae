"""The invitation log: one line per letter with its history, and not who answered.

Staff must be able to show what became of every letter; their own department is rated, and must not
learn who answered. Both at once take a choice. Letters that go to everybody (pre-notice,
invitation, results) are logged with address and group, to the minute and with the server's words.
Whether somebody got a reminder, a closing notice, a thank-you or their link again depends on
whether they had answered: such letters are logged without the person, their relay and the
server's words, by the day, and in an order that is drawn anew for each log. That a letter was no
longer needed is said in the same words whether its recipient had answered, withdrawn or opted
out, and how a doubt was cleared is said without its source, since an answer that came in is one.
"""

import random
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.entropy import Entropy
from survey_service.mailing.sending.history import without_addresses
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent
from survey_service.store.people import Contact, Invitation
from survey_service.waves.mail_plan.steps import INVITATION, PRE_NOTICE, RESULTS, STEPS
from survey_service.waves.reading import load_wave

NAMED: Final = frozenset({PRE_NOTICE.name, INVITATION.name, RESULTS.name})
"""Steps that go to everybody; of any other a letter says something about answering."""
NEEDLESS: Final = "no-longer-needed"
"""The one reason for what must not be told apart."""
REASONS: Final = {
    NEEDLESS: Text(vi="không cần gửi nữa", en="no longer needed"),
    "revoked": Text(vi="giấy mời đã thu hồi", en="invitation revoked"),
    "suppressed": Text(vi="địa chỉ ngừng gửi", en="suppressed address"),
    "wave-over": Text(vi="đợt đã kết thúc", en="the wave was over"),
    "hard-address": Text(vi="địa chỉ không có thật", en="no such address"),
    "soft-mailbox": Text(vi="hộp thư tạm không nhận", en="mailbox takes no mail for now"),
    "expired": Text(vi="hết thời gian thử", en="tried for too long"),
    "policy": Text(vi="máy chủ nhận chặn thư của ta", en="our mail is blocked"),
    "content": Text(vi="nội dung thư bị từ chối", en="the letter itself was refused"),
    "letter": Text(vi="không viết được thư", en="the letter could not be written"),
    "unknown": Text(vi="bị từ chối, không rõ lý do", en="refused, no reason known"),
}
"""Why a letter was not sent, or not taken."""
_PAGE = 500
"""Letters read at a time: the log of any wave takes the same memory."""
_TELLING = frozenset({"answered", "withdrawn", "opt-out"})
_CODE = re.compile(r"[245]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?\b")
_DAY = "%Y-%m-%d"
_MINUTE = "%Y-%m-%d %H:%M"


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a letter: when, in the wave's zone; which; and its words, if they are told."""

    at: str
    event: str
    detail: str = ""


class LogLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One letter; what does not say who answered, and whom it went to only where that may be told.

    `code` is the reply's code and enhanced status, `since` when the letter entered its state.
    """

    step: str
    state: str
    attempts: int
    resent: int
    reason: str = ""
    address: str = ""
    group: str = ""
    relay: str = ""
    code: str = ""
    since: str = ""
    history: tuple[Happened, ...] = ()


class LogTotals(msgspec.Struct, kw_only=True):
    """What the lines add up to; `states` by step."""

    letters: int = 0
    resent: int = 0
    states: dict[str, Counter[str]] = msgspec.field(default_factory=dict[str, Counter[str]])

    def add(self, line: LogLine) -> None:
        """Count one line."""
        self.letters += 1
        self.resent += line.resent > 0
        self.states.setdefault(line.step, Counter())[line.state] += 1


def log_lines(
    session: Session, code: str, entropy: Entropy, totals: LogTotals
) -> Iterator[LogLine]:
    """Give the log of a wave line by line, step by step, counting into `totals` on the way.

    Raises WaveUnknownError before the first line.
    """
    wave = load_wave(session, code)
    return _lines(session, wave.id, ZoneInfo(wave.plan.zone), entropy, totals)


def _lines(
    session: Session, wave: int, zone: ZoneInfo, entropy: Entropy, totals: LogTotals
) -> Iterator[LogLine]:
    found = session.scalars(select(Letter.step).where(Letter.wave_id == wave).distinct())
    order = {step: place for place, step in enumerate(STEPS)}
    for step in sorted(found, key=lambda step: (order.get(step, len(order)), step)):
        of_step = select(Letter.id).where(Letter.wave_id == wave, Letter.step == step)
        in_order = of_step.order_by(Letter.id).execution_options(yield_per=_PAGE)
        letters = array("q", session.scalars(in_order))
        named = step in NAMED
        if not named:
            random.Random(entropy.token(32)).shuffle(letters)
        for start in range(0, len(letters), _PAGE):
            for line in _page(session, letters[start : start + _PAGE], zone, named=named):
                totals.add(line)
                yield line


def _page(
    session: Session, letters: Sequence[int], zone: ZoneInfo, *, named: bool
) -> Iterator[LogLine]:
    histories: dict[int, list[Happened]] = {letter: [] for letter in letters}
    events = session.execute(
        select(LetterEvent.letter_id, LetterEvent.at, LetterEvent.event, LetterEvent.detail)
        .where(LetterEvent.letter_id.in_(letters))
        .order_by(LetterEvent.id)
    )
    told = list(events)
    # A doubt may have ended in the minute in which an answer came in.
    cleared = {event.letter_id for event in told if event.event == "resolved"}
    for event in told:
        by_minute = named and event.letter_id not in cleared
        histories[event.letter_id].append(
            Happened(
                at=_shown(event.at, zone, by_minute=by_minute),
                event=event.event,
                detail=_detail(event.event, event.detail or "", named=named),
            )
        )
    rows = session.execute(
        select(
            *(Letter.id, Letter.step, Letter.state, Letter.reason, Letter.attempt, Letter.resent),
            *(Letter.transport, Letter.reply, Letter.settled_at, Contact.email, Contact.group),
        )
        .join(Invitation, Invitation.id == Letter.invitation_id)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(Letter.id.in_(letters))
    )
    by_id = {row.id: row for row in rows}
    for letter in letters:
        by_minute = named and letter not in cleared
        since = _shown(by_id[letter].settled_at, zone, by_minute=by_minute)
        yield _line(by_id[letter], since, tuple(histories[letter]), named=named)


def _line(
    row: Row[*tuple[Any, ...]], since: str, history: tuple[Happened, ...], *, named: bool
) -> LogLine:
    code = _CODE.match(row.reply or "")
    return LogLine(
        step=row.step,
        state=row.state,
        reason=_reason(row.reason),
        address=row.email if named else "",
        group=row.group if named else "",
        attempts=row.attempt,
        relay=(row.transport or "") if named else "",
        code=code[0] if code else "",
        resent=row.resent,
        since=since,
        history=history,
    )


def _detail(event: str, detail: str, *, named: bool) -> str:
    if event == "dropped":
        return _reason(detail)
    # Who cleared up a doubt may have been an answer.
    return without_addresses(detail) if named and event != "resolved" else ""


def _shown(at: datetime | None, zone: ZoneInfo, *, by_minute: bool) -> str:
    return at.astimezone(zone).strftime(_MINUTE if by_minute else _DAY) if at else ""


def _reason(reason: str | None) -> str:
    return NEEDLESS if reason in _TELLING else reason or ""

"""When a wave's queued letters will be through: by the lanes' pace, or by the rate of late."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from mailer.sending.outbox import State
from survey_service.mailing.sending.dropping import STOPPED
from survey_service.mailing.sending.lanes import Lane
from survey_service.mailing.sending.pace import Quota, read_quota
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, PausedTransport
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.plan import plan_from_json

Bound = Literal["pace", "rate", "nothing"]
_AHEAD: Final = (State.QUEUED, State.DEFERRED, State.CLAIMED)
_LATELY: Final = 1_000
"""Ends that the measured rate rests on, at most."""
_FRESH: Final = timedelta(hours=1)
"""An end that is older says nothing about the rate of now."""
_STEP: Final = timedelta(minutes=5)
_HORIZON: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many letters of a wave are still to go, and when the last will be.

    `by` tells what the estimate rests on: the stated `pace` of the lanes, the `rate` measured of
    late, or `nothing`, where neither is known or nothing may go; `through_at` is then None. It
    assumes that no letter is put off.
    """

    letters: int
    through_at: datetime | None
    by: Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How letters flow: so many may go at once, then so many a second."""

    at_once: float
    rate: float


Route = Sequence[Flow]
"""The limits of one lane or domain; the tightest rules at each moment."""


def through_at(
    letters: Mapping[str, int],
    lanes: Sequence[Route],
    domains: Mapping[str, Route],
    *,
    opening: Callable[[datetime], datetime],
    now: datetime,
) -> datetime | None:
    """Give the instant at which so many letters to each domain will have gone; None for never.

    `lanes` send side by side; `domains` holds the limited ones. `opening` gives from when letters
    may go. What may go at once is kept through a night, never saved up over it. Exact to
    five minutes around a window's end, else to the second.
    """
    waits = [_seconds_for(sum(letters.values()), lanes)]
    waits += [_seconds_for(letters.get(domain, 0), [route]) for domain, route in domains.items()]
    if any(wait is None for wait in waits):
        return None
    return _after_open_time(max(wait or 0.0 for wait in waits), opening=opening, now=now)


def _seconds_for(letters: int, routes: Sequence[Route]) -> float | None:
    """Give after how many seconds of sending so many letters have gone over all routes."""
    if letters == 0:
        return 0.0
    horizon = _HORIZON.total_seconds()
    if _gone(horizon, routes) < letters:
        return None
    low, high = 0.0, horizon
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (low, middle) if _gone(middle, routes) >= letters else (middle, high)
    return high


def _gone(seconds: float, routes: Sequence[Route]) -> float:
    return sum(
        min((flow.at_once + flow.rate * seconds for flow in route), default=0.0) for route in routes
    )


def _after_open_time(
    seconds: float, *, opening: Callable[[datetime], datetime], now: datetime
) -> datetime | None:
    """Give the instant by which so much time in open windows has passed."""
    left, at = timedelta(seconds=seconds), now
    while at < now + _HORIZON:
        opens = opening(at)
        if opens > at:
            at = opens
            continue
        if left <= _STEP:
            return at + left
        left -= _STEP
        at += _STEP
    return None


def measured_rate(moments: Sequence[datetime], now: datetime) -> float | None:
    """Give the letters a second of these ends (the newest first); None where they tell nothing."""
    fresh = [moment for moment in moments if now - moment <= _FRESH]
    if len(fresh) < 2 or fresh[0] <= fresh[-1]:
        return None
    return (len(fresh) - 1) / (fresh[0] - fresh[-1]).total_seconds()


def forecast(session: Session, wave_code: str, lanes: Sequence[Lane], now: datetime) -> Forecast:
    """Estimate when a wave's waiting letters will be through, other waves taking their share."""
    wave = session.execute(
        select(Wave.id, Wave.state, Wave.plan).where(Wave.code == wave_code)
    ).one_or_none()
    if wave is None:
        return Forecast(letters=0, through_at=None, by="nothing")
    waiting = _waiting(session, wave.id)
    mine = waiting.get(wave.id, {})
    letters = sum(mine.values())
    if letters == 0:
        return Forecast(letters=0, through_at=now, by="nothing")
    paused = set(session.scalars(select(PausedTransport.name)))
    open_lanes = [lane for lane in lanes if lane.name not in paused]
    if wave.state in {STOPPED, "cancelled"} or not open_lanes:
        return Forecast(letters=letters, through_at=None, by="nothing")
    plan = plan_from_json(wave.plan)
    rate = measured_rate(_ends(session), now)
    quotas = [read_quota(session, lane, lane.domain_limits, now) for lane in open_lanes]
    paced = [_route(quota) for quota in quotas]
    if not all(paced) and rate is None:
        return Forecast(letters=letters, through_at=None, by="nothing")
    routes = paced if all(paced) else [[Flow(at_once=0, rate=rate or 0.0)]]
    domains = {
        domain: [
            Flow(at_once=level.tokens, rate=level.bucket.rate)
            for level in quotas[0].domains[domain].values()
        ]
        for domain in open_lanes[0].domain_limits
    }

    def through(some: Mapping[str, int], since: datetime) -> datetime | None:
        return through_at(
            some, routes, domains, opening=lambda at: next_opening(plan, at), now=since
        )

    moment = through(_before_mine_is_through(mine, waiting, wave.id), now)
    later, since = _later(session, wave.id, now)
    last = through(later, since) if later else moment
    return Forecast(
        letters=letters,
        through_at=None if moment is None or last is None else max(moment, last),
        by="pace" if all(paced) else "rate",
    )


def _route(quota: Quota) -> list[Flow]:
    return [Flow(at_once=level.tokens, rate=level.bucket.rate) for level in quota.lane.values()]


def _waiting(session: Session, wave: int) -> dict[int, dict[str, int]]:
    """Count the letters ahead, by wave and domain, of this wave and of those that send now."""
    rows = session.execute(
        select(Letter.wave_id, Letter.domain, func.count())
        .join(Wave, Wave.id == Letter.wave_id)
        .where(
            Letter.state.in_(_AHEAD), or_(Wave.id == wave, Wave.state.in_(("open", "published")))
        )
        .group_by(Letter.wave_id, Letter.domain)
    )
    waiting: dict[int, dict[str, int]] = {}
    for of_wave, domain, letters in rows:
        waiting.setdefault(of_wave, {})[domain] = letters
    return waiting


def _later(session: Session, wave: int, now: datetime) -> tuple[dict[str, int], datetime]:
    """Count the letters queued for a later day, by domain; gives them and the last such instant."""
    rows = session.execute(
        select(Letter.domain, func.count(), func.max(Letter.not_before))
        .where(Letter.wave_id == wave, Letter.state == State.QUEUED, Letter.not_before > now)
        .group_by(Letter.domain)
    ).all()
    letters = {domain: count for domain, count, _ in rows}
    return letters, max((moment for _, _, moment in rows), default=now)


def _before_mine_is_through(
    mine: Mapping[str, int], waiting: Mapping[int, Mapping[str, int]], wave: int
) -> dict[str, int]:
    """Give the letters that go until the last of mine: each wave sends as many as mine at most."""
    letters = dict(mine)
    own = sum(mine.values())
    for other, theirs in waiting.items():
        total = sum(theirs.values())
        if other != wave and total:
            for domain, count in theirs.items():
                share = -(-count * min(total, own) // total)
                letters[domain] = letters.get(domain, 0) + share
    return letters


def _ends(session: Session) -> list[datetime]:
    """Read when letters were sent of late, the newest first."""
    newest = session.scalar(select(func.max(LetterEvent.id)))
    if newest is None:
        return []
    return list(
        session.scalars(
            select(LetterEvent.at)
            .where(LetterEvent.id > newest - _LATELY, LetterEvent.event == State.SENT)
            .order_by(LetterEvent.at.desc())
        )
    )

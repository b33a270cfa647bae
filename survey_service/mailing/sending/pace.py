"""The pace in the database: token buckets of a lane and of recipient domains, taken at intent."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from mailer.pacing.bucket import Bucket, whole
from mailer.pacing.limits import Limits
from survey_service.mailing.sending.lanes import Lane
from survey_service.store.base import Instant
from survey_service.store.database import Database
from survey_service.store.mail import Bucket as BucketRow


@dataclass(slots=True)
class _Level:
    """One bucket as it stands, and how many letters were refused a token of it just now."""

    bucket: Bucket
    tokens: float
    at: datetime
    refused: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a lane may send as of `now`: of its own limits, and towards each limited domain."""

    now: datetime
    lane: Mapping[str, _Level] = field(default_factory=dict[str, _Level])
    domains: Mapping[str, Mapping[str, _Level]] = field(
        default_factory=dict[str, Mapping[str, _Level]]
    )

    def room(self) -> int | None:
        """Tell how many letters the lane may send now; None where nothing limits it."""
        return _room(self.lane)

    def room_for(self, domain: str) -> int | None:
        """Tell how many letters may go to a domain now, whatever the lane; None for any."""
        return _room(self.domains.get(domain, {}))

    def ready_at(self, domain: str | None = None) -> datetime:
        """Tell from when the lane, or a domain, has a token."""
        levels = self.lane if domain is None else self.domains.get(domain, {})
        waits = [level.bucket.wait(level.tokens) for level in levels.values()]
        return self.now + max(waits) if waits else self.now

    def take(self, domain: str) -> datetime | None:
        """Take a letter's tokens, of all its buckets or of none.

        None where it may go; else when its tokens will be there, after those of the letters
        that were refused before it.
        """
        mine = [*self.lane.values(), *self.domains.get(domain, {}).values()]
        if all(whole(level.tokens) >= 1 for level in mine):
            for level in mine:
                level.tokens -= 1
                level.changed = True
            return None
        waits = [level.bucket.wait(level.tokens, level.refused + 1) for level in mine]
        for level in mine:
            if whole(level.tokens) < 1:
                level.refused += 1
        return self.now + max(waits)

    def give_back(self, domain: str) -> None:
        """Give back the tokens of an attempt that never started."""
        for level in (*self.lane.values(), *self.domains.get(domain, {}).values()):
            level.tokens = min(float(level.bucket.capacity), level.tokens + 1)
            level.changed = True

    def levels(self) -> Iterator[tuple[str, _Level]]:
        """Give every bucket by its name."""
        yield from self.lane.items()
        for levels in self.domains.values():
            yield from levels.items()


def _room(levels: Mapping[str, _Level]) -> int | None:
    return min((whole(level.tokens) for level in levels.values()), default=None)


def bucket_names(owner: str, limits: Limits) -> dict[str, Bucket]:
    """Give the buckets of a lane (`relay/minute`) or a domain (`@gmail.com/minute`)."""
    return {
        f"{owner}/{window}": Bucket.for_limit(letters, window)
        for window, letters in limits.stated()
    }


def read_quota(
    session: Session, lane: Lane, domains: Collection[str], now: datetime, *, lock: bool = False
) -> Quota:
    """Read what a lane may send, to these domains as far as they are limited.

    With `lock` the buckets stay locked to the end of the transaction, in one order for everybody,
    so that two workers never wait for each other.
    """
    of_lane = bucket_names(lane.name, lane.limits)
    of_domains = {
        domain: bucket_names(f"@{domain}", lane.domain_limits[domain])
        for domain in domains
        if domain in lane.domain_limits
    }
    buckets = dict(of_lane)
    for some in of_domains.values():
        buckets |= some
    if not buckets:
        return Quota(now=now)
    rows = select(BucketRow.name, BucketRow.tokens, BucketRow.at).where(BucketRow.name.in_(buckets))
    rows = rows.order_by(BucketRow.name)
    if lock:
        rows = rows.with_for_update()
    # A bucket without a row was never drawn from.
    levels = {
        name: _Level(bucket=bucket, tokens=bucket.capacity, at=now)
        for name, bucket in buckets.items()
    }
    for row in session.execute(rows):
        bucket = buckets[row.name]
        tokens = bucket.filled(row.tokens, row.at, now)
        levels[row.name] = _Level(bucket=bucket, tokens=tokens, at=max(now, row.at))
    return Quota(
        now=now,
        lane={name: levels[name] for name in of_lane},
        domains={
            domain: {name: levels[name] for name in some} for domain, some in of_domains.items()
        },
    )


_WRITE = (
    update(BucketRow)
    .where(BucketRow.name == bindparam("bucket"))
    .values(tokens=bindparam("left"), at=bindparam("as_of", type_=Instant))
)


def write_quota(session: Session, quota: Quota) -> None:
    """Write the buckets that were drawn from or filled again; they must have been locked."""
    rows = [
        {"bucket": name, "left": level.tokens, "as_of": level.at}
        for name, level in quota.levels()
        if level.changed
    ]
    if rows:
        session.connection().execute(_WRITE, sorted(rows, key=lambda row: str(row["bucket"])))


def make_buckets(database: Database, lane: Lane, now: datetime) -> None:
    """Write the rows of a lane's buckets that are not there yet, each full.

    Only a row can be locked, so they are there before the first letter asks for a token.
    """
    buckets = bucket_names(lane.name, lane.limits)
    for domain, limits in lane.domain_limits.items():
        buckets |= bucket_names(f"@{domain}", limits)
    if buckets:
        rows = [
            {"name": name, "tokens": float(buckets[name].capacity), "at": now}
            for name in sorted(buckets)
        ]
        with database.writing() as session:
            session.connection().execute(database.insert_missing(BucketRow), rows)

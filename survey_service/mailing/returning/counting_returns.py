"""How much came back, by wave, relay, kind and class."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select

from survey_service.store.database import Database
from survey_service.store.mail import ReturnedMail


class ReturnsCount(msgspec.Struct, frozen=True, kw_only=True):
    """So many of one kind; wave and relay are empty where no letter of ours is proven."""

    wave: str
    relay: str
    kind: str
    failure: str
    source: str
    count: int


def count_returns(database: Database) -> Sequence[ReturnsCount]:
    """Count what came back."""
    columns = (
        ReturnedMail.wave,
        ReturnedMail.transport,
        ReturnedMail.kind,
        ReturnedMail.failure,
        ReturnedMail.source,
    )
    with database.reading() as session:
        rows = session.execute(select(*columns, func.count().label("number")).group_by(*columns))
        counts = [
            ReturnsCount(
                wave=row.wave or "",
                relay=row.transport or "",
                kind=row.kind,
                failure=row.failure or "",
                source=row.source,
                count=row.number,
            )
            for row in rows
        ]
    return sorted(counts, key=lambda row: (row.wave, row.relay, row.kind, row.failure, row.source))

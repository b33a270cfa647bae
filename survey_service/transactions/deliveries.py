"""Files and requests that came with transactions: each noted once, by its content."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.clock import Clock
from survey_service.frame.sheets import Row
from survey_service.journal import record
from survey_service.store.transactions import Delivery
from survey_service.transactions.mapping import Mapping


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """A file or request: what it is called, its SHA-256, and its rows from the heading on."""

    place: Path
    sha256: str
    rows: Iterator[Row]


class DeliveryCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What `store.transactions.Delivery` keeps; `mapping` is the fingerprint of the mapping."""

    mapping: str
    rows: int
    added: int
    changed: int
    unchanged: int
    older: int
    repeated: int
    refused: int
    changed_after_draw: int
    no_email: int
    no_contact: int


def _delivery(session: Session, delivered: Delivered, mapping: Mapping) -> Delivery | None:
    return session.scalars(
        select(Delivery)
        .where(Delivery.source == mapping.source)
        .where(Delivery.sha256 == delivered.sha256)
    ).first()


def former_counts(
    session: Session, delivered: Delivered, mapping: Mapping
) -> DeliveryCounts | None:
    """Give what became of the same content when it came before; None where it never did."""
    found = _delivery(session, delivered, mapping)
    return None if found is None else msgspec.convert(found.counts, DeliveryCounts)


def came_whole(former: DeliveryCounts, mapping: Mapping) -> bool:
    """Tell whether there is nothing to be gained from reading a delivery again."""
    # What a mapping or register refused may be usable once these are put right.
    return not former.refused and former.mapping == mapping.fingerprint


def note_delivery(
    session: Session,
    clock: Clock,
    delivered: Delivered,
    mapping: Mapping,
    counts: DeliveryCounts,
    actor: str,
) -> None:
    """Note a delivery, or what came of it this time, and journal its counts and hash."""
    kept = msgspec.to_builtins(counts)
    found = _delivery(session, delivered, mapping)
    if found is None:
        found = Delivery(
            source=mapping.source,
            name=delivered.place.name[:200],
            sha256=delivered.sha256,
            at=clock.now(),
            counts=kept,
        )
        session.add(found)
    else:
        found.at, found.counts = clock.now(), kept
    details = {"source": mapping.source, "sha256": delivered.sha256, **kept}
    record(session, clock, actor=actor, wave="", event="transactions imported", details=details)


# Taken in at the import: two threads in which msgspec meets a struct for the first time at once
# crash the process.
msgspec.json.Decoder(DeliveryCounts)

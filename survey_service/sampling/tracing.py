"""The trace of a sample: whether the people asked are those drawn, and what was done to them.

Every change that the service makes renews the sample's fingerprint in the same transaction as an
entry of the journal that names it. So people who were put in, taken out or exchanged in the
database itself are found: the fingerprint of the rows, that of the sample and that of the newest
entry have to be one, and the journal is a chain that others witness.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import String, cast, except_, exists, func, select
from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import entries, record
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import Sample, SampledPerson, Transaction
from survey_service.store.waves import Wave
from survey_service.waves.plan import plan_from_json
from survey_service.waves.reading import LoadedWave

DRAWN: Final = "sample drawn"
DISCARDED: Final = "sample discarded"
REPLACED: Final = "sampled person replaced"
REFUSED: Final = "replacement refused"
ALTERED: Final = "sample found altered"
HASH: Final = "sample_hash"
"""The detail of a journal entry that renewed a sample's fingerprint."""
ASKED: Final = ("invited", "called")
BY_LOT: Final = ("web", "letter")
"""The modes of people who were drawn; whoever came by a receipt is a volunteer."""

_BATCH: Final = 2_000
_NOTHING, _APART = "\x00", "\x1f"
"""No field holds a control character."""
Kind = Literal["replaced", "called", "passed", "reissued", "letter", "receipt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChanged:
    """What was done to a sample, or beside it, so many times for a unit and a reason."""

    unit: str
    change: Kind
    reason: str
    count: int


def is_intact(session: Session, wave_id: int) -> bool:
    """Tell whether the sample of a wave is as the service drew and changed it.

    False where people of the drawn group were not drawn, where an address, a transaction, a
    weight or the frame's counts were altered, and once the wave is open where somebody's
    invitation is not as it was given. Whoever came by a receipt is no part of the sample.
    """
    sample, wave = session.get(Sample, wave_id), session.get_one(Wave, wave_id)
    plan = plan_from_json(wave.plan).sample
    if sample is None or plan is None or sample.sample_hash is None:
        return False
    if sample.sample_hash != _journaled(session, wave.code):
        return False
    if sample.sample_hash != sample_fingerprint(session, wave_id):
        return False
    # Sets, not a join: no index leads from a contact to the sample.
    listed = select(Contact.id).where(
        Contact.wave_id == wave_id, Contact.group == plan.group, Contact.mode.in_(BY_LOT)
    )
    drawn = select(SampledPerson.contact_id).where(SampledPerson.wave_id == wave_id)
    strangers = session.scalar(select(exists(except_(listed, drawn).subquery().select())))
    return not strangers and (wave.state == "draft" or _invitations_stand(session, wave_id))


def require_intact(session: Session, wave: LoadedWave) -> None:
    """Refuse to build on a sample that was changed outside the service; raises ProblemsError."""
    if not is_intact(session, wave.id):
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "mẫu không còn đúng như đã rút: có người bị thêm, bớt hoặc sửa ngoài phần mềm; "
                "đối chiếu bằng: sample check, khôi phục bản sao lưu trước khi làm tiếp.",
                "the sample is not as it was drawn: people were added, removed or altered outside "
                "the service; compare with: sample check, and restore a backup before going on.",
            )
        )


def note_altered(session: Session, clock: Clock, wave: LoadedWave, *, actor: str) -> bool:
    """Journal that a sample was changed outside the service, before a change would hide it.

    For a sample that has to go on, day by day: once noted it is never intact again. Tells whether
    something was found.
    """
    if is_intact(session, wave.id):
        return False
    if not _is_noted(session, wave.code):
        record(session, clock, actor=actor, wave=wave.code, event=ALTERED, details={})
    return True


def sample_fingerprint(session: Session, wave_id: int) -> str:
    """Give the SHA-256 over a sample as it stands now: everybody, what they are asked by, counts.

    The counts are those that weights rest on (`Sample.summary`); that of nobody is SHA-256 of
    nothing.
    """
    digest = hashlib.sha256()
    rows = session.connection().execute(
        select(
            *(SampledPerson.person, Transaction.source, Transaction.number, SampledPerson.stratum),
            *(SampledPerson.place, SampledPerson.transactions, SampledPerson.state),
            *(SampledPerson.reason, Contact.email, Contact.email_key, Contact.group),
            *(Contact.own_unit, cast(Contact.transactions, String), cast(Contact.sectors, String)),
            *(Contact.stratum, Contact.population, Contact.weight, Contact.mode, Contact.service),
            Contact.channel,
        )
        .join(Transaction, Transaction.id == SampledPerson.transaction_id)
        .outerjoin(Contact, Contact.id == SampledPerson.contact_id)
        .where(SampledPerson.wave_id == wave_id)
        .order_by(SampledPerson.person),
        execution_options={"yield_per": _BATCH},
    )
    for person, *fields in rows:
        digest.update(person)
        written = (_NOTHING if field is None else str(field) for field in fields)
        digest.update(_APART.join(written).encode() + b"\n")
    counts = session.scalar(select(Sample.summary).where(Sample.wave_id == wave_id))
    if counts:
        digest.update(msgspec.json.encode(counts, order="sorted"))
    return digest.hexdigest()


def record_change(
    session: Session,
    clock: Clock,
    wave: LoadedWave,
    *,
    actor: str,
    event: str,
    details: Mapping[str, Any],
) -> str:
    """Renew the fingerprint of a wave's sample together with the entry that says why; gives it."""
    session.flush()
    renewed = sample_fingerprint(session, wave.id)
    session.get_one(Sample, wave.id).sample_hash = renewed
    record(
        session,
        clock,
        actor=actor,
        wave=wave.code,
        event=event,
        details={**details, HASH: renewed},
    )
    return renewed


def draws(session: Session, wave: LoadedWave) -> int:
    """Count the draws made for a wave; all but the last were discarded."""
    return (
        session.scalar(
            select(func.count())
            .select_from(JournalEntry)
            .where(JournalEntry.wave == wave.code, JournalEntry.event == DRAWN)
        )
        or 0
    )


def changes(session: Session, wave: LoadedWave) -> tuple[SampleChanged, ...]:
    """Count by unit what was done to a sample since it was drawn, and reserves passed over."""
    counts: Counter[tuple[str, Kind, str]] = Counter()
    for entry in entries(session, wave=wave.code):
        details = entry.details
        match entry.event:
            case "sample drawn":
                counts.clear()
            case "sampled person replaced":
                counts[details["unit"], "replaced", details["reason"]] += 1
                if details["called"]:
                    counts[details["called"], "called", details["reason"]] += 1
            case "letters printed":
                counts.update(_told(details, "units", "letter", "printed"))
                counts.update(_told(details, "again", "reissued", "letter"))
            case "receipts issued":
                counts[details["unit"], "receipt", "issued"] += details["count"]
            case _:
                continue
    passed_over = (
        select(Transaction.unit, SampledPerson.reason, func.count())
        .join(Transaction, Transaction.id == SampledPerson.transaction_id)
        .where(
            SampledPerson.wave_id == wave.id,
            SampledPerson.state == "passed",
            SampledPerson.reason.is_not(None),
        )
        .group_by(Transaction.unit, SampledPerson.reason)
    )
    for unit, reason, count in session.execute(passed_over):
        counts[unit, "passed", reason or ""] += count
    return tuple(
        SampleChanged(unit=unit, change=change, reason=reason, count=count)
        for (unit, change, reason), count in sorted(counts.items())
    )


def _told(
    details: Mapping[str, Any], key: str, change: Kind, reason: str
) -> dict[tuple[str, Kind, str], int]:
    counted: Mapping[str, int] = details.get(key) or {}
    return {(unit, change, reason): count for unit, count in counted.items() if count}


def _journaled(session: Session, code: str) -> str | None:
    """Find the fingerprint that the newest entry about a wave's sample names.

    None once the sample was found altered: what is renewed after that proves nothing.
    """
    if _is_noted(session, code):
        return None
    named = [entry.details[HASH] for entry in entries(session, wave=code) if HASH in entry.details]
    return named[-1] if named else None


def _is_noted(session: Session, code: str) -> bool:
    """Tell whether the sample was found altered since it was drawn."""
    newest = session.scalar(
        select(JournalEntry.event)
        .where(JournalEntry.wave == code, JournalEntry.event.in_((DRAWN, ALTERED)))
        .order_by(JournalEntry.sequence.desc())
        .limit(1)
    )
    return newest == ALTERED


def _invitations_stand(session: Session, wave_id: int) -> bool:
    """Tell whether everybody asked has the invitation that is theirs, and nobody replaced."""
    statement = (
        select(
            *(SampledPerson.state, Contact.transactions, Contact.mode),
            *(Invitation.revoked, Invitation.units, Invitation.short_code),
        )
        .join(Contact, Contact.id == SampledPerson.contact_id)
        .outerjoin(Invitation, Invitation.contact_id == Contact.id)
        .where(SampledPerson.wave_id == wave_id)
        .execution_options(yield_per=_BATCH)
    )
    # The cut-off empties the units of an invitation; none was opened with an empty list.
    with closing(session.execute(statement)) as rows:
        return all(
            row.revoked is not None
            and row.revoked == (row.state not in ASKED)
            and (not row.units or row.units == [done["unit"] for done in row.transactions])
            # Only paper has codes: one that was moved here would let its holder in.
            and (row.short_code is None or row.mode == "letter")
            for row in rows
        )

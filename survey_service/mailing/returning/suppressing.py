"""Addresses that are not written to: put on the list, released from it, listed for staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from mailer.reason import Reason
from mailer.writing.address import parse_address
from questionnaires.problems import ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.mail import Suppression
from survey_service.store.waves import Wave
from survey_service.waves.reading import WaveUnknownError

Why = Literal["hard-address", "soft-mailbox", "complaint", "manual"]


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """One entry that rules: the address, the wave or None for all, why, by whom and since when."""

    address: str
    wave: str | None
    reason: str
    source: str
    since: datetime
    evidence: str | None


def suppress(
    session: Session,
    *,
    email_key: str,
    reason: Why,
    source: str,
    at: datetime,
    wave: str | None = None,
    evidence: str | None = None,
) -> bool:
    """Put an address on the list, in the session's transaction; False where it stands there.

    An address that was released and fails again is suppressed again.
    """
    stands = select(Suppression.id).where(
        Suppression.email_key == email_key,
        Suppression.reason == reason,
        Suppression.wave.is_(None) if wave is None else Suppression.wave == wave,
        Suppression.released_at.is_(None),
    )
    if session.scalar(stands.limit(1)) is not None:
        return False
    session.add(
        Suppression(
            email_key=email_key,
            wave=wave,
            reason=reason,
            source=source,
            at=at,
            evidence=evidence,
        )
    )
    session.flush()
    return True


def suppress_by_hand(
    database: Database, clock: Clock, *, address: str, reason: str, actor: str, wave: str | None
) -> None:
    """Put an address on the list for a reason of the staff's; the journal keeps no address.

    Raises ProblemsError for what is no address, WaveUnknownError for an unknown wave.
    """
    key = _key(address)
    with database.writing() as session:
        if wave is not None and not session.scalar(select(Wave.id).where(Wave.code == wave)):
            raise WaveUnknownError(wave)
        new = suppress(
            session,
            email_key=key,
            reason="manual",
            source=actor,
            at=clock.now(),
            wave=wave,
            evidence=reason,
        )
        if new:
            details = {"reason": _journaled(reason)}
            record(
                session,
                clock,
                actor=actor,
                wave=wave or "",
                event="address-suppressed",
                details=details,
            )


def release(
    database: Database,
    clock: Clock,
    *,
    address: str,
    reason: str,
    actor: str,
    asked: bool = False,
) -> Sequence[str]:
    """Let an address be written to again; gives the reasons that it was suppressed for.

    An opt-out is the person's own: it stays, unless they `asked` to get mail again. Raises
    ProblemsError where the address is not on the list, or for nothing but that.
    """
    key = _key(address)
    of_address = (Suppression.email_key == key, Suppression.released_at.is_(None))
    releasable = of_address if asked else (*of_address, Suppression.reason != "opt-out")
    with database.writing() as session:
        former = session.scalars(
            select(Suppression.reason).where(*releasable).order_by(Suppression.id)
        ).all()
        if not former:
            opted_out = session.scalar(select(exists().where(*of_address)))
            raise ProblemsError(_THEIR_WISH if opted_out else _NOT_LISTED)
        session.execute(
            update(Suppression)
            .where(*releasable)
            .values(released_at=clock.now(), released_by=actor)
        )
        record(
            session,
            clock,
            actor=actor,
            wave="",
            event="address-released",
            details={"suppressed_for": list(former), "reason": _journaled(reason)},
        )
    return former


def suppressions(database: Database) -> Sequence[Suppressed]:
    """List the entries that rule, the newest last."""
    with database.reading() as session:
        rows = session.scalars(
            select(Suppression).where(Suppression.released_at.is_(None)).order_by(Suppression.id)
        ).all()
    return [
        Suppressed(
            address=row.email_key,
            wave=row.wave,
            reason=row.reason,
            source=row.source,
            since=row.at,
            evidence=row.evidence,
        )
        for row in rows
    ]


_NOT_LISTED = problem(
    "thư/mail release",
    "địa chỉ này không nằm trong danh sách ngừng gửi; xem: mail suppressions.",
    "the address is not on the list; see it with: mail suppressions.",
)
_THEIR_WISH = problem(
    "thư/mail release",
    "chính người này đã từ chối nhận thư; họ có thể đổi ý ở trang “Thôi nhận thư” trong thư. Nếu "
    "họ đã yêu cầu nhận lại, thêm --asked.",
    "the person opted out themselves and can undo it on the page that the letter leads to. Where "
    "they have asked for mail again, add --asked.",
)


def _key(address: str) -> str:
    found = parse_address(address)
    if isinstance(found, Reason):
        raise ProblemsError(problem("địa chỉ/address", found.vi, found.en))
    return found.key


def _journaled(reason: str) -> str:
    tidy = " ".join(reason.split())
    if not tidy or "@" in tidy:
        raise ProblemsError(
            problem(
                "--reason",
                "lý do không được để trống và không chứa địa chỉ thư, vì nhật ký giữ lâu dài.",
                "the reason must not be empty nor hold an address, for the journal keeps it.",
            )
        )
    return tidy[:300]

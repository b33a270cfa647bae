"""Stopping a relay by hand and letting it go on: each is a recorded fact."""

from questionnaires.problems import ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.mailing.relays.setup import MailSetup
from survey_service.mailing.returning.watching_policy import PAUSED, RESUMED
from survey_service.store.database import Database
from survey_service.store.mail import PausedTransport

MOST_REASON = 200
"""Characters."""


def stop_relay(
    database: Database, clock: Clock, setup: MailSetup, name: str, *, reason: str, actor: str
) -> None:
    """Have nothing more go through a relay; letters under way end.

    Raises ProblemsError for a relay that is not there or is stopped already, and for a reason
    that the journal cannot keep.
    """
    reason = _checked_reason(reason)
    with database.writing() as session:
        known = [relay.name for relay in setup.relays]
        if name not in known:
            raise ProblemsError(
                problem(
                    name,
                    f"không có máy chủ gửi này; các máy chủ: {', '.join(known)}.",
                    f"there is no such relay; the relays are: {', '.join(known)}.",
                )
            )
        stopped = session.get(PausedTransport, name)
        if stopped is not None:
            raise ProblemsError(
                problem(
                    name,
                    f"máy chủ đã dừng từ {stopped.at:%d/%m/%Y %H:%M} (UTC): {stopped.reason}",
                    f"the relay is stopped since {stopped.at:%d/%m/%Y %H:%M} (UTC): "
                    f"{stopped.reason}",
                )
            )
        session.add(PausedTransport(name=name, reason=reason, at=clock.now()))
        details = {"transport": name, "reason": reason}
        record(session, clock, actor=actor, wave="", event=PAUSED, details=details)


def let_relay_go_on(database: Database, clock: Clock, name: str, *, actor: str) -> None:
    """Let letters go through a relay again, whoever stopped it.

    One that the mail file no longer names can be let go on too. Raises ProblemsError where it is
    not stopped.
    """
    with database.writing() as session:
        stopped = session.get(PausedTransport, name)
        if stopped is None:
            raise ProblemsError(
                problem(name, "máy chủ này không bị dừng.", "this relay is not stopped.")
            )
        session.delete(stopped)
        details = {"transport": name}
        record(session, clock, actor=actor, wave="", event=RESUMED, details=details)


def _checked_reason(reason: str) -> str:
    tidy = " ".join(reason.split())
    if not 1 <= len(tidy) <= MOST_REASON or "@" in tidy or not tidy.isprintable():
        raise ProblemsError(
            problem(
                "--reason",
                f"cần 1–{MOST_REASON} ký tự, không có địa chỉ thư.",
                f"takes 1-{MOST_REASON} characters and no e-mail address.",
            )
        )
    return tidy

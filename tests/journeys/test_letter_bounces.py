"""A letter to nobody: Postfix reports, Dovecot keeps the report, the address is written to no more.

Real servers, real processes, nobody helps.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from made_waves import PLAN, MadePerson, MadeWave, make_wave
from msgspec.structs import replace
from postal import NO_SUCH_MAILBOX, POLICY, Dovecot, Postfix, send, wait_for
from processes import command, environment
from sqlalchemy import select, update

from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, ReturnedMail, Suppression
from survey_service.store.people import Contact

DOMAIN = "khaosat.example"


@pytest.fixture
def away(tmp_path: Path) -> str:
    """Give somebody who is away; each run has mailboxes of its own on the shared servers."""
    return f"vang-{abs(hash(str(tmp_path))):x}"[:14]


@pytest.fixture
def made(database: Database, away: str) -> MadeWave:
    plan = replace(PLAN, closes=PLAN.closes.replace(year=2099))
    made = make_wave(database, [MadePerson(name=f"Người {n}") for n in range(3)], plan=plan)
    with database.writing() as session:
        for number, address in enumerate((NO_SUCH_MAILBOX, POLICY, f"{away}@{DOMAIN}")):
            session.execute(
                update(Contact)
                .where(Contact.email_key == f"p{number}@hop-thu.example")
                .values(email=address, email_key=address)
            )
    return made


@pytest.fixture
def variables(
    database_url: str, postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> dict[str, str]:
    user = f"ve-{abs(hash(str(tmp_path))):x}"[:14]
    file = tmp_path / "mail.toml"
    file.touch(mode=0o600)
    file.write_text(
        f'[[relays]]\nname = "postfix"\nurl = "{postfix.url}"\npreset = "postfix-local"\n'
        f'[returns]\naddress = "{user}@{DOMAIN}"\nmailbox = "{dovecot.url(user)}"\n'
    )
    return {
        **environment(tmp_path / "data", database_url, mail_file=file, settle_seconds=1),
        "MAILBOX": user,
    }


def _run(variables: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        command(*words), env=dict(variables), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_bounce_ends_in_suppression_and_an_absence_does_not(
    database: Database,
    made: MadeWave,
    variables: dict[str, str],
    postfix: Postfix,
    dovecot: Dovecot,
    away: str,
) -> None:
    user = variables["MAILBOX"]
    _run(variables, "worker", "--until-empty")
    wait_for(lambda: dovecot.count(user) == 2)
    wait_for(lambda: dovecot.count(away) == 1)
    _answer_from(away, dovecot, postfix)
    wait_for(lambda: dovecot.count(user) == 3)

    _remind(database, made)
    # A worker that stays fetches every minute what came back; this one does it once.
    _run(variables, "worker", "--until-empty")
    assert dovecot.count(user, "Processed") == 3
    with database.reading() as session:
        suppressed = session.scalars(select(Suppression)).one()
        assert (suppressed.email_key, suppressed.reason) == (NO_SUCH_MAILBOX, "hard-address")
        assert (suppressed.wave, suppressed.source) == (None, "bounce")
        came = {row.letter_id: row for row in session.scalars(select(ReturnedMail))}
        assert len(came) == 3
        assert [came[letter].kind for letter in made.letters] == ["bounce", "bounce", "auto-reply"]
        assert came[made.letters[1]].failure == "policy"
        assert came[made.letters[0]].transport == "postfix"
        newest = select(LetterEvent.event).order_by(LetterEvent.id.desc())
        of_the_first = newest.where(LetterEvent.letter_id == made.letters[0])
        assert session.scalars(of_the_first).first() == "bounced"

        states = session.execute(
            select(Letter.state, Letter.reason)
            .where(Letter.step == "reminder-1")
            .order_by(Letter.invitation_id)
        ).all()
    assert [tuple(row) for row in states] == [
        ("dropped", "suppressed"),
        ("sent", None),
        ("sent", None),
    ]
    wait_for(lambda: dovecot.count(away) == 2)


def _answer_from(away: str, dovecot: Dovecot, postfix: Postfix) -> None:
    """Do what a vacation program does (RFC 3834): answer the envelope's sender, from nobody."""
    with dovecot.session(away) as session:
        session.select(readonly=True)
        _, parts = session.fetch("1", "(BODY.PEEK[HEADER.FIELDS (RETURN-PATH)])")
    assert isinstance(parts[0], tuple)
    sender = parts[0][1].decode().partition("<")[2].partition(">")[0]
    notice = (
        f"From: {away}@{DOMAIN}\r\nTo: {sender}\r\nSubject: Trả lời tự động: tôi đang nghỉ phép\r\n"
        "Auto-Submitted: auto-replied\r\n\r\nNgười nhận không có mặt. User unknown.\r\n"
    )
    send(postfix, sender, notice.encode())


def _remind(database: Database, made: MadeWave) -> None:
    with database.writing() as session:
        session.add_all(
            Letter(
                wave_id=made.wave,
                invitation_id=invitation,
                step="reminder-1",
                domain="hop-thu.example",
                not_before=PLAN.opens_at(),
            )
            for invitation in made.invitations
        )

"""Several relays carry one wave, none waits for another, and all of them end when told to."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from made_waves import NOW, MadePerson, make_wave
from scripted_server import ScriptedServer, Stall
from sqlalchemy import select, text, update
from token_server import TokenServer, running_token_server

from mailer.sending.progress import Progress
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.delivery import Delivery
from survey_service.mailing.relays.setup import read_mail_setup
from survey_service.store.database import Database
from survey_service.store.letters import Letter

PEOPLE = 40
CLOSED_PORT = 1


def relay(name: str, port: int, more: str = "") -> str:
    return f'[[relays]]\nname = "{name}"\nurl = "smtp://127.0.0.1:{port}"\n{more}\n'


def delivery(
    database: Database, folder: Path, *relays: str, grace: float = 5, again: float = 5
) -> Delivery:
    file = folder / "mail.toml"
    file.write_text("".join(relays))
    file.chmod(0o600)
    settings = read_settings(
        {"SURVEY_DATA": str(folder), "SURVEY_LEASE_SECONDS": "1", "SURVEY_SETTLE_SECONDS": "0"}
    )
    return Delivery(
        database=database,
        clock=SteppedClock(NOW),
        keys=new_key_ring(SystemEntropy()),
        settings=replace(settings, uncertain="hold"),
        mail=read_mail_setup(settings),
        grace=grace,
        again=again,
    )


def make_letters(database: Database, people: int = PEOPLE) -> tuple[int, ...]:
    return make_wave(database, [MadePerson(name=f"Người {n}") for n in range(people)]).letters


def ends(database: Database) -> Counter[tuple[str, str | None]]:
    with database.reading() as session:
        rows = session.execute(select(Letter.state, Letter.transport))
        return Counter((row.state, row.transport) for row in rows)


def test_two_relays_share_a_wave_and_send_each_letter_once(
    database: Database, tmp_path: Path
) -> None:
    make_letters(database)

    async def play() -> tuple[Progress, list[str]]:
        async with ScriptedServer(linger=0.01) as one, ScriptedServer(linger=0.01) as two:
            mail = delivery(database, tmp_path, relay("mot", one.port), relay("hai", two.port))
            progress = await mail.send()
            return progress, [taken.message_id for server in (one, two) for taken in server.taken]

    progress, taken = asyncio.run(play())
    assert (progress.sent, progress.trouble) == (PEOPLE, "")
    assert len(taken) == len(set(taken)) == PEOPLE
    assert sum(ends(database).values()) == PEOPLE


def test_a_relay_out_of_order_holds_nothing_back_and_is_named(
    database: Database, tmp_path: Path
) -> None:
    # More than one courier takes in hand, and slow until the other relay is named: whichever
    # begins first, something is left for both.
    people = 600
    make_letters(database, people)
    shown: list[Progress] = []

    async def play() -> Progress:
        async with ScriptedServer(linger=0.2) as works:
            mail = delivery(
                database, tmp_path, relay("hong", CLOSED_PORT), relay("tot", works.port)
            )

            def show(progress: Progress) -> None:
                shown.append(progress)
                if progress.trouble:
                    works.linger = 0

            return await mail.send(show)

    progress = asyncio.run(play())
    assert progress.sent == people
    assert progress.trouble.startswith("hong: ")
    assert ends(database) == {("sent", "tot"): people}
    assert any("hong: " in one.trouble for one in shown)


def test_a_relay_of_certain_domains_carries_letters_to_them_alone(
    database: Database, tmp_path: Path
) -> None:
    letters = make_letters(database)
    with database.writing() as session:
        inside = Letter.id.in_(letters[: PEOPLE // 2])
        session.execute(update(Letter).where(inside).values(domain="tinh.example"))

    server = ScriptedServer()
    progress, _ = run_until(
        database,
        tmp_path,
        server,
        lambda: len(server.taken) == PEOPLE // 2,
        'domains = ["tinh.example"]',
        relay("ngoai", CLOSED_PORT),
    )
    assert progress.sent == PEOPLE // 2
    assert ends(database)["sent", "mot"] == PEOPLE // 2
    with database.reading() as session:
        through = select(Letter.domain).where(Letter.state == "sent").distinct()
        assert list(session.scalars(through)) == ["tinh.example"]


def run_until(
    database: Database,
    folder: Path,
    server: ScriptedServer,
    ready: Callable[[], bool],
    more: str = "connections = 2",
    *others: str,
    grace: float = 30,
) -> tuple[Progress, float]:
    """Send until `ready`, then ask to stop; give the figures and how long stopping took."""

    async def play() -> tuple[Progress, float]:
        async with server:
            mail = delivery(database, folder, relay("mot", server.port, more), *others, grace=grace)
            stop = asyncio.Event()
            running = asyncio.create_task(mail.run(stop))
            async with asyncio.timeout(10):
                while not ready():  # noqa: ASYNC110 - the server has no event for it
                    await asyncio.sleep(0.01)
            began = time.monotonic()
            stop.set()
            return await running, time.monotonic() - began

    return asyncio.run(play())


def test_told_to_stop_it_lets_letters_under_way_end(database: Database, tmp_path: Path) -> None:
    make_letters(database)
    server = ScriptedServer(linger=0.3)
    progress, took = run_until(database, tmp_path, server, lambda: "DATA" in server.commands)
    assert took < 5
    assert progress.sent == len(server.taken) == ends(database)["sent", "mot"]
    assert 0 < progress.sent < PEOPLE
    states = Counter(state for state, _ in ends(database).elements())
    assert states == {"sent": progress.sent, "queued": PEOPLE - progress.sent}


def test_what_does_not_end_in_time_is_cut_and_committed_as_far_as_it_came(
    database: Database, tmp_path: Path
) -> None:
    make_letters(database)
    server = ScriptedServer().script("DOT", Stall(60)).script("RCPT", "250 ok", Stall(60))
    progress, took = run_until(
        database, tmp_path, server, lambda: "DATA" in server.commands, grace=0.5
    )
    assert took < 5
    assert progress.uncertain == 1
    states = Counter(state for state, _ in ends(database).elements())
    assert states == {"uncertain": 1, "queued": PEOPLE - 1}


def test_a_relay_of_the_mail_file_logs_in_by_token_and_outlives_its_expiry(
    database: Database, tmp_path: Path
) -> None:
    make_letters(database, 3)
    login = [f"user=khaosat\x01auth=Bearer t{n}\x01\x01".encode() for n in (1, 2)]

    async def play(tokens: TokenServer) -> tuple[Progress, list[str]]:
        server = ScriptedServer(offers=("AUTH XOAUTH2",), logins=login[1:])
        async with server:
            more = (
                f'connections = 1\n[relays.login]\nuser = "khaosat"\nclient_id = "app"\n'
                f'client_secret = "s"\ntoken_url = "{tokens.url}"'
            )
            progress = await delivery(database, tmp_path, relay("o", server.port, more)).send()
            return progress, server.commands

    with running_token_server() as tokens:
        progress, commands = asyncio.run(play(tokens))
    assert (progress.sent, progress.put_back, len(tokens.asked)) == (3, 0, 2)
    assert [line[:12] for line in commands if line.startswith("AUTH")] == ["AUTH XOAUTH2"] * 2


def test_an_error_of_the_database_does_not_end_sending_for_good(
    database: Database, tmp_path: Path
) -> None:
    make_letters(database, 3)

    def rename(former: str, name: str) -> None:
        with database.writing() as session:
            session.execute(text(f"ALTER TABLE {former} RENAME TO {name}"))

    async def play() -> int:
        stop = asyncio.Event()
        async with ScriptedServer() as server:
            mail = delivery(database, tmp_path, relay("mot", server.port), again=0.05)
            running = asyncio.create_task(mail.run_on(stop))
            await asyncio.sleep(0.2)
            assert not running.done()
            rename("lost", "paused_transports")
            async with asyncio.timeout(20):
                while len(server.taken) < 3:  # noqa: ASYNC110 - the server has nothing to wait on
                    await asyncio.sleep(0.01)
            stop.set()
            await running
            return len(server.taken)

    rename("paused_transports", "lost")
    assert asyncio.run(play()) == 3
    assert ends(database) == {("sent", "mot"): 3}

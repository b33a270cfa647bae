"""`kill -9` of the server during hundreds of submits loses no answer that was acknowledged."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest
from free_ports import free_port
from made_waves import PLAN, MadePerson, make_wave
from msgspec.structs import replace
from processes import answers, command, environment, process, wait_until
from sqlalchemy import func, select

from survey_service.demo.opinions import Person
from survey_service.demo.pages import Visitor
from survey_service.demo.respondents import fill_in
from survey_service.entropy import SystemEntropy
from survey_service.keys import open_key_ring
from survey_service.links import Links
from survey_service.store.answers import Ballot, Response
from survey_service.store.database import Database
from survey_service.store.people import Invitation

PEOPLE = 3000 if os.environ.get("SOAK") else 200
KILL_AFTER = 80
pytestmark = pytest.mark.soak


def test_every_acknowledged_submit_is_there_after_the_kill(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    made = make_wave(
        database,
        [MadePerson(name=f"Người {number}") for number in range(PEOPLE)],
        plan=replace(PLAN, closes=PLAN.closes.replace(year=2099)),
    )
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    keys = open_key_ring(tmp_path / "data" / "keys.json", SystemEntropy())
    links = Links(keys, site)
    with database.reading() as session:
        rows = session.execute(select(Invitation.id, Invitation.public_id)).all()
    urls = {row.id: links.url(row.public_id, 0) for row in rows}
    variables = environment(
        tmp_path / "data",
        database_url,
        public_url=site,
        port=port,
        smtp_url="smtp://127.0.0.1:9",
    )
    words = command("serve", "--no-worker")
    log = tmp_path / "server.log"
    acknowledged: set[int] = set()
    enough = threading.Event()

    def submit(invitation: int) -> None:
        visitor = Visitor(site)
        try:
            person = Person(address=f"nd.{invitation}@hop-thu.example", seed=1)
            page = fill_in(person, visitor, urls[invitation])
            if page.status == 200:
                acknowledged.add(invitation)
        except (OSError, HTTPException):
            return
        finally:
            visitor.close()
        if len(acknowledged) >= KILL_AFTER:
            enough.set()

    with process(words, variables, log) as server:
        wait_until(lambda: answers(port))
        with ThreadPoolExecutor(8) as pool:
            submits = [pool.submit(submit, invitation) for invitation in made.invitations]
            enough.wait(240)
            server.kill()
            server.wait()
            for done in submits:
                done.result()
    survived = set(acknowledged)
    assert KILL_AFTER <= len(survived) < PEOPLE
    # What was committed when the server died is there too, though nobody was told.
    taken = _answered(database)
    assert survived <= taken
    with process(words, variables, log):
        wait_until(lambda: answers(port))
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(submit, set(made.invitations) - taken))
    assert _answered(database) == set(made.invitations)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == PEOPLE


def _answered(database: Database) -> set[int]:
    with database.reading() as session:
        return set(session.scalars(select(Response.invitation_id)))

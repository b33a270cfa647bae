"""Every known crawler on every mailed URL, reading and posting: nothing that counts changes."""

import os
import re
import shutil
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import crawleruseragents
import pytest
from free_ports import free_port
from made_waves import PLAN, MadePerson, make_wave
from msgspec.structs import replace
from pipelining import Call, play
from processes import answers, command, environment, process, wait_until
from sqlalchemy import Table, select

from questionnaires.fingerprint import fingerprint
from survey_service.demo.opinions import Person
from survey_service.demo.pages import Visitor
from survey_service.demo.respondents import fill_in
from survey_service.entropy import SystemEntropy
from survey_service.keys import open_key_ring
from survey_service.links import Links
from survey_service.store.database import Database
from survey_service.store.tables import Base, Draft, Response
from survey_service.waves.status import wave_status

pytestmark = pytest.mark.soak

SCANNED, BEGUN, DONE = range(3)
START = b"consent=yes&lang=vi"
REWRITTEN = (
    "",
    "?utm_source=newsletter&utm_medium=email",
    "?url=https%3A%2F%2Fkhaosat.example&data=05%7C02%7C&sdata=x%3D&reserved=0",
    "?fbclid=x&amp;lang=vi",
)
"""What gateways and mail clients append."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A wave of three people, one of whom is scanned, served by two processes."""

    database: Database
    links: Links
    address: str
    ports: tuple[int, ...]

    def url(self, person: int) -> str:
        """Give a person's link."""
        return self.links.url(person.to_bytes(8), 0)


@pytest.fixture
def site(migrated_sqlite: Path, tmp_path: Path) -> Generator[Site]:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    make_wave(
        database,
        [MadePerson(name=f"Người {number}") for number in range(3)],
        plan=replace(PLAN, closes=PLAN.closes.replace(year=2099)),
    )
    ports = free_port(), free_port()
    address = f"http://127.0.0.1:{ports[0]}"
    keys = open_key_ring(tmp_path / "data" / "keys.json", SystemEntropy())
    with ExitStack() as servers:
        for port in ports:
            variables = environment(
                tmp_path / "data",
                f"sqlite:///{path}",
                public_url=address,
                port=port,
                smtp_url="smtp://127.0.0.1:9",
            )
            words = command("serve", "--no-worker")
            servers.enter_context(process(words, variables, tmp_path / f"{port}.log"))
        wait_until(lambda: all(answers(port) for port in ports))
        yield Site(database=database, links=Links(keys, address), address=address, ports=ports)
    database.close()


def agents() -> Iterator[str]:
    """Give every agent of the list; one without a recorded name goes by its pattern."""
    for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA:
        names: list[str] = entry["instances"] or [re.sub(r"\W+", " ", entry["pattern"])]
        yield from names if os.environ.get("SOAK") else names[:1]


def scans(site: Site) -> list[Call]:
    """Give what each agent does to a mailed URL: read it, read its head, send the start form.

    The soak takes every URL with every agent; else each agent takes every third, in turn.
    """
    nobody = SCANNED.to_bytes(8)
    form = urlsplit(site.url(SCANNED)).path
    trial = urlsplit(site.links.trial_url(PLAN.code, "vi")).path
    # Where the start form leads, and what any other page says to it.
    posted = {
        form: 405,
        f"{form}/start": 303,
        urlsplit(site.links.opt_out_url(nobody, 0)).path: 422,
        urlsplit(site.links.one_click_url(nobody, 0)).path: 422,
        trial: 405,
        f"{trial}/start": 303,
        "/": 405,
        "/link": 422,
    }
    appended = cycle(REWRITTEN)
    calls: list[Call] = []
    step = 1 if os.environ.get("SOAK") else 3
    for number, agent in enumerate(agents()):
        for path, status in list(posted.items())[number % step :: step]:
            query = next(appended)
            calls.append(Call(method="POST", path=path, agent=agent, status=status, body=START))
            if not path.endswith("/start"):
                calls += [
                    Call(method=method, path=path + query, agent=agent, status=200)
                    for method in ("GET", "HEAD")
                ]
    return calls


def _begin(site: Site) -> None:
    """Let one person save a page and another send their form, so that there is what to spoil."""
    visitor = Visitor(site.address)
    assert fill_in(Person(address="nd.2@hop-thu.example", seed=2), visitor, site.url(DONE))
    path = urlsplit(site.url(BEGUN)).path
    visitor.close()
    begun = [
        Call(method="POST", path=f"{path}/start", agent="x", status=303, body=START),
        Call(method="POST", path=f"{path}/1", agent="x", status=303, body=b"q-S3=5&action=leave"),
    ]
    assert play(site.ports, begun, connections=1) == []


def kept(site: Site) -> dict[str, Any]:
    """Give every table's hash, of drafts those with an answer, and the counts of the wave."""
    with site.database.reading() as session:

        def hashed(table: Table) -> str:
            rows = select(table)
            if table is Draft.__table__:
                rows = rows.where(table.c.answered > 0)
            return fingerprint(sorted(repr(tuple(row)) for row in session.execute(rows)))

        tables = {name: hashed(table) for name, table in Base.metadata.tables.items()}
        return {**tables, "counts": wave_status(session, PLAN.code)}


def test_no_crawler_changes_an_answer_an_opt_out_or_a_count(site: Site) -> None:
    _begin(site)
    before = kept(site)
    calls = scans(site)
    assert len({call.agent for call in calls}) > 1_400
    assert play(site.ports, calls) == []
    assert kept(site) == before
    status = before["counts"].total
    assert (status.invited, status.begun, status.answered) == (3, 1, 1)
    with site.database.reading() as session:
        drafts = dict(session.execute(select(Draft.invitation_id, Draft.answered)).all())
    # All that is left of so many starts is one empty draft, which nothing counts.
    assert sorted(drafts.values()) == [0, 1]
    visitor = Visitor(site.address)
    page = fill_in(Person(address="nd.0@hop-thu.example", seed=1), visitor, site.url(SCANNED))
    visitor.close()
    assert page.status == 200
    with site.database.reading() as session:
        assert len(session.scalars(select(Response.invitation_id)).all()) == 2

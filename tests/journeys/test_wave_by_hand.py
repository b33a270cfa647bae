"""A wave as staff take it: from the README's commands to scores pulled by a program."""

import json
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner, Result
from free_ports import free_port
from staged import AFTER, CODE, FIRST_DAY, UNITS, WAVE, contacts

from mailer.catching.caught import caught_names, read_caught
from survey_service.background import catching
from survey_service.cli import main
from survey_service.cli.wiring import Wiring
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.demo.opinions import Person
from survey_service.demo.pages import Visitor
from survey_service.demo.respondents import fill_in
from survey_service.entropy import SeededEntropy
from survey_service.store.database import Database
from survey_service.web.app import create_app
from survey_service.web.serving import serving


def test_a_wave_goes_from_lists_to_pulled_scores(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clock = SteppedClock(FIRST_DAY)
    port = free_port()
    settings = read_settings(
        {
            "SURVEY_DATA": str(tmp_path / "data"),
            "DATABASE_URL": database_url,
            "SURVEY_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SURVEY_PORT": str(port),
        }
    )
    for name, content in (("units.csv", UNITS), ("wave.toml", WAVE), ("people.csv", contacts())):
        (tmp_path / name).write_text(content, encoding="utf-8")

    with catching(settings, 0) as relay:
        wiring = Wiring(
            settings=replace(settings, smtp_url=relay),
            database=database,
            clock=clock,
            entropy=SeededEntropy(5),
        )

        def run(*words: str) -> Result:
            done = CliRunner().invoke(main, words, obj=wiring, catch_exceptions=False)
            assert done.exit_code == 0, done.output
            return done

        run("check", "two-units")
        run("import", "units", str(tmp_path / "units.csv"))
        run("wave", "create", str(tmp_path / "wave.toml"))
        run("import", "contacts", str(tmp_path / "people.csv"), "--wave", CODE)
        assert json.loads(run("wave", "preflight", CODE, "--json").output)["ready"] is True
        run("wave", "open", CODE)
        sent = run("worker", "--until-empty")
        assert "36" in sent.output
        app = create_app(database=database, settings=settings, keys=wiring.keys, clock=clock)
        with serving(app, settings) as site:
            _everybody_answers(settings.caught_mail, site)
            status = json.loads(run("wave", "status", CODE, "--json").output)
            assert sum(group["answered"] for group in status["groups"]) == 36
            clock.move_to(AFTER)
            run("wave", "close", CODE)
            run("wave", "freeze", CODE)
            published = json.loads(run("wave", "publish", CODE, "--json").output)
            run("verify", published["folder"], "--expect", published["fingerprint"])
            _pull(site, Path(published["folder"]))


def _everybody_answers(mail: Path, site: str) -> None:
    visitor = Visitor(site)
    for name in caught_names(mail):
        letter = read_caught(mail, name)
        link = next(link for link in letter.links if "/p/" in link)
        person = Person(address=letter.recipient, seed=1)
        assert fill_in(person, visitor, link).status == 200
    visitor.close()


def _pull(site: str, folder: Path) -> None:
    connection = HTTPConnection(urlsplit(site).netloc)
    connection.request("GET", f"/results/{CODE}/scores.json")
    response = connection.getresponse()
    assert response.status == 200
    assert response.read() == (folder / "scores.json").read_bytes()
    tag = response.getheader("ETag") or ""
    connection.request("GET", f"/results/{CODE}/scores.json", headers={"If-None-Match": tag})
    again = connection.getresponse()
    assert (again.status, again.read()) == (304, b"")
    connection.close()

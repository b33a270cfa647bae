import logging
import threading
import time
from pathlib import Path

import pytest
from scheduled import Plan, day
from sqlalchemy import select
from staged import Stage

from survey_service.keys import open_key_ring
from survey_service.mailing.chores import Chore, in_threads, list_chores, run_once
from survey_service.mailing.relays.mail_file import Returns
from survey_service.mailing.relays.setup import MailSetup
from survey_service.store.database import Database
from survey_service.store.mail import ReturnedMail


@pytest.fixture
def plan(database: Database, tmp_path: Path) -> Plan:
    return Plan(Stage(database, tmp_path))


def chores_of(plan: Plan, returns: Returns | None = None) -> tuple[Chore, ...]:
    stage = plan.stage
    keys = open_key_ring(stage.settings.keys, stage.entropy)
    setup = MailSetup(relays=(), returns=returns)
    return list_chores(stage.database, stage.clock, stage.entropy, keys, stage.settings, setup)


def test_one_round_of_chores_queues_what_is_due_and_drops_old_evidence(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    with plan.stage.database.writing() as session:
        session.add_all(
            ReturnedMail(digest=bytes([place]) * 32, at=at, source="imap", kind="reply", raw=b"raw")
            for place, at in enumerate((day(-90), day(-80)))
        )
    plan.stage.clock.move_to(day(3))
    run_once(chores_of(plan))
    assert plan.letters("reminder-1") == {"queued": 36}
    with plan.stage.database.reading() as session:
        evidence = session.scalars(select(ReturnedMail.raw).order_by(ReturnedMail.id)).all()
    assert evidence == [None, b"raw"]


def test_a_mailbox_is_visited_where_the_mail_file_names_one(plan: Plan) -> None:
    names = [chore.name for chore in chores_of(plan)]
    assert names == ["feeds", "refusals", "evidence", "roll", "schedule"]
    pipe = Returns(address="thu-ve@coquan.example")
    assert "returns" not in {chore.name for chore in chores_of(plan, pipe)}
    mailbox = Returns(
        address="thu-ve@coquan.example", mailbox="imaps://u:p@127.0.0.1/INBOX", every_seconds=7
    )
    first = chores_of(plan, mailbox)[0]
    assert (first.name, first.every) == ("returns", 7)


def _fail() -> None:
    raise ValueError("ai.do@hop-thu.example is not to be logged")


def test_a_chore_that_fails_is_logged_without_its_words_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []
    with caplog.at_level(logging.ERROR):
        run_once(
            [
                Chore(name="broken", every=1, work=_fail),
                Chore(name="sound", every=1, work=lambda: done.append("sound")),
            ]
        )
    assert done == ["sound"]
    assert "chore broken failed: ValueError (_fail, line" in caplog.text
    assert "hop-thu" not in caplog.text


def test_chores_go_on_beside_one_that_fails_or_hangs(caplog: pytest.LogCaptureFixture) -> None:
    hangs, times = threading.Event(), threading.Semaphore(0)
    chores = [
        Chore(name="broken", every=0.01, work=_fail),
        Chore(name="hangs", every=0.01, work=hangs.wait),
        Chore(name="sound", every=0.01, work=times.release),
    ]
    with caplog.at_level(logging.ERROR):
        begun = time.monotonic()
        with in_threads(chores, grace=0.1):
            for _ in range(3):
                assert times.acquire(timeout=20)
        assert time.monotonic() - begun < 15
    assert caplog.text.count("chore broken failed") >= 1
    hangs.set()


def test_a_chore_never_runs_beside_itself() -> None:
    inside, most, rounds = 0, 0, threading.Semaphore(0)
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        time.sleep(0.005)
        with guard:
            inside -= 1
        rounds.release()

    with in_threads([Chore(name="one", every=0.0, work=work)]):
        for _ in range(5):
            assert rounds.acquire(timeout=20)
    assert most == 1
    # The block's end waited for the round under way.
    assert inside == 0


def test_chores_stop_without_waiting_for_their_next_time() -> None:
    begun = time.monotonic()
    ran = threading.Event()
    with in_threads([Chore(name="rare", every=3600, work=ran.set)]):
        assert ran.wait(20)
    assert time.monotonic() - begun < 20

"""Opt-outs and floods in the tables, on both databases."""

import threading
from datetime import timedelta

from made_waves import NOW, MadePerson, make_wave
from sqlalchemy import func, select, update

from survey_service.clock import SteppedClock
from survey_service.links import Link
from survey_service.mailing.wishes.floods import Flood, FloodRule, flag_flood, floods, release_flood
from survey_service.mailing.wishes.opting_out import (
    Recipient,
    find_recipient,
    masked,
    opt_out,
    want_again,
)
from survey_service.store.database import Database
from survey_service.store.tables import Contact, JournalEntry, Suppression

CODE = "hai-xa-2025"
RULE = FloodRule()


def recipient(database: Database, number: int) -> Recipient:
    with database.reading() as session:
        found = find_recipient(session, Link(number.to_bytes(8), 0))
    assert found is not None
    return found


def press(database: Database, clock: SteppedClock, number: int, rule: FloodRule = RULE) -> bool:
    """Press one click as a mail provider does; tells whether it was a flood."""
    person = recipient(database, number)
    with database.writing() as session:
        assert opt_out(session, clock, person, "wave", "one-click")
        return flag_flood(session, clock, person, rule)


def seen(database: Database) -> list[Flood]:
    with database.reading() as session:
        return list(floods(session, CODE))


def events(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as session:
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.sequence))
        return [(entry.event, entry.details) for entry in entries if entry.event != "opted out"]


def people(count: int) -> list[MadePerson]:
    return [MadePerson(name=f"Người {number}") for number in range(count)]


def test_an_address_is_masked() -> None:
    assert masked("nguyen.van.a@hop-thu.example") == "n…@hop-thu.example"
    assert masked("a@b.example") == "a…@b.example"


def test_an_opt_out_of_one_wave_is_none_of_another(database: Database) -> None:
    make_wave(database, people(1))
    clock = SteppedClock(NOW)
    person = recipient(database, 0)
    with database.writing() as session:
        session.add(
            Suppression(
                email_key=person.email_key, wave="dot-khac", reason="opt-out", source="page", at=NOW
            )
        )
    assert recipient(database, 0).stopped is None
    with database.writing() as session:
        assert not want_again(session, clock, person)
        assert opt_out(session, clock, person, "all", "page")
    assert recipient(database, 0).stopped == "all"
    with database.writing() as session:
        assert not opt_out(session, clock, person, "wave", "page")
        assert want_again(session, clock, person)
        still = select(Suppression.wave).where(Suppression.released_at.is_(None))
        assert session.scalars(still).all() == ["dot-khac"]


def test_two_presses_at_once_leave_one_entry(database: Database) -> None:
    make_wave(database, people(1))
    clock = SteppedClock(NOW)
    person = recipient(database, 0)
    ready = threading.Barrier(4)

    def one() -> None:
        ready.wait(10)
        with database.writing() as session:
            opt_out(session, clock, person, "wave", "one-click")

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Suppression)) == 1
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == 1


def test_many_one_clicks_of_a_domain_are_a_flood(database: Database) -> None:
    make_wave(database, people(30))
    clock = SteppedClock(NOW)
    flooded = [press(database, clock, number) for number in range(12)]
    assert flooded == [False] * 9 + [True] * 3
    assert seen(database) == [Flood(domain="hop-thu.example", people=12, since=NOW)]
    assert events(database) == [("opt-out flood", {"domain": "hop-thu.example", "count": 10})]
    # Flagged opt-outs go on ruling until somebody releases them.
    assert recipient(database, 0).stopped == "wave"


def test_few_slow_or_spread_opt_outs_are_no_flood(database: Database) -> None:
    make_wave(database, people(60))
    with database.writing() as session:
        for number in range(40, 60):
            person = Contact.email_key == f"p{number}@hop-thu.example"
            other = f"p{number}@khong-hop-thu.example"
            session.execute(update(Contact).where(person).values(email=other, email_key=other))
    clock = SteppedClock(NOW)
    # A fifth of forty is eight, and so few are never a flood; the other domain's do not count.
    assert not any(press(database, clock, number) for number in (*range(8), *range(40, 49)))
    clock.move_to(NOW + timedelta(minutes=11))
    assert not any(press(database, clock, number) for number in range(8, 16))
    assert seen(database) == []
    assert events(database) == []


def test_ten_of_a_large_domain_are_no_flood(database: Database) -> None:
    make_wave(database, people(60))
    clock = SteppedClock(NOW)
    flooded = [press(database, clock, number) for number in range(13)]
    assert flooded == [False] * 12 + [True]


def test_a_flood_is_released_at_once_and_nobody_else_is(database: Database) -> None:
    make_wave(database, people(30))
    clock = SteppedClock(NOW)
    press(database, clock, 29)
    clock.move_to(NOW + timedelta(days=1))
    rule = FloodRule(least=3, share=0.05)
    assert [press(database, clock, number, rule) for number in range(4)][-1]
    with database.writing() as session:
        released = release_flood(
            session, clock, wave=CODE, domain="hop-thu.example", actor="Phòng Nội vụ"
        )
    assert released == 4
    assert recipient(database, 0).stopped is None
    assert recipient(database, 29).stopped == "wave"
    assert seen(database) == []
    with database.writing() as session:
        again = release_flood(session, clock, wave=CODE, domain="hop-thu.example", actor="x")
        assert again == 0
    assert events(database)[-1] == (
        "opt-out flood released",
        {"domain": "hop-thu.example", "count": 4},
    )

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from answering_steps import answer, desk_of, opened, taken
from rounds import CITIZEN, Person, Round, open_round

from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form
from survey_service.answering.rights import WrongCodeError, correct, own_answers, withdraw
from survey_service.answering.saving import start
from survey_service.answering.submitting import NotTaken, submit
from survey_service.entropy import SeededEntropy
from survey_service.journal import verify_chain
from survey_service.keys import new_key_ring
from survey_service.store.database import Database
from survey_service.store.tables import Ballot, Draft, Invitation, JournalEntry, Response
from survey_service.waves.status import wave_status

WRONG = "AAAA-BBBB-CCCC"


@pytest.fixture
def wave(database: Database, tmp_path: Path) -> Round:
    return open_round(database, tmp_path, Person(), CITIZEN)


@pytest.fixture
def desk(wave: Round) -> Generator[Desk]:
    with desk_of(wave) as desk:
        yield desk


@pytest.fixture
def sent(desk: Desk, wave: Round) -> Form:
    """Give the leader's form after it was sent."""
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="na")
    answer(desk, form, 2, unfamiliar="yes")
    answer(desk, form, 3, q_GOP_Y="Cảm ơn")
    taken(desk, form)
    return opened(desk, wave.token())


def code_of(desk: Desk, form: Form) -> str:
    return desk.links.receipt(form.link.public_id)


def correcting(desk: Desk, form: Form) -> str:
    return desk.links.token(form.link.public_id, form.link.generation, correcting=True)


def events(wave: Round) -> list[tuple[str, str, str, object]]:
    with wave.database.reading() as session:
        assert verify_chain(session) is None
    rows = wave.rows(JournalEntry)
    return [(row["actor"], row["wave"], row["event"], row["details"]) for row in rows]


def leader(wave: Round) -> dict[str, object]:
    return next(row for row in wave.rows(Invitation) if row["id"] == wave.people[0])


def test_withdrawing_leaves_no_answer_and_is_told_to_the_journal_without_a_name(
    desk: Desk, wave: Round, sent: Form
) -> None:
    done = withdraw(desk, sent, code_of(desk, sent)).result(10)
    assert (done.standing, done.taken_at) == ("withdrawn", None)
    assert [wave.rows(table) for table in (Response, Ballot, Draft)] == [[], [], []]
    assert (leader(wave)["answered"], leader(wave)["withdrawn"]) == (False, True)
    assert events(wave) == [("respondent", "hai-xa-2025", "withdrawn", {})]
    with wave.database.reading() as session:
        status = wave_status(session, "hai-xa-2025")
    assert (status.total.invited, status.total.answered, status.withdrawn) == (2, 0, 1)


def test_withdrawing_again_changes_nothing(desk: Desk, wave: Round, sent: Form) -> None:
    code = code_of(desk, sent)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(withdraw, desk, sent, code) for _ in range(20)]
        assert {one.result(10).result(10).standing for one in asked} == {"withdrawn"}
    assert len(events(wave)) == 1


def test_a_withdrawn_link_opens_no_form_any_more(desk: Desk, wave: Round, sent: Form) -> None:
    withdraw(desk, sent, code_of(desk, sent)).result(10)
    form = opened(desk, wave.token())
    assert form.standing == "withdrawn"
    assert start(desk, form).result(10).standing == "withdrawn"
    assert submit(desk, form, "").result(10) == NotTaken(reason="withdrawn")
    again = correct(desk, form, code_of(desk, form)).result(10)
    assert (again.standing, again.correcting) == ("withdrawn", False)
    assert wave.rows(Draft) == []


def test_the_link_without_the_code_can_do_nothing(desk: Desk, wave: Round, sent: Form) -> None:
    before = wave.everything()
    for act in (own_answers, correct, withdraw):
        for code in (WRONG, "", "ầ", desk.links.receipt(b"\0" * 8)):
            with pytest.raises(WrongCodeError):
                act(desk, sent, code)
    assert wave.everything() == before


@pytest.mark.parametrize("state", ["open", "paused", "closed"])
def test_a_correction_replaces_the_response_and_keeps_the_code(
    desk: Desk, wave: Round, sent: Form, state: str
) -> None:
    """In the correction days after the close, too."""
    wave.change_wave(state=state)
    wave.clock.move_to(wave.clock.now() + timedelta(days=60 if state == "closed" else 1))
    begun = correct(desk, sent, code_of(desk, sent)).result(10)
    assert begun.correcting
    assert begun.unfinished() == ()
    assert begun.draft is not None
    assert begun.draft.about("")["GOP-Y"] == "Cảm ơn"
    # What was sent counts until the corrected form is sent.
    assert len(wave.rows(Ballot)) == 2
    assert leader(wave)["answered"]
    form = answer(desk, opened(desk, correcting(desk, sent)), 2, q_S1="2", q_S2="3")
    receipt = taken(desk, form)
    assert receipt.code == code_of(desk, sent)
    assert receipt.taken_at == wave.clock.now()
    read = own_answers(desk, opened(desk, wave.token()), code_of(desk, sent))
    assert read is not None
    assert read.unfamiliar == ()
    assert dict(read.about("HOA-SON")) == {"S1": "2", "S2": "3"}
    assert dict(read.about("TAN-LAP")) == {"S1": "5", "S2": "na"}
    assert (len(wave.rows(Response)), len(wave.rows(Ballot)), wave.rows(Draft)) == (1, 2, [])
    assert events(wave) == [("respondent", "hai-xa-2025", "corrected", {})]


def test_a_corrected_form_sent_twice_is_taken_once(desk: Desk, wave: Round, sent: Form) -> None:
    form = correct(desk, sent, code_of(desk, sent)).result(10)
    proof = desk.proofs.make(form.link.public_id)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(taken, desk, form, proof) for _ in range(20)]
        assert len({one.result(10) for one in asked}) == 1
    assert (len(wave.rows(Response)), len(events(wave))) == (1, 1)


def test_the_letters_link_shows_nothing_of_a_correction(
    desk: Desk, wave: Round, sent: Form
) -> None:
    form = correct(desk, sent, code_of(desk, sent)).result(10)
    answer(desk, form, 1, q_S1="1", q_S2="1")
    bare = opened(desk, wave.token())
    assert (bare.standing, bare.draft) == ("answered", None)
    answer(desk, bare, 2, q_S1="1", q_S2="1")
    assert taken(desk, bare).code is None
    still = opened(desk, correcting(desk, sent)).draft
    assert still is not None
    assert still.unfamiliar == ("HOA-SON",)


def test_a_correction_goes_on_where_it_stopped(desk: Desk, sent: Form) -> None:
    code = code_of(desk, sent)
    answer(desk, correct(desk, sent, code).result(10), 1, q_S1="1", q_S2="2")
    again = correct(desk, sent, code).result(10)
    assert again.draft is not None
    assert dict(again.draft.about("TAN-LAP")) == {"S1": "1", "S2": "2"}


def test_a_correction_whose_key_is_gone_begins_anew_from_the_response(
    desk: Desk, wave: Round, sent: Form
) -> None:
    code = code_of(desk, sent)
    correct(desk, sent, code).result(10)
    fresh = new_key_ring(SeededEntropy(99))
    keys = msgspec.structs.replace(wave.keys, seal=fresh.seal)
    with desk_of(replace(wave, keys=keys)) as rekeyed:
        opening = opened(rekeyed, correcting(rekeyed, sent))
        assert submit(rekeyed, opening, "").result(10) == NotTaken(reason="empty")
        again = correct(rekeyed, sent, code).result(10)
    assert again.draft is not None
    assert again.draft.about("")["GOP-Y"] == "Cảm ơn"


def test_withdrawing_ends_a_correction_too(desk: Desk, wave: Round, sent: Form) -> None:
    code = code_of(desk, sent)
    form = correct(desk, sent, code).result(10)
    assert withdraw(desk, form, code).result(10).standing == "withdrawn"
    assert opened(desk, correcting(desk, sent)).standing == "withdrawn"
    assert wave.rows(Draft) == []


def test_a_correcting_link_opens_no_form_that_was_never_sent(desk: Desk, wave: Round) -> None:
    form = opened(desk, wave.token(1))
    wave.change_wave(state="closed")
    assert opened(desk, correcting(desk, form)).standing == "closed"
    assert not correct(desk, form, code_of(desk, form)).result(10).correcting
    assert withdraw(desk, form, code_of(desk, form)).result(10).standing == "closed"
    assert (wave.rows(Draft), wave.rows(JournalEntry)) == ([], [])


def test_in_a_cancelled_wave_a_response_can_be_withdrawn_and_not_corrected(
    desk: Desk, wave: Round, sent: Form
) -> None:
    wave.change_wave(state="cancelled")
    code = code_of(desk, sent)
    assert own_answers(desk, sent, code) is not None
    assert not correct(desk, sent, code).result(10).correcting
    assert wave.rows(Draft) == []
    assert withdraw(desk, sent, code).result(10).standing == "withdrawn"


def test_after_the_cut_off_nothing_is_corrected_or_withdrawn(
    desk: Desk, wave: Round, sent: Form
) -> None:
    """The wave froze between the page and the button."""
    wave.change_wave(state="frozen")
    before = wave.everything()
    code = code_of(desk, sent)
    assert correct(desk, sent, code).result(10).standing == "frozen"
    assert withdraw(desk, sent, code).result(10).standing == "frozen"
    assert wave.everything() == before


def test_a_replaced_link_has_no_rights(desk: Desk, wave: Round, sent: Form) -> None:
    link = correcting(desk, sent)
    correct(desk, sent, code_of(desk, sent)).result(10)
    wave.change_invitation(generation=1)
    assert opened(desk, link).standing == "revoked"
    assert withdraw(desk, sent, code_of(desk, sent)).result(10).standing == "revoked"
    assert len(wave.rows(Response)) == 1

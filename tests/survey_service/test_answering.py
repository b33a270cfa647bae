from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from answering_steps import answer, desk_of, opened, taken
from rounds import CITIZEN, Person, Round, open_round
from sqlalchemy import event

from questionnaires.packing import unpack
from survey_service.answering.desk import Desk
from survey_service.answering.opening import open_form
from survey_service.answering.rights import WrongCodeError, own_answers
from survey_service.answering.saving import start
from survey_service.answering.submitting import NotTaken, Receipt, submit
from survey_service.entropy import SeededEntropy
from survey_service.keys import new_key_ring
from survey_service.store.database import Database
from survey_service.store.tables import Ballot, Draft, Invitation, Response
from survey_service.writer import AnswerWriter

STAFF = Person(group="CB", units=("TAN-LAP",))


@pytest.fixture
def wave(database: Database, tmp_path: Path) -> Round:
    return open_round(database, tmp_path, Person(), CITIZEN, Person(language="en"), STAFF)


@pytest.fixture
def desk(wave: Round) -> Generator[Desk]:
    with desk_of(wave) as desk:
        yield desk


def test_a_link_opens_its_own_form(desk: Desk, wave: Round) -> None:
    form = opened(desk, wave.token())
    assert (form.standing, form.draft, form.language, form.group) == ("open", None, "vi", "CX")
    assert [page.unit.code if page.unit else None for page in form.pages] == [
        "TAN-LAP",
        "HOA-SON",
        None,
    ]
    assert opened(desk, wave.token(2)).language == "en"


def test_where_one_unit_is_rated_there_is_one_page_in_all(desk: Desk, wave: Round) -> None:
    (page,) = opened(desk, wave.token(1)).pages
    assert page.unit is not None
    assert [service.vi for service in page.services] == ["Đăng ký kết hôn"]
    assert [item.code for item in page.once] == ["GOP-Y"]


@pytest.mark.parametrize("state", ["open", "paused"])
def test_a_paused_wave_goes_on_answering(desk: Desk, wave: Round, state: str) -> None:
    wave.change_wave(state=state)
    assert opened(desk, wave.token()).standing == "open"


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        ("draft", "not_open"),
        ("closed", "closed"),
        ("frozen", "frozen"),
        ("published", "frozen"),
        ("cancelled", "cancelled"),
    ],
)
def test_the_state_of_the_wave_is_read_afresh(
    desk: Desk, wave: Round, state: str, standing: str
) -> None:
    form = opened(desk, wave.token())
    wave.change_wave(state=state)
    assert opened(desk, wave.token()).standing == standing
    assert start(desk, form).result(10).standing == standing
    assert wave.rows(Draft) == []


def test_the_hour_opens_and_closes_a_wave(desk: Desk, wave: Round) -> None:
    wave.change_wave(opens_at=wave.clock.now() + timedelta(seconds=1))
    assert opened(desk, wave.token()).standing == "not_open"
    wave.clock.move_to(wave.clock.now() + timedelta(seconds=1))
    assert opened(desk, wave.token()).standing == "open"
    closes_at = opened(desk, wave.token()).wave.closes_at
    wave.clock.move_to(closes_at - timedelta(microseconds=1))
    assert opened(desk, wave.token()).standing == "open"
    wave.clock.move_to(closes_at)
    assert opened(desk, wave.token()).standing == "closed"
    wave.change_wave(closes_at=closes_at + timedelta(days=1))
    assert opened(desk, wave.token()).standing == "open"


def test_a_revoked_or_replaced_link_is_told_apart_from_an_unknown_one(
    desk: Desk, wave: Round
) -> None:
    old = wave.token()
    wave.change_invitation(generation=1)
    assert opened(desk, old).standing == "revoked"
    assert opened(desk, wave.token()).standing == "open"
    wave.change_invitation(revoked=True)
    assert opened(desk, wave.token()).standing == "revoked"


def test_a_tampered_token_is_refused_without_the_database(desk: Desk, wave: Round) -> None:
    token = wave.token()
    asked: list[object] = []
    event.listen(wave.database.engine, "before_cursor_execute", lambda *_: asked.append(_))
    for wrong in (token[:-1], token[:-1] + "x", "A" + token[1:], "", token + "=", "x" * 35):
        assert open_form(desk, wrong) is None
    assert asked == []


def test_a_draft_goes_on_where_it_stopped(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    assert form.draft is not None
    answer(desk, form, 1, q_S1="5", q_S2="dk")
    again = opened(desk, wave.token())
    assert again.draft is not None
    assert [page.number for page in again.unfinished()] == [2, 3]
    assert dict(again.draft.about("TAN-LAP")) == {"S1": "5", "S2": "dk"}
    (row,) = wave.rows(Draft)
    assert (row["page"], row["answered"], str(row["day"])) == (2, 2, "2025-03-03")


def test_a_page_with_blanks_is_kept_but_not_finished(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    form = answer(desk, form, 1, q_S1="4")
    assert form.draft is not None
    assert dict(form.draft.about("TAN-LAP")) == {"S1": "4", "S2": ""}
    assert len(form.unfinished()) == 3


def test_a_draft_is_sealed_and_survives_a_new_link(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 3, q_GOP_Y="Rat tot va nhanh")
    (row,) = wave.rows(Draft)
    assert b"Rat tot" not in row["sealed"]
    wave.change_invitation(generation=1)
    again = opened(desk, wave.token())
    assert again.draft is not None
    assert again.draft.about("")["GOP-Y"] == "Rat tot va nhanh"


def test_a_draft_whose_key_is_gone_begins_anew(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="5")
    other = new_key_ring(SeededEntropy(99))
    rekeyed = Desk.build(
        database=wave.database,
        writer=desk.writer,
        settings=wave.settings,
        keys=type(other)(
            link=wave.keys.link, seal=other.seal, receipt=other.receipt, letter=other.letter
        ),
        clock=wave.clock,
    )
    again = opened(rekeyed, wave.token())
    assert again.draft is not None
    assert again.draft.count() == 0


def test_starting_twice_keeps_what_was_answered(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="5")
    again = start(desk, form).result(10)
    assert again.draft is not None
    assert again.draft.count() == 2


def test_nothing_is_saved_before_the_consent(desk: Desk, wave: Round) -> None:
    form = answer(desk, opened(desk, wave.token()), 1, q_S1="5", q_S2="5")
    assert form.draft is None
    assert wave.rows(Draft) == []
    assert submit(desk, form, "").result(10) == NotTaken(reason="not_started")


def test_two_devices_that_save_at_once_lose_neither_page(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    with ThreadPoolExecutor(2) as pool:
        saves = [pool.submit(answer, desk, form, n, q_S1="5", q_S2="1") for n in (1, 2)]
        assert [save.result(10).standing for save in saves] == ["open", "open"]
    again = opened(desk, wave.token())
    assert again.draft is not None
    assert again.draft.finished == (1, 2)
    assert again.draft.count() == 4


def test_a_submit_is_one_response_with_its_ballots_and_texts(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="na")
    answer(desk, form, 2, unfamiliar="yes", q_S1="1")
    answer(desk, form, 3, q_GOP_Y="Cảm ơn")
    receipt = taken(desk, form)
    assert receipt.code == desk.links.receipt(form.link.public_id)
    (response,) = wave.rows(Response)
    assert response["texts"] == [{"item": "GOP-Y", "unit": "", "text": "Cảm ơn"}]
    ballots = {row["unit"]: row for row in wave.rows(Ballot)}
    questionnaires = form.wave.questionnaires
    known = unpack(questionnaires, ballots["TAN-LAP"]["answers"])
    assert (known["S1"], known["S2"], known["S3"]) == ("5", "na", "~")
    unknown = unpack(questionnaires, ballots["HOA-SON"]["answers"])
    assert (ballots["HOA-SON"]["familiar"], set(unknown.values())) == (False, {"~"})
    assert wave.rows(Draft) == []
    (row,) = [row for row in wave.rows(Invitation) if row["id"] == form.invitation]
    assert row["answered"]


def test_units_left_unanswered_come_in_as_blank_ballots(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="4")
    taken(desk, form)
    ballots = {row["unit"]: row for row in wave.rows(Ballot)}
    blank = unpack(form.wave.questionnaires, ballots["HOA-SON"]["answers"])
    assert (blank["S1"], blank["S2"], ballots["HOA-SON"]["familiar"]) == ("", "", True)


def test_an_item_that_a_skip_rule_hides_is_not_asked(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token(1))).result(10)
    fields = {"q_S3": "5", "q_S4": "5", "q_SO_LAN": "2", "q_UU_TIEN": "ho-so;cho-cho"}
    late = answer(desk, form, 1, **fields, q_TRE="yes")
    assert late.unfinished()
    on_time = answer(desk, form, 1, **fields, q_TRE="no", q_XIN_LOI="thu")
    assert not on_time.unfinished()
    taken(desk, form)
    (ballot,) = wave.rows(Ballot)
    answers = unpack(form.wave.questionnaires, ballot["answers"])
    assert (answers["TRE"], answers["XIN-LOI"], answers["SO-LAN"]) == ("no", "~", "2")
    assert answers["UU-TIEN"] == "cho-cho;ho-so"


def test_an_empty_form_is_not_taken(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    assert submit(desk, form, "").result(10) == NotTaken(reason="empty")
    assert wave.rows(Response) == []


def test_a_form_of_a_closed_wave_is_not_taken_and_its_draft_stays(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="5")
    wave.change_wave(state="closed")
    assert submit(desk, form, "").result(10) == NotTaken(reason="closed")
    assert (wave.rows(Response), len(wave.rows(Draft))) == ([], 1)


def test_fifty_parallel_submits_leave_one_response_and_give_one_receipt(
    desk: Desk, wave: Round
) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="5")
    proof = desk.proofs.make(form.link.public_id)
    with ThreadPoolExecutor(16) as pool:
        sent = [pool.submit(taken, desk, form, proof) for _ in range(50)]
        receipts = [one.result(10) for one in sent]
    assert len(set(receipts)) == 1
    assert len(wave.rows(Response)) == 1
    assert len(wave.rows(Ballot)) == 2


def test_two_processes_on_one_database_leave_one_response(desk: Desk, wave: Round) -> None:
    """A second writer stands for a second process: nothing is shared but the database."""
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="5")
    proof = desk.proofs.make(form.link.public_id)
    second = Database(str(wave.database.url.render_as_string(hide_password=False)))
    with AnswerWriter(second) as writer, ThreadPoolExecutor(8) as pool:
        other = Desk.build(
            database=second,
            writer=writer,
            settings=wave.settings,
            keys=wave.keys,
            clock=wave.clock,
        )
        sent = [pool.submit(taken, one, form, proof) for one in [desk, other] * 10]
        receipts = [one.result(10) for one in sent]
    second.close()
    assert len(set(receipts)) == 1
    assert len(wave.rows(Response)) == 1


def test_the_link_alone_gets_no_receipt_code_once_the_form_is_in(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="5")
    first = taken(desk, form)
    for proof in ("", "0" * 32, desk.proofs.make(b"\0" * 8), "không phải"):
        assert taken(desk, form, proof) == Receipt(code=None, taken_at=first.taken_at)
    assert taken(desk, form, desk.proofs.make(form.link.public_id)) == first


def test_a_response_is_read_back_with_the_receipt_code_only(desk: Desk, wave: Round) -> None:
    form = start(desk, opened(desk, wave.token())).result(10)
    answer(desk, form, 1, q_S1="5", q_S2="na")
    answer(desk, form, 2, unfamiliar="yes")
    answer(desk, form, 3, q_GOP_Y="Cảm ơn")
    code = taken(desk, form).code
    assert code is not None
    form = opened(desk, wave.token())
    assert form.standing == "answered"
    with pytest.raises(WrongCodeError):
        own_answers(desk, form, "AAAA-AAAA-AAAA")
    read = own_answers(desk, form, code.lower().replace("-", " "))
    assert read is not None
    assert dict(read.about("TAN-LAP")) == {"S1": "5", "S2": "na"}
    assert read.about("")["GOP-Y"] == "Cảm ơn"
    assert read.unfamiliar == ("HOA-SON",)


@pytest.mark.parametrize("state", ["frozen", "published"])
@pytest.mark.parametrize("answered", [True, False])
def test_after_the_cut_off_everybody_meets_the_same_end(
    desk: Desk, wave: Round, state: str, *, answered: bool
) -> None:
    """The cut-off clears units and marks; what it left out must not tell people apart either."""
    wave.change_wave(state=state)
    wave.change_invitation(units=[], answered=answered, withdrawn=not answered)
    form = opened(desk, wave.token())
    assert (form.standing, form.taken_at, form.draft) == ("frozen", None, None)
    code = desk.links.receipt(form.link.public_id)
    assert own_answers(desk, form, code) is None
    assert start(desk, form).result(10).standing == "frozen"
    assert submit(desk, form, "").result(10) == NotTaken(reason="frozen")


def test_an_invitation_that_was_purged_meanwhile_takes_nothing(desk: Desk, wave: Round) -> None:
    form = opened(desk, wave.token())
    with wave.database.writing() as session:
        invitation = session.get(Invitation, form.invitation)
        session.delete(invitation)
    assert start(desk, form).result(10).standing == "revoked"
    assert submit(desk, form, "").result(10) == NotTaken(reason="revoked")

"""What the short form changes around the pages: letters, load, dispositions, the check."""

from datetime import timedelta
from fractions import Fraction

import pytest
from click.testing import CliRunner
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from msgspec.structs import replace
from sqlalchemy import update

from questionnaires.text import Language
from survey_service.cli import main
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.freezing.dispositions import dispositions
from survey_service.keys import new_key_ring
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import Letters
from survey_service.mailing.writing.preview import preview_letters, specimens
from survey_service.mailing.writing.saying import personal_values
from survey_service.store.answers import Draft
from survey_service.store.database import Database
from survey_service.store.people import Contact, Invitation
from survey_service.waves.assignment import Assigned
from survey_service.waves.preflighting.tally import Tally
from survey_service.waves.reading import load_wave

KEYS = new_key_ring(SystemEntropy())
SETTINGS = read_settings({})
ROTATIONS = (0, 1, 0, 1, None, None)
LANGUAGES: tuple[Language, ...] = ("vi", "en", "vi", "vi", "vi", "vi")
SET, WHOLE = 16, 26
"""Questions of a set and of the whole form, free text left out."""


@pytest.fixture
def made(database: Database) -> MadeWave:
    """Make a wave of the short form; the last two have been given the whole form."""
    people = [MadePerson(name=f"Người {n}", language=one) for n, one in enumerate(LANGUAGES)]
    made = make_wave(database, people, plan=replace(PLAN, definitions="sipas"))
    with database.writing() as session:
        for invitation, rotation in zip(made.invitations, ROTATIONS, strict=True):
            this = Invitation.id == invitation
            session.execute(update(Invitation).where(this).values(rotation=rotation))
        named = [{"unit": "XA1", "service": "Đổi giấy phép lái xe", "month": "02/2025"}]
        session.execute(update(Contact).values(transactions=named))
    return made


@pytest.mark.usefixtures("made")
def test_a_letter_states_the_questions_and_minutes_of_the_persons_own_form(
    database: Database,
) -> None:
    letters, lease = Letters(SETTINGS, KEYS), timedelta(minutes=5)
    outbox = SqlOutbox(database, SteppedClock(NOW), SystemEntropy(), letters, lease=lease)
    people = [claimed.cargo.addressee for claimed in outbox.claim(10)]
    assert tuple(person.rotation for person in people) == ROTATIONS
    with database.reading() as session:
        wave = load_wave(session, PLAN.code)
    said = [personal_values(wave, person) for person in people]
    assert said[0]["load"] == "17 câu hỏi về 1 cơ quan, khoảng 3 phút"
    assert said[1]["load"].startswith("17 questions")
    assert said[4]["load"] == "27 câu hỏi về 1 cơ quan, khoảng 4 phút"
    assert "“Đổi giấy phép lái xe”" in said[0]["why"]
    assert "“Exchange of a driving licence”" in said[1]["why"]


@pytest.mark.usefixtures("made")
def test_letters_to_look_at_are_those_of_the_short_form(database: Database) -> None:
    letters = Letters(SETTINGS, KEYS)
    ready = specimens(
        database, SteppedClock(NOW), SystemEntropy(), SETTINGS, KEYS, letters, code=PLAN.code
    )
    shown = {one.group: one.text for one in preview_letters(ready, "invitation", "en")}
    assert shown.keys() == {"ND", "DN"}
    for text in shown.values():
        assert "17 questions" in text
        assert "“Land-use right certificate”" in text


def test_half_of_what_the_person_was_asked_makes_a_partial_response(
    database: Database, made: MadeWave
) -> None:
    kept = (SET // 2, SET // 2, SET // 2 - 1, SET, WHOLE // 2 - 1, WHOLE // 2)
    with database.writing() as session:
        session.add_all(
            Draft(
                invitation_id=invitation,
                key_id=0,
                sealed=b"",
                page=1,
                answered=answers,
                day=NOW.date(),
            )
            for invitation, answers in zip(made.invitations, kept, strict=True)
        )
    with database.reading() as session:
        given = dispositions(session, load_wave(session, PLAN.code))
    assert [given[invitation] for invitation in made.invitations] == [
        *("partial", "partial", "refusal", "partial"),
        *("refusal", "partial"),
    ]


@pytest.mark.usefixtures("made")
def test_the_preflight_counts_minutes_of_the_short_form(database: Database) -> None:
    with database.reading() as session:
        wave = load_wave(session, PLAN.code)
    tally = Tally({"XA1": "XA"})
    people = (
        Assigned(contact=number, group="ND", units=("XA1",), email=f"p{number}@hop-thu.example")
        for number in range(3)
    )
    assert len(list(tally.watch(people))) == 3
    (row,) = tally.load(wave.framework, wave.questionnaires).groups
    assert (row.persons, row.cells.most, row.minutes.mean) == (3, 17, Fraction(3))


def test_the_check_of_definitions_shows_both_forms() -> None:
    shown = CliRunner().invoke(main, ["check", "sipas"]).output
    assert "ND: phiếu dài 27 câu, 4 phút; phiếu ngắn 17 câu, 3 phút." in shown
    assert "DN: long form 27 questions, 4 minutes; short form 17 questions, 3 minutes." in shown
    assert "short form" not in CliRunner().invoke(main, ["check", "quan-ba"]).output

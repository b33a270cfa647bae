import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from made_waves import NOW, PLAN, UNITS, MadePerson, make_wave
from sqlalchemy import update

from questionnaires.text import Language
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.keys import new_key_ring
from survey_service.links import Links
from survey_service.mailing.letters import Addressee, LetterOrder, Letters, workload
from survey_service.store.database import Database
from survey_service.store.waves import Wave
from survey_service.waves.reading import LoadedWave, load_wave

KEYS = new_key_ring(SeededEntropy(3))
SETTINGS = read_settings({"SURVEY_PUBLIC_URL": "https://khaosat.example"})
LETTERS = Letters(SETTINGS, KEYS)
PERSON = Addressee(
    public_id=bytes(range(8)),
    generation=0,
    name="Ông Nguyễn Văn Ánh",
    email="anh@hop-thu.example",
    group="ND",
    own_unit=None,
    language="vi",
    units=("XA1",),
    transactions=({"unit": "XA1", "service": "Khai sinh", "month": "02/2025"},),
)


@pytest.fixture
def wave(database: Database) -> LoadedWave:
    make_wave(database, [MadePerson(name="Người")])
    with database.reading() as session:
        return load_wave(session, PLAN.code)


def _order(person: Addressee, wave: LoadedWave, step: str = "invitation") -> LetterOrder:
    follows = None if step == "invitation" else 4
    return LetterOrder(
        letter=9,
        wave=wave.code,
        closes_at=wave.closes_at,
        step=step,
        addressee=person,
        follows=follows,
    )


def _read(raw: bytes) -> tuple[EmailMessage, str, str]:
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.SMTP)
    text, html = (part.get_content() for part in message.iter_parts())
    return message, text, html


def _speaking(language: Language) -> Addressee:
    return replace(PERSON, language=language)


@pytest.mark.parametrize("step", ["invitation", "reminder-1"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_letter_says_all_that_makes_it_believable(
    wave: LoadedWave, step: str, language: Language
) -> None:
    person = _speaking(language)
    message, *bodies = _read(LETTERS.write(wave, _order(person, wave, step), NOW))
    link = Links(KEYS, "https://khaosat.example").url(PERSON.public_id, 0)
    organisation = PLAN.sender.organisation.in_(language)
    for body in bodies:
        assert link in body
        for said in (
            organisation,
            PERSON.name,
            PLAN.letter.number,
            PLAN.letter.signatory,
            PLAN.sender.telephone,
            PLAN.sender.page,
            "Khai sinh",
            "02/2025",
            "xã Một" if language == "vi" else "Commune One",
            "14/03/2025" if language == "vi" else "14 March 2025",
            "căn cước" if language == "vi" else "identity number",
        ):
            assert said in body
    assert message["To"].addresses[0].addr_spec == PERSON.email
    assert message["Content-Language"] == language
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_letter_states_units_questions_and_minutes(wave: LoadedWave) -> None:
    questions, minutes = workload(wave, "ND", ("XA1",))
    _, text, html = _read(LETTERS.write(wave, _order(PERSON, wave), NOW))
    said = f"{questions} câu hỏi về 1 cơ quan, khoảng {minutes} phút"
    assert said in text
    assert said in html
    assert minutes >= 1


def test_a_message_id_is_the_same_on_every_attempt_and_a_reminder_follows_its_invitation(
    wave: LoadedWave,
) -> None:
    first, *_ = _read(LETTERS.write(wave, _order(PERSON, wave), NOW))
    again, *_ = _read(LETTERS.write(wave, _order(PERSON, wave), NOW + timedelta(days=1)))
    reminder, *_ = _read(LETTERS.write(wave, _order(PERSON, wave, "reminder-1"), NOW))
    assert first["Message-ID"] == again["Message-ID"] == LETTERS.message_id(9)
    assert reminder["In-Reply-To"] == LETTERS.message_id(4)
    assert first["In-Reply-To"] is None


def test_an_extended_wave_states_its_new_last_day(database: Database, wave: LoadedWave) -> None:
    later = wave.closes_at + timedelta(days=3)
    with database.writing() as session:
        session.execute(update(Wave).values(closes_at=later))
        longer = load_wave(session, wave.code)
    _, text, _ = _read(LETTERS.write(longer, _order(PERSON, longer), NOW))
    assert "17/03/2025" in text
    assert "14/03/2025" not in text


def test_the_reason_fits_the_group(wave: LoadedWave) -> None:
    def why(group: str, own: str | None) -> str:
        person = Addressee(
            public_id=bytes(8),
            generation=0,
            name="Bà Đỗ Thị Bình",
            email="binh@hop-thu.example",
            group=group,
            own_unit=own,
            language="vi",
            units=("XA2",),
            transactions=(),
        )
        return _read(LETTERS.write(wave, _order(person, wave), NOW))[1]

    assert "công chức, viên chức của UBND xã Hai" in why("CB", "XA2")
    assert "Lãnh đạo UBND xã khác" in why("CX", "XA1")


def test_the_date_is_that_of_the_clock(wave: LoadedWave) -> None:
    message, *_ = _read(LETTERS.write(wave, _order(PERSON, wave), NOW))
    assert message["Date"].datetime == datetime(2025, 3, 3, 2, tzinfo=UTC)
    assert {unit["code"] for unit in UNITS} == set(wave.units)

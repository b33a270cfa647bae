import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from loaded_waves import loaded_wave
from made_waves import NOW, PLAN

from mailer.reason import RefusedError
from mailer.writing.envelope_id import letter_of_envelope_id
from mailer.writing.return_path import letter_of_return_path
from mailer.writing.signing_key import public_record
from questionnaires.text import LANGUAGES, Language
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.keys import new_key_ring
from survey_service.links import Links
from survey_service.mailing.relays.mail_file import Returns, Signature
from survey_service.mailing.writing.letter_wording import sender_id
from survey_service.mailing.writing.letters import LetterOrder, Letters
from survey_service.mailing.writing.saying import Addressee, workload
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.reading import LoadedWave

KEYS = new_key_ring(SeededEntropy(3))
SETTINGS = read_settings({"SURVEY_PUBLIC_URL": "https://khaosat.example"})
LETTERS = Letters(SETTINGS, KEYS)
LINKS = Links(KEYS, "https://khaosat.example")
LINKED = [name for name, step in STEPS.items() if step.asks or step.template == "link"]
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


@pytest.fixture(scope="module")
def wave() -> LoadedWave:
    return loaded_wave()


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


def _letter(
    wave: LoadedWave, step: str = "invitation", person: Addressee = PERSON
) -> tuple[EmailMessage, str, str]:
    return _read(LETTERS.write(wave, _order(person, wave, step), NOW))


def _speaking(language: Language) -> Addressee:
    return replace(PERSON, language=language)


class _Shown(HTMLParser):
    """Gathers what a reader sees of a page, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag in {"style", "title"}
        for name, value in attrs:
            if name == "href":
                self.links.append(value or "")
            if name in {"src", "background", "srcset"} or "url(" in (value or ""):
                self.fetched.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._style = self._style and tag not in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_says_what_makes_it_believable(
    wave: LoadedWave, step: str, language: Language
) -> None:
    message, text, html = _letter(wave, step, _speaking(language))
    seen = " ".join(_Shown(html).words)
    for body in (text, seen):
        for said in (
            PLAN.sender.organisation.in_(language),
            PLAN.title.in_(language),
            PERSON.name,
            PLAN.letter.number,
            "20/02/2025" if language == "vi" else "20 February 2025",
            PLAN.letter.signatory,
            PLAN.sender.telephone,
            PLAN.sender.page,
            "Khai sinh",
            "02/2025",
            "xã Một" if language == "vi" else "Commune One",
            "không nhận thêm thư nào" if language == "vi" else "get no more letters",
        ):
            assert said in " ".join(body.split()), said
    assert message["Content-Language"] == language
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_letters_to_answer_carry_the_personal_link_and_all_the_way_out(
    wave: LoadedWave, step: str, language: Language
) -> None:
    message, text, html = _letter(wave, step, _speaking(language))
    answer = LINKS.url(PERSON.public_id, 0)
    opt_out = LINKS.opt_out_url(PERSON.public_id, 0)
    links = _Shown(html).links
    for places in (text.split(), links):
        assert (answer in places) == (step in LINKED)
        assert opt_out in places
        assert ("https://khaosat.example/results/hai-xa-2025" in places) == (
            step == "results" or (step == "thank-you" and places is not links)
        )
    one_click = LINKS.one_click_url(PERSON.public_id, 0)
    assert message["List-Unsubscribe"] == f"<{one_click}>"
    assert one_click not in text
    assert one_click not in html
    hosts = {link.split("/")[2] for link in links}
    assert hosts == {"khaosat.example", "noivu.example"}


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_fetched_when_a_letter_is_read(wave: LoadedWave, step: str) -> None:
    _, _, html = _letter(wave, step)
    assert _Shown(html).fetched == []
    assert "<script" not in html
    assert "@import" not in html


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_of_a_letter_say_the_same(
    wave: LoadedWave, step: str, language: Language
) -> None:
    _, text, html = _letter(wave, step, _speaking(language))

    def words(said: str) -> set[str]:
        plain = re.sub(r"https?://\S+", " ", said)
        return {word.casefold() for word in re.findall(r"[^\W_]+", plain)}

    written, shown = words(text), words(" ".join(_Shown(html).words))
    title = words(PLAN.title.in_(language))
    # HTML has a title and buttons; the text says in words where its bare links lead.
    assert shown - written - title <= words(
        "Hoặc chép đường dẫn sau vào trình duyệt: Trả lời phiếu, Xem kết quả, Thôi nhận thư. "
        "Or copy this link into your browser: Answer the form, See the results, Stop the letters."
    )
    assert written - shown <= words("tại đây sau here this")


def test_a_letter_leaves_no_holes(wave: LoadedWave) -> None:
    for step in STEPS:
        for language in LANGUAGES:
            _, text, html = _letter(wave, step, _speaking(language))
            assert "\r\n\r\n\r\n" not in text, (step, language)
            assert not re.search(r"[ \t]\r\n|\r\n[ \t]|  ", text), (step, language)
            for sign in ("{", "}", "None", "\ue000"):
                assert sign not in text
                assert sign not in " ".join(_Shown(html).words)


def test_the_letter_states_units_questions_and_minutes(wave: LoadedWave) -> None:
    questions, minutes = workload(wave, "ND", None, ("XA1",))
    _, text, html = _letter(wave)
    said = f"{questions} câu hỏi về 1 cơ quan, khoảng {minutes} phút"
    assert said in text
    assert said in html
    assert minutes >= 1


def test_a_message_id_is_the_same_on_every_attempt_and_later_letters_follow_the_invitation(
    wave: LoadedWave,
) -> None:
    first, *_ = _letter(wave)
    again, *_ = _read(LETTERS.write(wave, _order(PERSON, wave), NOW + timedelta(days=1)))
    assert first["Message-ID"] == again["Message-ID"] == LETTERS.message_id(9)
    assert first["In-Reply-To"] is None
    for step in STEPS.keys() - {"invitation"}:
        later, *_ = _letter(wave, step)
        assert later["In-Reply-To"] == later["References"] == LETTERS.message_id(4)


def test_an_extended_wave_states_its_new_last_day(wave: LoadedWave) -> None:
    _letter(wave)
    _, text, _ = _letter(replace(wave, closes_at=wave.closes_at + timedelta(days=3)))
    assert "17/03/2025" in text
    assert "14/03/2025" not in text


def _why(wave: LoadedWave, **changes: object) -> str:
    person = replace(
        PERSON, **{"name": "Đỗ Thị Bình", "units": ("XA2",), "transactions": ()} | changes
    )
    return _letter(wave, person=person)[1]


def test_the_reason_fits_the_group(wave: LoadedWave) -> None:
    assert "công chức, viên chức của UBND xã Hai" in _why(wave, group="CB", own_unit="XA2")
    assert "Lãnh đạo UBND xã khác" in _why(wave, group="CX", own_unit="XA1")
    assert "thủ tục hành chính tại UBND xã Hai;" in _why(wave, group="ND")


def test_after_the_freeze_the_reason_comes_from_the_list(wave: LoadedWave) -> None:
    """Who rated which unit is forgotten; the list says where a person had been served."""
    _, text, _ = _letter(wave, "results", replace(PERSON, units=()))
    assert "thủ tục “Khai sinh” tại UBND xã Một trong tháng 02/2025" in text
    civil = replace(PERSON, group="CB", own_unit="XA2", units=(), transactions=())
    assert "viên chức của UBND xã Hai" in _letter(wave, "results", civil)[1]


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ông Nguyễn Văn Ánh", "Kính gửi Ông Nguyễn Văn Ánh,"),
        ("Bà Đỗ Thị Bình", "Kính gửi Bà Đỗ Thị Bình,"),
        ("Đỗ Thị Bình", "Kính gửi Ông/Bà Đỗ Thị Bình,"),
        ("Bành Văn Ông", "Kính gửi Ông/Bà Bành Văn Ông,"),
    ],
)
def test_a_title_is_not_said_twice(wave: LoadedWave, name: str, greeting: str) -> None:
    assert greeting in _letter(wave, person=replace(PERSON, name=name))[1]


def test_the_date_is_that_of_the_clock(wave: LoadedWave) -> None:
    message, *_ = _letter(wave)
    assert message["Date"].datetime == datetime(2025, 3, 3, 2, tzinfo=UTC)


def test_complaints_are_grouped_by_wave_and_step_and_name_nobody(wave: LoadedWave) -> None:
    other = replace(PERSON, email="b@c.example", public_id=bytes(8), name="B")
    for person in (PERSON, other):
        message, *_ = _letter(wave, "reminder-2", person)
        assert message["Feedback-ID"] == "hai-xa-2025:reminder-2:khaosatexample"


@pytest.mark.parametrize(
    ("domain", "sender"),
    [("a.vn", "avn00"), ("khaosat.sonoivu.laichau.gov.vn", "khaosatsonoivul"), ("x-y.vn", "xyvn0")],
)
def test_a_sender_has_five_to_fifteen_letters(domain: str, sender: str) -> None:
    assert sender_id(domain) == sender


def test_a_letter_goes_out_under_its_own_envelope(wave: LoadedWave) -> None:
    returns = Returns(address="thu-ve@coquan.example", delimiter="-")
    letters = Letters(SETTINGS, KEYS, returns=returns)
    key = KEYS.secrets("letter")[0]
    envelope = letters.envelope(wave, _order(PERSON, wave), NOW)
    assert envelope.recipient == PERSON.email
    assert envelope.message == letters.write(wave, _order(PERSON, wave), NOW)
    assert envelope.sender.startswith("thu-ve-9.")
    assert (
        letter_of_return_path(envelope.sender, key=key, address=returns.address, delimiter="-")
        == "9"
    )
    assert letter_of_envelope_id(envelope.envelope_id, key=key) == "9"


def test_where_nothing_comes_back_the_sender_is_who_it_is_from(wave: LoadedWave) -> None:
    envelope = LETTERS.envelope(wave, _order(PERSON, wave), NOW)
    assert envelope.sender == SETTINGS.mail_from


@pytest.fixture(scope="module")
def signing_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def signature(tmp_path: Path, signing_key: RSAPrivateKey) -> Signature:
    path = tmp_path / "dkim.pem"
    path.write_bytes(signing_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    return Signature(domain="khaosat.example", selector="thu", key_file=str(path))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_signed_letter_verifies(
    wave: LoadedWave,
    signature: Signature,
    signing_key: RSAPrivateKey,
    step: str,
    language: Language,
) -> None:
    letters = Letters(SETTINGS, KEYS, dkim=signature)
    raw = letters.write(wave, _order(_speaking(language), wave, step), NOW)

    def record(name: bytes, timeout: int = 5) -> bytes:
        assert timeout
        assert name == b"thu._domainkey.khaosat.example."
        return public_record(signing_key).encode()

    verifier = dkim.DKIM(raw)
    assert verifier.verify(dnsfunc=record)  # pyright: ignore[reportUnknownMemberType]
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    one_click = LINKS.one_click_url(PERSON.public_id, 0)
    assert f"List-Unsubscribe: <{one_click}>".encode() in head
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    subject = str(make_header(decode_header(email.message_from_bytes(raw)["Subject"])))
    assert PLAN.title.in_(language) in subject


def test_letters_that_cannot_be_signed_are_not_begun(signature: Signature) -> None:
    Path(signature.key_file).chmod(0o644)
    with pytest.raises(RefusedError, match="chmod 600"):
        Letters(SETTINGS, KEYS, dkim=signature)

"""A letter through a real Postfix: signature and headers reach the mailbox as they were written."""

import asyncio
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from loaded_waves import loaded_wave
from made_waves import NOW
from postal import Dovecot, Postfix, wait_for

from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.outcome import Verdict
from mailer.smtp.transport import SmtpTransport, TransportSettings
from mailer.writing.dkim import SigningKey
from mailer.writing.signing_key import public_record
from questionnaires.text import Language
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.relays.mail_file import Signature
from survey_service.mailing.writing.letters import LetterOrder, Letters
from survey_service.mailing.writing.saying import Addressee

SETTINGS = read_settings({"SURVEY_PUBLIC_URL": "https://khaosat.example"})


def letter(folder: Path, key: SigningKey, user: str, language: Language) -> Envelope:
    path = folder / "dkim.pem"
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    wave = loaded_wave()
    order = LetterOrder(
        letter=7,
        wave=wave.code,
        closes_at=wave.closes_at,
        step="reminder-1",
        follows=3,
        addressee=Addressee(
            public_id=bytes(8),
            generation=0,
            name="Nguyễn Thị Hồng Ánh, Trưởng phòng Tổ chức – Hành chính",
            email=f"{user}@khaosat.example",
            group="CB",
            own_unit="XA1",
            language=language,
            units=("XA1",),
            transactions=(),
        ),
    )
    signature = Signature(domain="khaosat.example", selector="thu", key_file=str(path))
    letters = Letters(SETTINGS, new_key_ring(SeededEntropy(3)), dkim=signature)
    return letters.envelope(wave, order, NOW)


async def deliver(url: str, envelope: Envelope) -> Verdict:
    transport = SmtpTransport(TransportSettings(endpoint=Endpoint.parse(url)))
    try:
        return (await transport.deliver(envelope)).verdict
    finally:
        await transport.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_was_signed_arrives_as_it_was(
    postfix: Postfix, dovecot: Dovecot, tmp_path: Path, language: Language
) -> None:
    user = f"ky-{language}-{abs(hash(str(tmp_path))):x}"[:14]
    key = generate_private_key(65537, 2048)
    sent = letter(tmp_path, key, user, language)
    assert asyncio.run(deliver(postfix.url, sent)) is Verdict.SENT
    wait_for(lambda: dovecot.count(user) == 1)
    with dovecot.session(user) as session:
        session.select("INBOX", readonly=True)
        _, found = session.fetch("1", "(BODY.PEEK[])")
    assert isinstance(found[0], tuple)
    arrived = found[0][1]

    head = arrived.partition(b"\r\n\r\n")[0].split(b"\r\n")
    written = sent.message.partition(b"\r\n\r\n")[0].split(b"\r\n")
    one_click = [line for line in written if line.startswith(b"List-Unsubscribe")]
    assert len(one_click) == 2
    assert b"/u/" in one_click[0]
    assert set(one_click) < set(head), "neither folded nor altered on the way"

    def record(name: bytes, timeout: int = 5) -> bytes:
        assert timeout
        assert name == b"thu._domainkey.khaosat.example."
        return public_record(key).encode()

    verifier = dkim.DKIM(arrived)
    assert verifier.verify(dnsfunc=record)  # pyright: ignore[reportUnknownMemberType]
    assert arrived.endswith(sent.message.partition(b"\r\n\r\n")[2])


def test_the_other_kind_of_key_passes_as_well(
    postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> None:
    user = f"ed-{abs(hash(str(tmp_path))):x}"[:14]
    sent = letter(tmp_path, Ed25519PrivateKey.generate(), user, "vi")
    sent = replace(sent, envelope_id="")
    assert asyncio.run(deliver(postfix.url, sent)) is Verdict.SENT
    wait_for(lambda: dovecot.count(user) == 1)
    with dovecot.session(user) as session:
        session.select("INBOX", readonly=True)
        _, found = session.fetch("1", "(BODY.PEEK[])")
    assert isinstance(found[0], tuple)
    assert sent.message.rstrip(b"\r\n") in found[0][1], "not an octet was changed"

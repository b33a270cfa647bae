"""Signatures hold in the eyes of another implementation, and break where a letter is altered."""

import os
import re
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import dkim as other
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as new_rsa_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from mailer.reason import RefusedError
from mailer.writing.dkim import SIGNED, DkimSigner, SigningKey
from mailer.writing.header import Mailbox
from mailer.writing.letter import Skeleton
from mailer.writing.part import slot
from mailer.writing.signing_key import open_signer, public_record
from mailer.writing.wording import Wording

AT = datetime(2025, 3, 3, 2, tzinfo=UTC)
RSA = new_rsa_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()
SIGNER = DkimSigner("coquan.example", "thu2025", RSA)
LONG = "Sở Nội vụ tỉnh mời Ông/Bà trả lời phiếu: Điều tra xã hội học xác định Chỉ số cải cách"
SKELETON = Skeleton.build(
    Wording(
        sender=Mailbox(address="khaosat@coquan.example", name="Sở Nội vụ tỉnh Ví Dụ"),
        reply_to=Mailbox(address="hoidap@coquan.example"),
        subject=LONG,
        list_id="wave-2025.coquan.example",
        language="vi",
        text=f"Kính gửi {slot('name')},\n\n  hai  khoảng trắng \t\n\n{slot('link')}\n\n\n",
        html=f'<p>Kính gửi {slot("name")}</p><a href="{slot("link")}">Mở</a>\n',
    )
)


def letter(name: str = "Nguyễn Thị Ánh", address: str = "anh@hop-thu.example") -> bytes:
    return SKELETON.fill(
        Mailbox(address=address, name=name),
        {"name": name, "link": "https://khaosat.example/p/x"},
        message_id="<9.abcdefghij@coquan.example>",
        date=AT,
        in_reply_to="<4.abcdefghij@coquan.example>",
        unsubscribe="https://khaosat.example/u/x",
    )


def holds(message: bytes, key: SigningKey = RSA) -> bool:
    def record(name: bytes, timeout: int = 5) -> bytes | None:
        assert timeout
        assert name == b"thu2025._domainkey.coquan.example."
        return public_record(key).encode()

    try:
        verifier = other.DKIM(message)
        return bool(verifier.verify(dnsfunc=record))  # pyright: ignore[reportUnknownMemberType]
    except other.ValidationError:
        return False


def tags(message: bytes) -> dict[str, str]:
    value = message.partition(b":")[2].partition(b"\r\nFrom:")[0].decode()
    pairs = (tag.partition("=") for tag in re.sub(r"\s", "", value).split(";"))
    return {name: said for name, _, said in pairs}


def test_another_implementation_finds_the_signature_good() -> None:
    signed = SIGNER.sign(letter(), at=AT)
    assert holds(signed)
    assert signed.endswith(letter())
    assert b"\r\n =?utf-8?b?" in letter(), "the subject was folded"
    assert all(len(line) <= 78 for line in signed.partition(b"\r\n\r\n")[0].split(b"\r\n"))


def test_all_that_matters_is_signed_and_what_is_shown_once_more() -> None:
    named = tags(SIGNER.sign(letter(), at=AT))["h"].split(":")
    assert set(named) == set(SIGNED)
    assert {"List-Unsubscribe", "List-Unsubscribe-Post"} < set(named)
    assert {name for name in named if named.count(name) == 2} == {
        *("From", "To", "Subject", "Date", "Reply-To", "Content-Type")
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"khaosat.example/u/", b"khaosat.invalid/u/"),
        (b"khaosat.example/p/", b"khaosat.invalid/p/"),
        (b"One-Click", b"Two-Click"),
        (b"\r\nFrom: ", b"\r\nFrom: <a@b.example>\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nSubject: other\r\nFrom: "),
        (b"\r\nFrom: ", b"\r\nReply-To: <a@b.example>\r\nFrom: "),
        (b"DKIM-Signature:", b"Content-Type: text/html\r\nDKIM-Signature:"),
        (b"</a>", b"</a>more"),
    ],
)
def test_an_altered_letter_is_noticed(before: bytes, after: bytes) -> None:
    signed = SIGNER.sign(letter(), at=AT)
    assert before in signed
    assert not holds(signed.replace(before, after, 1))


def test_spaces_and_folds_that_servers_change_do_no_harm() -> None:
    signed = SIGNER.sign(letter(), at=AT)
    refolded = re.sub(rb"(?m)^Subject: (.*)\r\n (.*)\r\n", rb"SUBJECT:\t\1\r\n\t \2 \r\n", signed)
    assert refolded != signed
    assert holds(refolded + b"\r\n\r\n")


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), max_codepoint=0x1EFF)),
    st.lists(st.sampled_from([" ", "  ", "\t", "a", "\r\n", "=20", "."])),
)
def test_any_name_and_body_holds(name: str, pieces: list[str]) -> None:
    body = "".join(pieces).encode()
    assert holds(SIGNER.sign(letter(name) + body + b"\r\n", at=AT))


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b" \t\r\n"])
def test_an_empty_body_holds(body: bytes) -> None:
    assert holds(SIGNER.sign(b"From: <a@coquan.example>\r\n\r\n" + body, at=AT))


def test_an_accented_address_holds() -> None:
    signed = SIGNER.sign(letter(address="ánh@hop-thu.example"), at=AT)
    assert "ánh@".encode() in signed
    assert holds(signed)


def signed_octets(message: bytes) -> bytes:
    """Give what a signature is made over, read by the book (RFC 6376 sec. 3.4.2, 3.7)."""
    head = re.sub(rb"\r\n(?=[ \t])", b"", message.partition(b"\r\n\r\n")[0]).split(b"\r\n")
    fields = [tuple(line.split(b":", 1)) for line in head]
    canonical: list[bytes] = []
    for name in tags(message)["h"].encode().lower().split(b":"):
        for place in reversed(range(1, len(fields))):
            if fields[place][0].lower() == name:
                value = re.sub(rb"[ \t]+", b" ", fields.pop(place)[1]).strip()
                canonical.append(name + b":" + value + b"\r\n")
                break
    own = re.sub(rb"b=[^;]*$", b"b=", re.sub(rb"[ \t]+", b" ", fields[0][1])).strip()
    return b"".join(canonical) + b"dkim-signature:" + own


def test_an_ed25519_signature_is_that_of_the_hash_of_the_headers() -> None:
    """RFC 8463 sec. 3; what reads the letter here reads the RSA one as dkimpy does."""
    rsa = SIGNER.sign(letter(), at=AT)
    assert holds(rsa)
    RSA.public_key().verify(b64decode(tags(rsa)["b"]), signed_octets(rsa), PKCS1v15(), SHA256())

    signed = DkimSigner("coquan.example", "thu2025", ED25519).sign(letter(), at=AT)
    said = tags(signed)
    assert said["a"] == "ed25519-sha256"
    assert said["bh"] == tags(rsa)["bh"]
    public = ED25519.public_key()
    public.verify(b64decode(said["b"]), sha256(signed_octets(signed)).digest())
    altered = signed.replace(b"One-Click", b"Two-Click")
    with pytest.raises(InvalidSignature):
        public.verify(b64decode(said["b"]), sha256(signed_octets(altered)).digest())


def test_the_record_of_an_ed25519_key_is_its_bare_octets() -> None:
    kind, _, octets = public_record(ED25519).partition("; p=")
    assert kind == "v=DKIM1; k=ed25519"
    assert b64decode(octets) == ED25519.public_key().public_bytes_raw()


@pytest.mark.parametrize("message", [b"From: a\r\n", "From: a\r\n\r\nă\r\n".encode()])
def test_what_cannot_survive_the_way_is_not_signed(message: bytes) -> None:
    with pytest.raises(ValueError, match="7-bit body"):
        SIGNER.sign(message, at=AT)


def written(folder: Path, document: bytes, mode: int = 0o600) -> Path:
    path = folder / "dkim.pem"
    path.write_bytes(document)
    path.chmod(mode)
    return path


def pem(key: SigningKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def refused(path: Path, domain: str = "coquan.example", selector: str = "thu") -> list[str]:
    with pytest.raises(RefusedError) as error:
        open_signer(domain=domain, selector=selector, key_file=path)
    assert all(reason.vi and reason.en for reason in error.value.reasons)
    return [reason.code for reason in error.value.reasons]


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_a_sound_key_is_read_from_its_file(tmp_path: Path, key: SigningKey) -> None:
    path = written(tmp_path, pem(key))
    signer = open_signer(domain="coquan.example", selector="thu2025", key_file=path)
    assert public_record(signer.key) == public_record(key)
    if key is RSA:
        assert holds(signer.sign(letter(), at=AT))


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    short = new_rsa_key(65537, 1024)  # noqa: S505 - the very thing that is refused
    assert refused(written(tmp_path, pem(short))) == ["dkim-key-short"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    assert refused(written(tmp_path, pem(ED25519), mode)) == ["dkim-key-open"]


def test_what_is_no_private_key_is_refused(tmp_path: Path) -> None:
    locked = RSA.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"a password")
    )
    curve = new_curve_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    for document in (b"", b"-----BEGIN", os.urandom(99), locked, curve):
        assert refused(written(tmp_path, document)) == ["dkim-key-unusable"]


def test_a_missing_file_and_wrong_names_are_all_named(tmp_path: Path) -> None:
    for domain, selector in (("Coquan.example", "a b"), ("", "thu;"), ("-a.b", "thu\r\nx")):
        assert refused(tmp_path / "none.pem", domain, selector) == [
            *("dkim-name", "dkim-name", "dkim-key-missing")
        ]

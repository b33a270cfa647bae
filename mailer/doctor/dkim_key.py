"""Examining DKIM: whether the key that receivers find is the one that signs (RFC 6376)."""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.names import Names, NamesUnreachableError
from mailer.doctor.zone import tags_of, text_record
from mailer.writing.dkim import DkimSigner
from mailer.writing.signing_key import public_record

LEAST_BITS = 2048
"""What receivers ask of an RSA key today (RFC 8301 sec. 3.2 asks for 1024, and advises 2048)."""


def key_name(signer: DkimSigner) -> str:
    """Give the name at which receivers look for the key (sec. 3.6.2.1)."""
    return f"{signer.selector}._domainkey.{signer.domain}"


def key_record(signer: DkimSigner) -> str:
    """Give the TXT record that belongs to the key that signs."""
    return text_record(key_name(signer), public_record(signer.key))


def examine_dkim(names: Names, domain: str, signer: DkimSigner | None) -> tuple[Finding, ...]:
    """Examine the signature of letters from a domain; `signer` is None where we sign nothing."""
    if signer is None:
        return (_relay_may_sign(domain),)
    sheet = Sheet("dkim", key_name(signer))
    try:
        texts = names.texts(key_name(signer))
    except NamesUnreachableError as error:
        return (sheet.unreachable(error.name),)
    return (*_strength(sheet, signer), _published(sheet, texts, signer))


def _relay_may_sign(domain: str) -> Finding:
    return Sheet("dkim", domain).unchecked(
        "Thư không do phần mềm này ký DKIM. Để biết máy chủ gửi thư có ký không: gửi thư thử "
        "(--to) tới một hộp thư Gmail, mở “Show original”, xem DKIM có “PASS” với tên miền "
        f"{domain} không. Nếu không, bật DKIM ở máy chủ gửi hoặc khai báo [dkim] trong tệp thư.",
        "Letters are not DKIM-signed here. To see whether the relay signs them, send a test "
        "letter (--to) to a Gmail box, open “Show original” and look for DKIM “PASS” with "
        f"{domain}. If it is not there, turn DKIM on at the relay, or set [dkim] in the mail file.",
    )


def _strength(sheet: Sheet, signer: DkimSigner) -> tuple[Finding, ...]:
    if isinstance(signer.key, RSAPrivateKey) and signer.key.key_size < LEAST_BITS:
        return (
            sheet.error(
                f"Khóa DKIM chỉ dài {signer.key.key_size} bit, cần ít nhất {LEAST_BITS}. Tạo khóa "
                "mới (openssl genrsa 2048) với tên chọn (selector) mới rồi công bố bản ghi của nó.",
                f"The DKIM key has {signer.key.key_size} bits; {LEAST_BITS} are needed. Make a "
                "new one (openssl genrsa 2048) under a new selector and publish its record.",
            ),
        )
    if isinstance(signer.key, Ed25519PrivateKey):
        return (
            sheet.warning(
                "Khóa DKIM là Ed25519; nhiều nơi nhận, kể cả Gmail và Microsoft, chưa kiểm được. "
                "Nên dùng khóa RSA 2048 bit.",
                "The DKIM key is Ed25519, which many receivers, Gmail and Microsoft among them, do "
                "not verify yet. Better use RSA with 2048 bits.",
            ),
        )
    return ()


def _published(sheet: Sheet, texts: tuple[str, ...], signer: DkimSigner) -> Finding:
    if not texts:
        return sheet.error(
            f"Chưa có bản ghi khóa DKIM ở {sheet.about}: chữ ký trên thư vô hiệu. Thêm bản ghi TXT "
            "dưới đây.",
            f"There is no DKIM key at {sheet.about}, so the letters' signatures are void. Add the "
            "TXT record below.",
            key_record(signer),
        )
    tags = tags_of(texts[0])
    if len(texts) > 1 or tags is None or tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        return sheet.error(
            f"Bản ghi ở {sheet.about} không đọc được là một khóa DKIM. Thay bằng bản ghi dưới đây.",
            f"What stands at {sheet.about} cannot be read as one DKIM key. Replace it by the "
            "record below.",
            key_record(signer),
        )
    if not tags["p"]:
        return sheet.error(
            f"Khóa DKIM ở {sheet.about} đã bị thu hồi (p= trống). Dùng tên chọn (selector) khác, "
            "hoặc thay bằng bản ghi dưới đây.",
            f"The DKIM key at {sheet.about} has been revoked (empty p=). Use another selector, or "
            "replace it by the record below.",
            key_record(signer),
        )
    if not _is_ours(tags, signer):
        return sheet.error(
            f"Khóa công bố ở {sheet.about} không phải là cặp của khóa đang ký: mọi chữ ký đều sai. "
            "Thay bằng bản ghi dưới đây, hoặc trỏ key_file tới đúng khóa.",
            f"The key at {sheet.about} is not the counterpart of the one that signs: every "
            "signature is wrong. Replace it by the record below, or name the right key_file.",
            key_record(signer),
        )
    return _with_flags(sheet, tags, signer)


def _with_flags(sheet: Sheet, tags: dict[str, str], signer: DkimSigner) -> Finding:
    hashes = tags.get("h", "sha256").split(":")
    services = tags.get("s", "*").split(":")
    if "sha256" not in hashes or not {"*", "email"} & set(services):
        return sheet.error(
            f"Bản ghi khóa DKIM ở {sheet.about} không cho dùng sha256 hoặc không dành cho thư. "
            "Thay bằng bản ghi dưới đây.",
            f"The DKIM record at {sheet.about} does not allow sha256, or is not for mail. Replace "
            "it by the record below.",
            key_record(signer),
        )
    if "y" in tags.get("t", "").split(":"):
        return sheet.warning(
            f"Bản ghi khóa DKIM ở {sheet.about} còn ghi t=y (đang thử): nơi nhận có thể bỏ qua chữ "
            "ký. Thay bằng bản ghi dưới đây khi đã thử xong.",
            f"The DKIM record at {sheet.about} still says t=y (testing): receivers may ignore the "
            "signature. Replace it by the record below once you have tested.",
            key_record(signer),
        )
    return sheet.ok(
        f"Khóa DKIM ở {sheet.about} đúng là cặp của khóa đang ký.",
        f"The DKIM key at {sheet.about} is the counterpart of the one that signs.",
    )


def _is_ours(tags: dict[str, str], signer: DkimSigner) -> bool:
    try:
        published = base64.b64decode(tags["p"], validate=True)
    except (binascii.Error, ValueError):
        return False
    public = signer.key.public_key()
    kind = tags.get("k", "rsa")
    if isinstance(public, Ed25519PublicKey):
        return kind == "ed25519" and published == public.public_bytes_raw()
    try:
        found = load_der_public_key(published)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return (
        kind == "rsa"
        and isinstance(found, RSAPublicKey)
        and found.public_numbers() == public.public_numbers()
    )

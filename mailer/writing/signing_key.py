"""The private key that letters are signed with, refused where it is weak or lies open."""

import re
from base64 import b64encode
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from mailer.reason import Reason, RefusedError
from mailer.writing.dkim import DkimSigner, SigningKey

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_LEAST_BITS = 2048
_OTHERS = 0o077
_LARGEST = 100_000
"""Octets; a key of 16,384 bits has 13,000."""


def open_signer(*, domain: str, selector: str, key_file: Path) -> DkimSigner:
    """Make the signer of a domain; raises RefusedError with everything that is wrong."""
    reasons = [
        Reason(
            code="dkim-name",
            vi=f"DKIM: {what_vi} {name!a} phải là tên miền chữ thường không dấu.",
            en=f"DKIM: the {what_en} {name!a} must be a domain name in lower-case ASCII.",
        )
        for name, what_vi, what_en in (
            (domain, "tên miền", "domain"),
            (selector, "bộ chọn (selector)", "selector"),
        )
        if not _NAME.fullmatch(name)
    ]
    key = _read_key(key_file)
    if isinstance(key, Reason):
        raise RefusedError(*reasons, key)
    if reasons:
        raise RefusedError(*reasons)
    return DkimSigner(domain=domain, selector=selector, key=key)


def public_record(key: SigningKey) -> str:
    """Give the TXT record that belongs at `selector._domainkey.domain` (RFC 6376 sec. 3.6.1)."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        kind = "rsa"
        octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        # RFC 8463 sec. 4: the bare 32 octets.
        kind = "ed25519"
        octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={kind}; p={b64encode(octets).decode()}"


def _read_key(path: Path) -> SigningKey | Reason:
    try:
        with path.open("rb") as file:
            if path.stat().st_mode & _OTHERS:
                return Reason(
                    code="dkim-key-open",
                    vi=f"Khóa DKIM {path.name}: người khác trên máy đọc được; chạy: "
                    f"chmod 600 {path.name}.",
                    en=f"DKIM key {path.name}: others on this machine can read it; run: "
                    f"chmod 600 {path.name}.",
                )
            document = file.read(_LARGEST)
    except OSError as error:
        return Reason(
            code="dkim-key-missing",
            vi=f"Khóa DKIM {path.name}: không đọc được tệp ({error.strerror}); kiểm tra đường "
            "dẫn và quyền đọc.",
            en=f"DKIM key {path.name}: the file cannot be read ({error.strerror}); check its "
            "path and who may read it.",
        )
    try:
        key = load_pem_private_key(document, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, SigningKey):
        return Reason(
            code="dkim-key-unusable",
            vi=f"Khóa DKIM {path.name}: không phải khóa riêng RSA hoặc Ed25519 dạng PEM, không "
            "đặt mật khẩu; tạo bằng: openssl genrsa -out dkim.pem 2048.",
            en=f"DKIM key {path.name}: no private RSA or Ed25519 key in PEM without a password; "
            "make one by: openssl genrsa -out dkim.pem 2048.",
        )
    if isinstance(key, RSAPrivateKey) and key.key_size < _LEAST_BITS:
        return Reason(
            code="dkim-key-short",
            vi=f"Khóa DKIM {path.name}: RSA {key.key_size} bit là quá ngắn; cần ít nhất "
            f"{_LEAST_BITS} bit.",
            en=f"DKIM key {path.name}: RSA of {key.key_size} bits is too short; it takes at "
            f"least {_LEAST_BITS}.",
        )
    return key

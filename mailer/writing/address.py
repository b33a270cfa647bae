"""An e-mail address as offices write it, made into one that can be sent to and compared."""

import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from mailer.reason import Reason

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""What copying from a web page or a spreadsheet leaves behind unseen."""
_BETWEEN = re.compile(r"[\s,;/|&]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

EMPTY = Reason(
    code="address-empty",
    vi="Chưa có địa chỉ thư điện tử. Đề nghị bổ sung.",
    en="There is no e-mail address. Please add one.",
)
SEVERAL = Reason(
    code="address-several",
    vi="Một ô có nhiều địa chỉ thư điện tử. Đề nghị chỉ giữ lại một địa chỉ.",
    en="One cell holds several e-mail addresses. Please keep one.",
)
NO_AT = Reason(
    code="address-no-at",
    vi="Địa chỉ thư điện tử thiếu dấu @, ví dụ đúng: ten@coquan.gov.vn.",
    en="The e-mail address lacks the @ sign; a right one looks like name@office.gov.vn.",
)
CONTROL = Reason(
    code="address-control",
    vi="Địa chỉ thư điện tử có ký tự xuống dòng hoặc ký tự điều khiển. Đề nghị gõ lại địa chỉ.",
    en="The e-mail address holds a line break or control character. Please type it again.",
)
SPACE = Reason(
    code="address-space",
    vi="Địa chỉ thư điện tử có khoảng trắng hoặc có cả tên người. Đề nghị chỉ ghi địa chỉ.",
    en="The e-mail address holds a space or a person's name. Please write the address only.",
)
LOCAL = Reason(
    code="address-local",
    vi="Phần trước dấu @ của địa chỉ thư điện tử không hợp lệ. Đề nghị kiểm tra lại.",
    en="The part before the @ of the e-mail address is not valid. Please check it.",
)
DOMAIN = Reason(
    code="address-domain",
    vi="Phần tên miền sau dấu @ của địa chỉ thư điện tử không hợp lệ. Đề nghị kiểm tra lại.",
    en="The domain after the @ of the e-mail address is not valid. Please check it.",
)
NOT_ASCII = Reason(
    code="address-not-ascii",
    vi="Phần trước dấu @ có dấu tiếng Việt hoặc ký tự đặc biệt; nhiều máy chủ thư không nhận. "
    "Đề nghị kiểm tra lại địa chỉ.",
    en="The part before the @ has accents or special letters; many mail servers refuse it. "
    "Please check the address.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A usable address in its three forms."""

    shown: str
    """For people: NFC, the domain in its own script."""
    wire: str
    """For SMTP and headers: the domain in lower-case ASCII (IDNA 2008), the rest as given."""
    key: str
    """For comparing: two addresses with one key reach one mailbox, as far as one can know."""
    remark: Reason | None = None
    """NOT_ASCII where the server must offer SMTPUTF8 (RFC 6531); None otherwise."""


def parse_address(text: str) -> Address | Reason:
    """Read one address from a cell; gives the reason where it cannot be used.

    Forgives surrounding space, invisible characters, `mailto:`, `<…>`, a full-width @ and a comma
    or semicolon at the end. Quoted local parts and address literals are refused. Asks no DNS.
    """
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE).replace("\uff20", "@")).strip()
    text = text.rstrip(",; ").removeprefix("mailto:").strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    mistake = _mistake(text)
    if mistake is not None:
        return mistake
    domain = text.rpartition("@")[2]
    try:
        valid = validate_email(
            text,
            allow_smtputf8=True,
            strict=True,
            check_deliverability=False,
            globally_deliverable=True,
        )
    except EmailNotValidError:
        return _guilty_part(domain)
    wire = f"{valid.local_part}@{valid.ascii_domain}"
    return Address(
        shown=valid.normalized,
        wire=wire,
        key=unicodedata.normalize("NFKC", wire).casefold(),
        remark=NOT_ASCII if valid.smtputf8 else None,
    )


def _mistake(text: str) -> Reason | None:
    if not text:
        return EMPTY
    if sum("@" in word for word in _BETWEEN.split(text)) > 1:
        return SEVERAL
    if _CONTROL.search(text):
        return CONTROL
    if "@" not in text:
        return NO_AT
    if any(character.isspace() or character in "<>" for character in text):
        return SPACE
    return None


def _guilty_part(domain: str) -> Reason:
    # The validator words its findings in English prose; which part is at fault is asked anew.
    try:
        validate_email(f"a@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return DOMAIN
    return LOCAL

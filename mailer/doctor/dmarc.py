"""Examining DMARC: what receivers do with mail that poses as the domain (RFC 7489)."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.names import Names, NamesUnreachableError
from mailer.doctor.zone import tags_of, text_record

_POLICIES = frozenset({"none", "quarantine", "reject"})
_MOST_LABELS = 8
"""How far up a name is searched; deeper names start there (DMARCbis' tree walk)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcPolicy:
    """The policy that rules for a domain, and the domain whose record it is."""

    domain: str
    policy: str
    tags: dict[str, str]

    def is_strict(self, tag: str) -> bool:
        """Tell whether `adkim` or `aspf` asks for the very same domain."""
        return self.tags.get(tag, "r").lower() == "s"


class DmarcRecordError(Exception):
    """There are several records, or one that cannot be read, at `name`: receivers ignore them."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def find_policy(names: Names, domain: str) -> DmarcPolicy | None:
    """Find the policy of a domain, at itself or the nearest domain above that has one.

    Domains of one label are not asked. Raises DmarcRecordError and NamesUnreachableError.
    """
    for above in _upwards(domain):
        tags = _record(names, above)
        if tags is not None:
            inherited = tags.get("sp", tags["p"]) if above != domain else tags["p"]
            return DmarcPolicy(domain=above, policy=inherited.lower(), tags=tags)
    return None


def organisational(names: Names, domain: str) -> str:
    """Give the highest domain above (or the domain itself) that has a DMARC record."""
    found = domain
    for above in _upwards(domain):
        if any(text.startswith("v=DMARC1") for text in names.texts(f"_dmarc.{above}")):
            found = above
    return found


def is_aligned(names: Names, domain: str, author: str, *, strict: bool) -> bool:
    """Tell whether a domain stands for the one in From (sec. 3.1)."""
    if domain == author:
        return True
    return not strict and organisational(names, domain) == organisational(names, author)


def examine_dmarc(
    names: Names, author: str, *, envelope: str, signature: str | None
) -> tuple[Finding, ...]:
    """Examine DMARC of the domain in From, given the envelope's and the signature's domains."""
    sheet = Sheet("dmarc", author)
    try:
        policy = find_policy(names, author)
        if policy is None:
            return (_none(sheet),)
        return (
            *_ruling(sheet, policy),
            _alignment(names, sheet, policy, envelope=envelope, signature=signature),
        )
    except NamesUnreachableError as error:
        return (sheet.unreachable(error.name),)
    except DmarcRecordError as error:
        return (
            sheet.error(
                f"Bản ghi DMARC ở {error.name} sai hoặc có nhiều hơn một: nơi nhận bỏ qua. Để lại "
                "một bản ghi như dưới đây.",
                f"The DMARC record at {error.name} is wrong, or there are several: receivers "
                "ignore it. Leave one, as below.",
                text_record(error.name, _advised(author)),
            ),
        )


def _none(sheet: Sheet) -> Finding:
    name = f"_dmarc.{sheet.about}"
    return sheet.warning(
        f"Tên miền {sheet.about} chưa có DMARC; Gmail, Yahoo và Outlook đòi hỏi DMARC với nơi gửi "
        "nhiều thư. Thêm bản ghi TXT dưới đây (p=none chưa chặn thư nào; phải có hộp thư rua).",
        f"{sheet.about} has no DMARC record, which Gmail, Yahoo and Outlook ask of whoever sends "
        "much. Add the TXT record below (p=none stops no mail yet; the mailbox of rua must exist).",
        text_record(name, _advised(sheet.about)),
    )


def _ruling(sheet: Sheet, policy: DmarcPolicy) -> Iterator[Finding]:
    inherited = "" if policy.domain == sheet.about else f" ({policy.domain})"
    yield sheet.ok(f"DMARC: p={policy.policy}{inherited}.", f"DMARC: p={policy.policy}{inherited}.")
    if policy.policy == "none" and "rua" not in policy.tags:
        yield sheet.warning(
            "DMARC p=none mà không có rua thì không ai được báo khi tên miền bị mạo danh. Thay "
            "bằng bản ghi dưới đây; hộp thư rua phải có thật.",
            "DMARC with p=none and without rua tells nobody when the domain is abused. Replace it "
            "by the record below; the mailbox of rua must exist.",
            text_record(f"_dmarc.{policy.domain}", _advised(policy.domain)),
        )


def _alignment(
    names: Names, sheet: Sheet, policy: DmarcPolicy, *, envelope: str, signature: str | None
) -> Finding:
    by_spf = is_aligned(names, envelope, sheet.about, strict=policy.is_strict("aspf"))
    by_dkim = signature is not None and is_aligned(
        names, signature, sheet.about, strict=policy.is_strict("adkim")
    )
    if by_spf or by_dkim:
        ways = [*(["SPF"] if by_spf else []), *(["DKIM"] if by_dkim else [])]
        return sheet.ok(
            f"Tên miền trong From khớp theo {' và '.join(ways)}.",
            f"The domain in From is aligned by {' and '.join(ways)}.",
        )
    said_vi = f"From {sheet.about}, phong bì {envelope}" + (
        f", chữ ký {signature}" if signature else ""
    )
    said_en = f"From {sheet.about}, envelope {envelope}" + (
        f", signature {signature}" if signature else ""
    )
    if signature is None:
        return sheet.warning(
            f"Tên miền của phong bì không khớp tên miền trong From ({said_vi}); thư chỉ qua được "
            "DMARC nếu máy chủ gửi ký DKIM bằng đúng tên miền ấy. Dùng địa chỉ thư trả về cùng "
            "tên miền, hoặc khai báo [dkim].",
            f"The envelope's domain is not aligned with the one in From ({said_en}); letters pass "
            "DMARC only where the relay signs with that very domain. Use a return address of the "
            "same domain, or set [dkim].",
        )
    return sheet.error(
        f"Cả phong bì lẫn chữ ký đều không khớp tên miền trong From ({said_vi}): thư trượt DMARC. "
        "Ký DKIM và nhận thư trả về bằng tên miền của From.",
        f"Neither envelope nor signature is aligned with the domain in From ({said_en}): letters "
        "fail DMARC. Sign, and take returns, with the domain in From.",
    )


def _advised(domain: str) -> str:
    return f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"


def _upwards(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    if len(labels) > _MOST_LABELS:
        yield domain
        labels = labels[-_MOST_LABELS + 1 :]
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])


def _record(names: Names, domain: str) -> dict[str, str] | None:
    name = f"_dmarc.{domain}"
    texts = [text for text in names.texts(name) if text.startswith("v=DMARC1")]
    if not texts:
        return None
    tags = tags_of(texts[0])
    if len(texts) > 1 or tags is None or tags.get("p", "").lower() not in _POLICIES:
        raise DmarcRecordError(name)
    return tags

"""Examining SPF: whether a domain lets the relays send for it, and whether its record is sound."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.names import IpAddress, Names, NamesUnreachableError
from mailer.doctor.spf import (
    MOST_LOOKUPS,
    SpfResult,
    SpfTree,
    check_host,
    spf_records,
    spf_tree,
)
from mailer.doctor.spf_record import VERSION, SpfSyntaxError
from mailer.doctor.zone import text_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a relay's mail comes from, as receivers see it.

    `include` names the SPF record that the relay's operator keeps, such as `_spf.google.com`; else
    `addresses` are the relay's own, none where they cannot be known from here. They are `certain`
    where somebody said so; otherwise the relay may send from others than it listens at.
    """

    relay: str
    addresses: tuple[IpAddress, ...] = ()
    include: str = ""
    helo: str = "localhost"
    certain: bool = True

    @property
    def terms(self) -> str:
        """What a record must hold to let this relay send."""
        if self.include:
            return f"include:{self.include}"
        return " ".join(f"ip{address.version}:{address}" for address in self.addresses)


def examine_spf(
    names: Names, domain: str, *, sender: str, origins: Sequence[Origin]
) -> tuple[Finding, ...]:
    """Examine the SPF record of a domain for mail from `sender` over these relays."""
    sheet = Sheet("spf", domain)
    try:
        records = spf_records(names, domain)
        if len(records) != 1:
            return (_none_or_several(sheet, records, origins),)
        tree = spf_tree(names, domain)
        return (
            *_sound(sheet, records[0], tree),
            *(_passes(names, sheet, records[0], sender, origin, tree) for origin in origins),
        )
    except NamesUnreachableError as error:
        return (sheet.unreachable(error.name),)
    except SpfSyntaxError as error:
        return (
            sheet.error(
                f"Bản ghi SPF sai cú pháp ở “{error.term}”: nơi nhận coi như không có SPF. Sửa chỗ "
                "đó trong bản ghi TXT (hoặc trong bản ghi mà nó dẫn tới).",
                f"The SPF record breaks the syntax at “{error.term}”, and receivers ignore all of "
                "it. Put that right in the TXT record, or in the one that it leads to.",
            ),
        )


def _none_or_several(sheet: Sheet, records: Sequence[str], origins: Sequence[Origin]) -> Finding:
    domain = sheet.about
    if not records:
        if not all(origin.terms for origin in origins):
            # A record without the relay's address would have its letters refused.
            return sheet.error(
                f"Tên miền {domain} chưa có bản ghi SPF. Hỏi nơi quản lý máy chủ gửi xem thư ra "
                "Internet từ địa chỉ nào, rồi chạy lại với --from-ip ĐỊA-CHỈ để có bản ghi cần "
                "thêm.",
                f"{domain} has no SPF record. Ask whoever runs the relay from which address it "
                "sends to the Internet, and run this again with --from-ip ADDRESS to be given the "
                "record to add.",
            )
        wanted = " ".join([VERSION, *(origin.terms for origin in origins), "-all"])
        return sheet.error(
            f"Tên miền {domain} chưa có bản ghi SPF. Thêm bản ghi TXT ghi dưới đây (bổ sung các "
            "máy chủ khác cũng gửi thư cho tên miền này).",
            f"{domain} has no SPF record. Add the TXT record below, and to it whatever else sends "
            "mail for the domain.",
            text_record(domain, wanted),
        )
    merged = " ".join([VERSION, *_merged(records), "-all"])
    return sheet.error(
        f"Tên miền {domain} có {len(records)} bản ghi SPF; chỉ được có một, nếu không nơi nhận bỏ "
        "qua tất cả. Gộp lại thành bản ghi dưới đây và xóa các bản ghi cũ.",
        f"{domain} has {len(records)} SPF records; with more than one receivers ignore them all. "
        "Replace them by the one below.",
        text_record(domain, merged),
    )


def _merged(records: Sequence[str]) -> list[str]:
    words = [word for record in records for word in record.split()[1:]]
    return [word for word in dict.fromkeys(words) if word.lstrip("+-~?").lower() != "all"]


def _sound(sheet: Sheet, record: str, tree: SpfTree) -> Iterator[Finding]:
    if tree.missing:
        yield sheet.error(
            f"Bản ghi SPF dẫn tới {', '.join(tree.missing)}, nơi không có đúng một bản ghi SPF: "
            "nơi nhận coi cả bản ghi là hỏng. Bỏ hoặc sửa phần đó.",
            f"The SPF record leads to {', '.join(tree.missing)}, where there is not exactly one "
            "SPF record: receivers take the whole for broken. Remove or correct that part.",
        )
    if tree.lookups > MOST_LOOKUPS:
        yield sheet.error(
            f"Bản ghi SPF cần {tree.lookups} lần tra cứu DNS, tối đa {MOST_LOOKUPS}. Bỏ bớt "
            "include, a, mx không còn dùng, hoặc thay bằng ip4/ip6.",
            f"The SPF record takes {tree.lookups} DNS look-ups, of {MOST_LOOKUPS} at most. Remove "
            "include, a and mx that are no longer needed, or put ip4/ip6 in their place.",
        )
    stricter = _with_ending(record, "-all")
    match tree.ending:
        case "+":
            yield sheet.error(
                "Bản ghi SPF kết thúc bằng +all: ai cũng được gửi thư thay tên miền này. Thay bằng "
                "bản ghi dưới đây.",
                "The SPF record ends in +all: anybody may send for this domain. Replace it by the "
                "one below.",
                text_record(sheet.about, stricter),
            )
        case "-" | "~":
            yield sheet.ok(
                f"Có đúng một bản ghi SPF, {tree.lookups}/{MOST_LOOKUPS} lần tra cứu, kết thúc "
                f"bằng {tree.ending}all.",
                f"One SPF record, {tree.lookups} of {MOST_LOOKUPS} look-ups, ending in "
                f"{tree.ending}all.",
            )
        case _:
            yield sheet.warning(
                "Bản ghi SPF không kết thúc bằng -all hoặc ~all nên không ngăn được ai mạo danh. "
                "Thay bằng bản ghi dưới đây.",
                "The SPF record does not end in -all or ~all, so it keeps nobody from posing as "
                "this domain. Replace it by the one below.",
                text_record(sheet.about, stricter),
            )


def _passes(
    names: Names, sheet: Sheet, record: str, sender: str, origin: Origin, tree: SpfTree
) -> Finding:
    if origin.include:
        if origin.include in tree.domains:
            return sheet.ok(
                f"SPF cho phép máy chủ gửi “{origin.relay}” (include:{origin.include}).",
                f"SPF lets the relay “{origin.relay}” send (include:{origin.include}).",
            )
        return _not_let(sheet, record, origin, "")
    if not origin.addresses:
        return sheet.unchecked(
            f"Không biết máy chủ gửi “{origin.relay}” chuyển thư ra Internet từ địa chỉ nào. Hỏi "
            "nơi quản lý máy chủ rồi chạy lại với --from-ip ĐỊA-CHỈ.",
            f"The address from which the relay “{origin.relay}” sends to the Internet is not known "
            "here. Ask whoever runs it, and run this again with --from-ip ADDRESS.",
        )
    verdicts = {
        str(address): check_host(
            names, address=address, domain=sheet.about, sender=sender, helo=origin.helo
        )
        for address in origin.addresses
    }
    if any(verdict.result is SpfResult.TEMPERROR for verdict in verdicts.values()):
        return sheet.unreachable(sheet.about)
    bad = {a: verdict for a, verdict in verdicts.items() if verdict.result is not SpfResult.PASS}
    if not bad:
        return sheet.ok(
            f"SPF cho phép máy chủ gửi “{origin.relay}” ({', '.join(verdicts)}).",
            f"SPF lets the relay “{origin.relay}” send ({', '.join(verdicts)}).",
        )
    said = "; ".join(
        f"{address}: {verdict.result}{f' ({verdict.why})' if verdict.why else ''}"
        for address, verdict in bad.items()
    )
    return _not_let(sheet, record, origin, said)


def _not_let(sheet: Sheet, record: str, origin: Origin, said: str) -> Finding:
    tail = f" – {said}" if said else ""
    record = _with_terms(record, origin.terms)
    if not origin.certain:
        return sheet.warning(
            f"SPF không cho phép địa chỉ của máy chủ “{origin.relay}”{tail}. Nếu máy chủ chuyển "
            "thư ra Internet từ chính địa chỉ đó, thay bản ghi SPF bằng bản ghi dưới đây; nếu "
            "không chắc, hỏi nơi quản lý máy chủ rồi chạy lại với --from-ip ĐỊA-CHỈ.",
            f"SPF does not let the address of “{origin.relay}” send{tail}. If the relay sends to "
            "the Internet from that very address, replace the SPF record by the one below; if in "
            "doubt ask whoever runs it, and run this again with --from-ip ADDRESS.",
            text_record(sheet.about, record),
        )
    return sheet.error(
        f"SPF không cho phép máy chủ gửi “{origin.relay}”{tail}: thư dễ bị từ chối hoặc vào thư "
        "rác. Thay bản ghi SPF bằng bản ghi dưới đây.",
        f"SPF does not let the relay “{origin.relay}” send{tail}: letters are refused or taken for "
        "spam. Replace the SPF record by the one below.",
        text_record(sheet.about, record),
    )


def _with_terms(record: str, terms: str) -> str:
    # Terms are tried in order, so what is let in must stand before the first refusal.
    version, *words = record.split()
    return " ".join([version, terms, *words])


def _with_ending(record: str, ending: str) -> str:
    words = [word for word in record.split() if word.lstrip("+-~?").lower() != "all"]
    return " ".join([*words, ending])

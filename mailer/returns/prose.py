"""Bounces written for people: which addresses they name, and in whose words."""

import logging
import re
from html import unescape

from flufl.bounce import all_failures  # pyright: ignore[reportUnknownVariableType]

from mailer.returns.returned import ReturnedRecipient
from mailer.returns.taking_apart import Mail, parts, text, value

LONGEST_DIAGNOSTIC = 600
_MOST_ADDRESSES = 50
_LINES_AFTER = 6
"""Lines after an address that still speak of it."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ADDRESS_FIRST = re.compile(rf"[<\[(*\s]*{_ADDRESS.pattern}[>\])]*(?::|$)")
_RETURNED = re.compile(
    r"^[^\w\n]{0,40}(?:below (?:this line )?is a copy|(?:copy of )?(?:the |your )?original"
    r" (?:message|mail)"
    r"|returned (?:message|mail)|(?:start of )?(?:returned|original|unsent|message) (?:message|mail"
    r"|text|headers?)|message (?:text )?follows|included (?:is a copy|below)|this is a copy of"
    r"|begin (?:original|message)|forwarded message|nội dung thư gốc|thư gốc"
    r"|return-path:|received:|message-id:|mime-version:|x-mailer:)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the notice ends and the mail that it returns begins."""
_FIELD = re.compile(
    r"^\W{0,4}(?:final-recipient|original-recipient|to|recipients?|x-failed-recipients?|user"
    r"|error-for|address|người nhận|destinatari\w+|destinataire|empfänger|an|đến)\s*:\s*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_DAEMON = re.compile(
    r"mailer[-_ ]?daemon|post ?master|mail delivery|delivery (?:sub)?system|mail system"
    r"|system administrator|mail ?administrator|mdaemon|microsoft exchange|mailerdaemon"
    r"|mail[-_ ]?robot|mmdf|mail ?server|^ndr@|bounce|hệ thống thư",
    re.IGNORECASE,
)
_FAILING = re.compile(
    r"undeliver|not (?:be )?deliver|deliver\w* (?:status|report|problem|has failed|notification"
    r"|warning|error|incomplete|delay)|deliver\w* fail|fail\w* (?:deliver|mail|notice|to deliver)"
    r"|returned (?:mail|to sender)|mail (?:error|failed|status|failure|could not)"
    r"|failure (?:notice|delivery)|returning (?:message|mail|to sender)|non-?deliver|nondeliver"
    r"|message (?:status|delay|could|not)|could not (?:be )?(?:send|sent)|unable to deliver|bounce"
    r"|\breject|delayed mail|warning: (?:message|could)|unzustell|nicht zugestellt"
    r"|nicht zustell|retourn|non remis|non distribu|échec|avis de non|no (?:se pudo|entreg)"
    r"|devuelto|mancat|impossibile"
    r"|não (?:foi|entreg)|falha|не доставлен|невозможно|недостав|недоставл"
    r"|退信|退回|投递失败|配信不能|không (?:gửi|chuyển|phát) được|(?:gửi|chuyển"
    r"|phát) (?:thư )?(?:không thành công|thất bại)"
    r"|thư (?:bị )?trả (?:lại|về)|không thể (?:gửi|chuyển|phát)|lỗi gửi thư",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"warning: (?:message|could not)|still (?:being retried|trying)|will (?:be retried|(?:keep|"
    r"continue) (?:trying|to (?:try|retry)))|(?:has|have) not yet been delivered|do not need to"
    r" resend|delivery (?:is |has been |will be |status notification \()?\(?delay|delayed mail"
    r"|temporarily delayed|message (?:was |has been |is )?delayed|warning message only"
    r"|đang (?:chờ|thử) gửi lại|sẽ (?:tiếp tục )?thử (?:gửi )?lại|bị chậm",
    re.IGNORECASE,
)


def is_daemon(mail: Mail) -> bool:
    """Tell whether a server signs as the sender."""
    sender = value(mail, "from")
    return sender in {"", "<>"} or bool(_DAEMON.search(sender))


def tells_failure(mail: Mail) -> bool:
    """Tell whether its subject speaks of a failed or late delivery."""
    return bool(_FAILING.search(value(mail, "subject")))


def notice_of(mail: Mail) -> str:
    """Give the words of the notice, up to the mail that it returns."""
    for part in parts(mail):
        kind = part.get_content_type()
        if kind not in {"text/plain", "text/html"} or part.get_filename():
            continue
        words = text(part)
        if kind == "text/html":
            words = unescape(re.sub(r"<(?![^\s<>@]{1,64}@)[^<>]{0,2000}>", "\n", words))
        end = _RETURNED.search(words, 1)
        notice = words[: end.start()] if end else words
        if notice.strip():
            return notice
    return ""


def read_prose(mail: Mail) -> tuple[ReturnedRecipient, ...]:
    """Find who a notice says was not reached: by flufl.bounce first, then by its own words.

    What flufl.bounce calls permanent is only taken to have failed; whether that is for good
    follows from the words.
    """
    notice = notice_of(mail)
    late, failed = _detected(mail)
    if not late and not failed:
        named = _named(mail, notice)
        waits = is_late(mail, notice)
        late, failed = (named, ()) if waits else ((), named)
    return tuple(
        ReturnedRecipient(action=action, final=address, diagnostic=words_about(notice, address))
        for action, addresses in (("failed", failed), ("delayed", late))
        for address in addresses
    )


def names_somebody(mail: Mail) -> bool:
    """Tell whether a notice is of a form that flufl.bounce knows."""
    return any(_detected(mail))


def is_late(mail: Mail, notice: str) -> bool:
    """Tell whether a notice only warns that delivery takes its time."""
    return bool(_WAITING.search(value(mail, "subject")) or _WAITING.search(notice))


def words_about(notice: str, address: str) -> str:
    """Give the lines of a notice that speak of an address, or its whole beginning."""
    lines = [line.strip() for line in notice.splitlines()]
    at = next((n for n, line in enumerate(lines) if address and address in line), None)
    if at is not None:
        after = lines[at + 1 : at + _LINES_AFTER]
        # What stands after the next address speaks of that one.
        end = next((n for n, line in enumerate(after) if _ADDRESS_FIRST.match(line)), len(after))
        about = " ".join(line for line in (lines[at], *after[:end]) if line)
        if len(about) > len(address) + 10:
            return about[:LONGEST_DIAGNOSTIC]
    return " ".join(line for line in lines if line)[:LONGEST_DIAGNOSTIC]


def _detected(mail: Mail) -> tuple[tuple[str, ...], tuple[str, ...]]:
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
    try:
        late, failed = all_failures(mail)
    except Exception:  # noqa: BLE001 - its detectors assume mails that are well-formed
        return (), ()
    return _tidy(late - failed), _tidy(failed)


def _tidy(addresses: frozenset[bytes]) -> tuple[str, ...]:
    found = (address.decode("ascii", "replace").strip() for address in addresses)
    return tuple(sorted(address for address in found if "@" in address))[:_MOST_ADDRESSES]


def _named(mail: Mail, notice: str) -> tuple[str, ...]:
    """Give the addresses that a notice names, but for those of who wrote and who reads it."""
    own = {
        address.lower()
        for name in ("to", "from", "reply-to", "return-path", "delivered-to", "x-original-to")
        for address in _ADDRESS.findall(value(mail, name))
    }
    fields = " ".join(_FIELD.findall(notice))
    for words in (value(mail, "x-failed-recipients"), fields, notice):
        found = [
            address.strip("'.")
            for address in _ADDRESS.findall(words)
            if address.lower() not in own and not _DAEMON.search(address)
        ]
        if found:
            return tuple(dict.fromkeys(found))[:_MOST_ADDRESSES]
    return ()

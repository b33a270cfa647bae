"""A test letter followed: the reports about it, looked for in the mailbox for returned mail."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.trial import CHECK, Trial
from mailer.reason import RefusedError
from mailer.returns.mailbox import Held, MailboxError, open_mailbox
from mailer.returns.mailbox_url import MailboxUrl
from mailer.returns.reading import read_returned
from mailer.returns.returned import Kind, Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFolders:
    """Where reports come to: a mailbox, and the folders that they may have been moved to."""

    mailbox: MailboxUrl
    moved_to: Sequence[str] = ()
    token: Callable[[], str] | None = None


def follow_trial(
    trials: Sequence[Trial],
    folders: ReturnFolders | None,
    *,
    wait: float,
    pause: float = 2,
) -> Iterator[Finding]:
    """Watch for up to `wait` seconds for reports about test letters; mails are left as they are.

    Looks once at least, and ends early when each letter has been reported delivered or bounced.
    """
    recipient = trials[0].envelope.recipient if trials else ""
    sheet = Sheet(CHECK, recipient)
    if folders is None:
        yield sheet.unchecked(
            f"Chưa khai báo hộp thư nhận thư trả về ([returns]). Mở hộp thư {recipient}, kể cả thư "
            f"rác, và hộp thư của {trials[0].envelope.sender} xem có thư báo lỗi không.",
            f"No mailbox for returned mail is set ([returns]). Look into the inbox and the spam of "
            f"{recipient}, and for a bounce in the mailbox of {trials[0].envelope.sender}.",
        )
        return
    ends = time.monotonic() + wait
    waiting = list(trials)
    read: dict[str, set[int]] = {}
    while True:
        try:
            reports = [*_reports(folders, read)]
        except (OSError, RefusedError) as error:
            yield _unreadable(sheet, error)
            return
        for report in reports:
            about = next((trial for trial in waiting if _is_about(report, trial)), None)
            if about is None or report.kind is Kind.AUTO_REPLY:
                continue
            if report.kind is not Kind.DELAY:
                waiting.remove(about)
            yield _told(sheet, report)
        if not waiting:
            return
        if time.monotonic() >= ends:
            break
        time.sleep(pause)
    yield sheet.unchecked(
        f"Sau {wait:.0f} giây chưa có thư báo nào về {len(waiting)} thư thử, như thường lệ khi thư "
        f"đến nơi. Mở hộp thư {recipient}, kể cả thư rác.",
        f"After {wait:.0f} seconds there is no report about {len(waiting)} test letters, as is "
        f"usual for letters that arrive. Look into the inbox and the spam of {recipient}.",
    )


def _unreadable(sheet: Sheet, error: OSError | RefusedError) -> Finding:
    if isinstance(error, RefusedError):
        said_vi, said_en = error.reasons[0].vi, error.reasons[0].en
    else:
        said_vi = said_en = f"{error}."
    return sheet.error(
        f"Không mở được hộp thư nhận thư trả về: {said_vi} Kiểm tra [returns] trong tệp thư.",
        f"The mailbox for returned mail cannot be opened: {said_en} Check [returns] in the mail "
        "file.",
    )


def _reports(folders: ReturnFolders, read: dict[str, set[int]]) -> Iterator[Returned]:
    for held in _new_mails(folders, folders.mailbox.folder, read):
        yield read_returned(held.octets)
    for folder in folders.moved_to:
        try:
            for held in _new_mails(folders, folder, read):
                yield read_returned(held.octets)
        except MailboxError:
            # A folder is made when the first mail is moved there.
            continue


def _new_mails(folders: ReturnFolders, folder: str, read: dict[str, set[int]]) -> Iterator[Held]:
    known = read.setdefault(folder, set())
    url = replace(folders.mailbox, folder=folder)
    with open_mailbox(url, token=folders.token) as mailbox:
        for uid in mailbox.uids()[-200:]:
            if uid not in known:
                known.add(uid)
                held = mailbox.fetch(uid)
                if held is not None:
                    yield held


def _is_about(report: Returned, trial: Trial) -> bool:
    sender = trial.envelope.sender.lower()
    named = {address.lower() for address in (*report.sent_to, *report.return_paths)}
    return (
        trial.message_id in report.message_ids
        or trial.envelope.envelope_id in report.envelope_ids
        or sender in named
    )


def _told(sheet: Sheet, report: Returned) -> Finding:
    said = "; ".join(
        " ".join(part for part in (one.action, one.status, one.diagnostic) if part)
        for one in report.recipients
    )
    if report.kind is Kind.DELIVERY:
        return sheet.ok(
            f"Thư thử đã được phát hoặc chuyển tiếp: {said}.",
            f"The test letter was delivered, or passed on: {said}.",
        )
    if report.kind is Kind.DELAY:
        return sheet.warning(
            f"Thư thử bị chậm: {said}. Máy chủ còn thử tiếp.",
            f"The test letter is delayed: {said}. The relay goes on trying.",
        )
    return sheet.error(
        f"Thư thử bị trả về: {said}. Lời máy chủ nhận nói lý do; đường nhận thư trả về thì tốt.",
        f"The test letter came back: {said}. The receiver's words say why; that it came back shows "
        "that returned mail arrives.",
    )

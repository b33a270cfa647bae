"""Reading the mail file: refused as a whole, every mistake at once, and no secret in a message."""

import os
import re
import stat
import tomllib
from pathlib import Path

from questionnaires.problems import ProblemsError, problem
from questionnaires.reading import read
from survey_service.mailing.relays.checking_mail_file import check_mail_file
from survey_service.mailing.relays.mail_file import MailFile
from survey_service.system_errors import explain


def load_mail_file(path: Path, *, has_relay: bool) -> MailFile:
    """Read and check the mail file; raises ProblemsError with every mistake found.

    `has_relay` tells whether there is a relay apart from the file's own. It holds secrets, so one
    that others than its owner may read is refused.
    """
    file = read(MailFile, _toml(path), file=path.name)
    problems = tuple(check_mail_file(file, path, has_relay=has_relay))
    if problems:
        raise ProblemsError(*problems)
    return file


def _toml(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            octets = opened.read()
    except OSError as error:
        vi, en = explain(error)
        raise ProblemsError(
            problem(path.name, f"không mở được tệp: {vi}.", f"the file cannot be opened: {en}.")
        ) from None
    if mode & 0o077:
        raise ProblemsError(
            problem(
                path.name,
                f"tệp có mật khẩu mà người khác đọc được (quyền {mode:03o}); "
                f"chạy: chmod 600 {path}",
                f"the file holds passwords and others may read it (mode {mode:03o}); "
                f"run: chmod 600 {path}",
            )
        )
    try:
        return tomllib.loads(octets.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = octets[: error.start].count(b"\n") + 1
        raise ProblemsError(
            problem(
                f"{path.name}, dòng/line {line}",
                "tệp phải lưu ở bảng mã UTF-8.",
                "the file must be saved as UTF-8.",
            )
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise ProblemsError(
            problem(
                f"{path.name}, dòng/line {found[1]}" if found else path.name,
                "sai cú pháp TOML: thiếu dấu ngoặc, dấu ngoặc kép, dấu phẩy hoặc dấu =, hoặc một "
                "khóa viết hai lần.",
                "not valid TOML: a missing bracket, quote, comma or =, or a key given twice.",
            )
        ) from None

"""The wave file, read and checked: every mistake at once, before anything is created."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mailer.writing.address import Address, parse_address
from questionnaires.loading import load
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.waves.mail_plan.mail_plan_checking import check_mail_plan
from survey_service.waves.mail_plan.wording_checking import check_wordings
from survey_service.waves.plan import WavePlan
from survey_service.waves.sample_checking import check_sample

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
SERIES: Final = "series"
"""The first part of a series' page (/results/series/CODE), where waves have their codes."""


def load_plan(path: Path) -> WavePlan:
    """Read a wave file; raises ProblemsError with every mistake, by its key."""
    plan = load(WavePlan, path)
    problems = tuple(check_plan(plan, path.name))
    if any(found.severity == "error" for found in problems):
        raise ProblemsError(*problems)
    return plan


def check_plan(plan: WavePlan, file: str) -> Iterator[Problem]:
    """Find what cannot stand in a plan; `file` names it in the problems."""
    if not _CODE.fullmatch(plan.code):
        yield problem(
            f"{file}: code",
            f"mã đợt “{plan.code}” chỉ gồm chữ thường không dấu, số và dấu -, dài 2–40 ký tự.",
            f"the code “{plan.code}” takes small letters, digits and -, 2–40 of them.",
        )
    elif plan.code == SERIES:
        yield problem(
            f"{file}: code",
            f"“{SERIES}” là địa chỉ của các trang loạt đợt; chọn mã khác cho đợt này.",
            f"“{SERIES}” is where the pages of series stand; give this wave another code.",
        )
    if plan.mode != "confidential":
        yield problem(
            f"{file}: mode",
            f"chế độ “{plan.mode}” chưa được hỗ trợ; phiên bản này chỉ mở đợt “confidential” "
            "(bảo mật: câu trả lời tách khỏi người trả lời khi chốt số liệu).",
            f"the mode “{plan.mode}” is not supported yet; this release opens “confidential” "
            "waves only (answers are cut off from people when the wave is frozen).",
        )
    yield from _empty_texts(plan, file)
    yield from _check_dates(plan, file)
    yield from _check_sender(plan, file)
    yield from check_wordings(plan, file)
    yield from check_sample(plan, file)


def _empty_texts(plan: WavePlan, file: str) -> Iterator[Problem]:
    texts = {
        "title.vi": plan.title.vi,
        "title.en": plan.title.en,
        "definitions": plan.definitions,
        "letter.number": plan.letter.number,
        "letter.signatory": plan.letter.signatory,
        "sender.organisation.vi": plan.sender.organisation.vi,
        "sender.organisation.en": plan.sender.organisation.en,
        "privacy.legal_basis.vi": plan.privacy.legal_basis.vi,
        "privacy.legal_basis.en": plan.privacy.legal_basis.en,
        "privacy.contact": plan.privacy.contact,
    }
    for key, written in texts.items():
        if not written.strip():
            yield problem(f"{file}: {key}", "không được để trống.", "must not be empty.")
        elif not written.isprintable():
            yield problem(
                f"{file}: {key}",
                "phải nằm trên một dòng, không có ký tự điều khiển.",
                "must be one line without control characters.",
            )


def _check_dates(plan: WavePlan, file: str) -> Iterator[Problem]:
    known_zone = _is_zone(plan.zone)
    if not known_zone:
        yield problem(
            f"{file}: zone",
            f"không có múi giờ “{plan.zone}”; ở Việt Nam là “Asia/Ho_Chi_Minh”.",
            f"there is no time zone “{plan.zone}”; in Viet Nam it is “Asia/Ho_Chi_Minh”.",
        )
    if plan.letter.date > plan.opens:
        yield problem(
            f"{file}: letter.date",
            f"công văn ký ngày {plan.letter.date:%d/%m/%Y}, sau ngày mở đợt.",
            f"the official letter is dated {plan.letter.date:%d/%m/%Y}, after the opening.",
        )
    if plan.privacy.kept_until <= plan.closes:
        yield problem(
            f"{file}: privacy.kept_until",
            "ngày lưu danh sách phải sau ngày kết thúc đợt.",
            "the day until which lists are kept must come after the last day.",
        )
    if plan.closes < plan.opens:
        yield problem(
            f"{file}: closes",
            f"ngày kết thúc {plan.closes:%d/%m/%Y} trước ngày mở {plan.opens:%d/%m/%Y}.",
            f"the last day {plan.closes:%d/%m/%Y} is before the first {plan.opens:%d/%m/%Y}.",
        )
    elif known_zone:
        yield from check_mail_plan(plan, file)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _check_sender(plan: WavePlan, file: str) -> Iterator[Problem]:
    reply = parse_address(plan.sender.reply_to)
    if not isinstance(reply, Address):
        yield problem(f"{file}: sender.reply_to", reply.vi, reply.en)
    page = urlsplit(plan.sender.page)
    if page.scheme not in {"http", "https"} or not page.hostname:
        yield problem(
            f"{file}: sender.page",
            "ghi địa chỉ đầy đủ của trang thông báo, bắt đầu bằng https://.",
            "write the whole address of the announcing page, beginning with https://.",
        )
    if sum(sign.isdigit() for sign in plan.sender.telephone) < 6:
        yield problem(
            f"{file}: sender.telephone",
            "cần một số điện thoại để người được hỏi gọi xác minh.",
            "a telephone number is needed, for people to call and check.",
        )

"""The words of a wave's letters, checked: every mistake at once, and what reads badly."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from questionnaires.problems import Problem, problem
from questionnaires.text import LANGUAGES, Language
from survey_service.waves.mail_plan.steps import RESULTS, STEPS
from survey_service.waves.mail_plan.wording import (
    CUT_OFF,
    PERSONAL,
    PLACEHOLDERS,
    fill_placeholders,
    has_loose_braces,
    placeholder_named,
    placeholders_in,
)
from survey_service.waves.plan import WavePlan

LONGEST_SUBJECT = 78
"""Characters of a subject that most mail programs show."""
LONGEST: Final[dict[str, int]] = {"subject": 200, "opening": 2000, "closing": 2000}
"""Characters of each part."""

_KINDS = tuple(dict.fromkeys(step.template for step in STEPS.values()))
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_SALUTATION = re.compile(r"\s*(?:kính (?:gửi|thưa)|thưa|dear)\b", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S+|[\w.-]+\.[a-z]{2,}/\S*", re.IGNORECASE)
_DOTTED = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
_AFTER_A_LINK = ".,;:!?)]”’\"'"


def check_wordings(plan: WavePlan, file: str) -> Iterator[Problem]:
    """Find what cannot stand in the words of a plan, and warn of what reads badly."""
    counts = Counter(wording.step for wording in plan.wording)
    for number, wording in enumerate(plan.wording, 1):
        where = f"{file}: wording[{number}]"
        if wording.step not in {*STEPS, *_KINDS}:
            yield problem(
                f"{where}.step",
                f"không có bước “{wording.step}”; các bước là {', '.join(_KINDS)}.",
                f"there is no step “{wording.step}”; the steps are {', '.join(_KINDS)}.",
            )
        elif counts[wording.step] > 1:
            yield problem(
                f"{where}.step",
                f"bước “{wording.step}” có nhiều lời thư; chỉ giữ một.",
                f"the step “{wording.step}” has several wordings; keep one.",
            )
        for part, text in wording.parts():
            for language in LANGUAGES:
                place, words = f"{where}.{part}.{language}", text.in_(language)
                yield from _check_signs(words, part, place)
                yield from _check_placeholders(words, part, wording.step, place)
                yield from _check_links(plan, words, place)
                if part == "subject":
                    yield from _check_length(plan, words, language, place)
                elif part == "opening" and _SALUTATION.match(words):
                    yield _greets_twice(place)


def _greets_twice(where: str) -> Problem:
    return problem(
        where,
        "thư luôn mở đầu bằng “Kính gửi Ông/Bà …” nên lời chào sẽ lặp lại; bỏ lời chào ở đây.",
        "letters always begin with “Dear …”, so people would be greeted twice; leave the "
        "salutation out here.",
        warning=True,
    )


def _check_signs(words: str, part: str, where: str) -> Iterator[Problem]:
    if not words.strip():
        yield problem(where, "không được để trống.", "must not be empty.")
    if len(words) > LONGEST[part]:
        yield problem(
            where,
            f"dài {len(words)} ký tự; nhiều nhất {LONGEST[part]}.",
            f"has {len(words)} characters; at most {LONGEST[part]}.",
        )
    allowed = "" if part == "subject" else "\n"
    unseen = sorted(
        sign for sign in set(words) if unicodedata.category(sign) in _UNSEEN and sign not in allowed
    )
    if unseen:
        signs = ", ".join(f"U+{ord(sign):04X}" for sign in unseen)
        yield problem(
            where,
            f"có ký tự xuống dòng, điều khiển hoặc ẩn ({signs}); đề nghị gõ lại.",
            f"holds line breaks, control or invisible characters ({signs}); please retype it.",
        )


def _check_placeholders(words: str, part: str, step: str, where: str) -> Iterator[Problem]:
    if has_loose_braces(words):
        yield problem(
            where,
            "dấu ngoặc nhọn { } không đi thành cặp.",
            "the braces { } do not come in pairs.",
        )
    for written in dict.fromkeys(placeholders_in(words)):
        name = placeholder_named(written)
        if name is None:
            known_vi = ", ".join(f"{{{vi}}}" for vi in PLACEHOLDERS)
            known_en = ", ".join(f"{{{en}}}" for en in PLACEHOLDERS.values())
            yield problem(
                where,
                f"không có chỗ trống nào tên {{{written}}}; dùng được {known_vi}.",
                f"there is no placeholder {{{written}}}; there are {known_en}.",
            )
        elif part == "subject" and name in PERSONAL:
            yield problem(
                where,
                f"{{{written}}} khác nhau ở mỗi người, không dùng được trong tiêu đề.",
                f"{{{written}}} differs by person and cannot stand in a subject.",
            )
        elif step == RESULTS.name and name in CUT_OFF:
            yield problem(
                where,
                f"{{{written}}} đã bị hủy khi chốt số liệu, thư báo kết quả không dùng được.",
                f"{{{written}}} is destroyed at the freeze; the results letter cannot state it.",
            )


def _check_links(plan: WavePlan, words: str, where: str) -> Iterator[Problem]:
    own = {urlsplit(plan.sender.page).hostname or ""}
    own |= {
        address.rpartition("@")[2].lower()
        for address in (plan.sender.reply_to, plan.privacy.contact)
        if "@" in address
    }
    links = _LINK.findall(words)
    dotted = _DOTTED.findall(_LINK.sub(" ", words))
    for found, is_link in [*((link, True) for link in links), *((name, False) for name in dotted)]:
        host = _host(found)
        if not any(host == name or host.endswith(f".{name}") for name in own if name):
            # A mail program makes a link of “phiếu.xin” too, which somebody else may own.
            yield problem(
                where,
                f"“{found}” dẫn ra ngoài trang thông báo của cơ quan nên giống thư lừa đảo; bỏ đi"
                + ("." if is_link else ", hoặc thêm dấu cách sau dấu chấm."),
                f"“{found}” leads away from the office's announcing page and looks like phishing; "
                "take it out" + ("." if is_link else ", or put a space after the full stop."),
                warning=not is_link,
            )


def _host(link: str) -> str:
    plain = link.rstrip(_AFTER_A_LINK)
    try:
        return urlsplit(plain if "://" in plain else f"//{plain}").hostname or ""
    except ValueError:
        return ""


def _check_length(plan: WavePlan, words: str, language: Language, where: str) -> Iterator[Problem]:
    values = {
        "organisation": plan.sender.organisation.in_(language),
        "title": plan.title.in_(language),
        "opens": f"{plan.opens:%d/%m/%Y}",
        "closes": f"{plan.closes:%d/%m/%Y}",
        "telephone": plan.sender.telephone,
    }
    known = {name: values.get(name, "") for name in PLACEHOLDERS.values()}
    if all(map(placeholder_named, placeholders_in(words))):
        length = len(fill_placeholders(words, known))
        if length > LONGEST_SUBJECT:
            yield problem(
                where,
                f"tiêu đề dài {length} ký tự; quá {LONGEST_SUBJECT} ký tự thường bị cắt khi hiện.",
                f"the subject has {length} characters; past {LONGEST_SUBJECT} it is often cut.",
                warning=True,
            )

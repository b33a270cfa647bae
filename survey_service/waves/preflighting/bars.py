"""What bars a wave from opening, each with its remedy."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from mailer.smtp.loopback import is_loopback
from questionnaires.checking import check
from questionnaires.problems import Problem, problem
from survey_service.config import Settings
from survey_service.frame.reach import rated_classes
from survey_service.store.people import Unit
from survey_service.waves.mail_plan.timetable import is_rolling
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.preflighting.tally import Tally
from survey_service.waves.reading import LoadedWave

RESERVED = frozenset({"example", "invalid", "test", "localhost"})
"""Top-level domains that RFC 2606 keeps from ever being anybody's."""


def check_people(wave: LoadedWave, units: Sequence[Unit], tally: Tally) -> Iterator[Problem]:
    """Check that there are units and people, and that every one of them meets another."""
    if not units:
        yield problem(
            "đơn vị/units",
            f"không có đơn vị nào thuộc các loại của bộ chỉ số và còn hiệu lực ngày "
            f"{wave.plan.opens:%d/%m/%Y}; nhập danh mục bằng: import units TỆP.",
            f"no unit of the index's classes is in force on {wave.plan.opens:%d/%m/%Y}; import "
            "the register with: import units FILE.",
        )
    if not tally.groups():
        if wave.plan.sample is not None:  # they are drawn, or join while it is open
            return
        yield problem(
            "người được hỏi/contacts",
            f"chưa có người nào; nhập danh sách bằng: import contacts TỆP --wave {wave.code}.",
            f"there is nobody yet; import a list with: import contacts FILE --wave {wave.code}.",
        )
        return
    yield from _check_groups(wave, tally)
    if not is_rolling(wave.plan):
        yield from _check_unrated(wave, units, {unit for unit, _ in tally.issued})


def _check_groups(wave: LoadedWave, tally: Tally) -> Iterator[Problem]:
    known = {relation.group for relation in wave.questionnaires.relations}
    for group in tally.groups():
        if group not in known:
            yield problem(
                f"nhóm/group {group}",
                f"{tally.persons(group)} người thuộc nhóm mà bộ phiếu không có; nhập lại danh "
                "sách với --replace hoặc sửa bộ phiếu.",
                f"{tally.persons(group)} people are of a group that the questionnaires do not "
                "have; import the list anew with --replace, or mend the questionnaires.",
            )
        elif tally.without_units[group]:
            shown = ", ".join(tally.examples[group])
            yield problem(
                f"nhóm/group {group}",
                f"{tally.without_units[group]} người không có đơn vị nào để đánh giá ({shown} …); "
                "kiểm tra đơn vị công tác, đơn vị giải quyết, lĩnh vực của họ.",
                f"{tally.without_units[group]} people have no unit to rate ({shown} …); check "
                "their own unit, handling unit and sectors.",
            )


def check_drawn(wave: LoadedWave, tally: Tally) -> Iterator[Problem]:
    """Check that the people of a group that comes from a draw were drawn."""
    sample = wave.plan.sample
    if sample is None or is_rolling(wave.plan) or tally.persons(sample.group):
        return
    yield problem(
        f"nhóm/group {sample.group}",
        f"mẫu chưa rút; chạy: sample draw {wave.code}.",
        f"its sample is not drawn yet; run: sample draw {wave.code}.",
    )


def _check_unrated(
    wave: LoadedWave, units: Sequence[Unit], rated: Collection[str]
) -> Iterator[Problem]:
    sample = wave.plan.sample
    drawn = (
        () if sample is None else rated_classes(wave.framework, wave.questionnaires, sample.group)
    )
    # Lot, or the first stage, may well leave a unit out whose people it could have taken.
    missed = [one.code for one in units if one.code not in rated and one.unit_class in drawn]
    if missed:
        codes = ", ".join(missed)
        yield problem(
            "đơn vị/units",
            f"mẫu không có ai đánh giá: {codes}; các đơn vị này sẽ không có điểm từ người dân.",
            f"nobody drawn rates: {codes}; these units get no points from citizens.",
            warning=True,
        )
    unrated = [one.code for one in units if one.code not in rated and one.code not in missed]
    if unrated:
        codes = ", ".join(unrated)
        yield problem(
            "đơn vị/units",
            f"không ai đánh giá: {codes}; bổ sung người được hỏi, hoặc ghi ngày hết hiệu lực nếu "
            "đơn vị không còn.",
            f"nobody rates: {codes}; add people, or write the last day of a unit that is gone.",
        )


def check_definitions(wave: LoadedWave) -> Iterator[Problem]:
    """Check the definitions once more, as the wave holds them."""
    yield from check(wave.framework, wave.questionnaires)


def check_dates(wave: LoadedWave, now: datetime) -> Iterator[Problem]:
    """Check that the last day is not over, and that an hour is left to send letters in."""
    if now >= wave.closes_at:
        yield problem(
            "wave: closes",
            f"ngày kết thúc {wave.plan.closes:%d/%m/%Y} đã qua; sửa tệp đợt điều tra rồi chạy lại "
            "wave create.",
            f"the last day {wave.plan.closes:%d/%m/%Y} is over; change the wave file and run "
            "wave create again.",
        )
    elif next_opening(wave.plan, max(now, wave.opens_at)) >= wave.closes_at:
        yield problem(
            "wave: mail.window",
            "khung giờ gửi không còn lúc nào trước khi đợt kết thúc, nên thư mời không đến ai; "
            "nới khung giờ hoặc ngày kết thúc trong tệp đợt điều tra rồi chạy lại wave create.",
            "the send window leaves no hour before the wave ends, so nobody would be invited; "
            "widen it or move the last day in the wave file and run wave create again.",
        )


def check_settings(settings: Settings) -> Iterator[Problem]:
    """Check that letters reach people, that replies come back, and that links lead somewhere."""
    yield from check_relay(settings)
    yield from _check_sender(settings)
    if not is_loopback(urlsplit(settings.public_url).hostname or ""):
        return
    # Letters that stay on this machine may well carry links that work on it alone.
    kept_here = is_loopback(urlsplit(settings.smtp_url).hostname or "")
    yield problem(
        "SURVEY_PUBLIC_URL",
        f"liên kết trong thư sẽ trỏ về chính máy này ({settings.public_url}); đặt "
        "SURVEY_PUBLIC_URL là địa chỉ https:// công khai.",
        f"links in letters would lead to this machine ({settings.public_url}); set "
        "SURVEY_PUBLIC_URL to the public https:// address.",
        warning=kept_here,
    )


def check_relay(settings: Settings) -> Iterator[Problem]:
    """Check that a survey with a public address has a relay, and not the built-in catcher."""
    if settings.is_public and settings.catches_mail:
        yield problem(
            "SURVEY_SMTP_URL",
            f"thư sẽ nằm lại trong nơi bắt thư thử của máy này, không đến ai, trong khi địa chỉ "
            f"{settings.public_url} là công khai; đặt SURVEY_SMTP_URL là máy chủ gửi thư của cơ "
            "quan (smtp+starttls://…), hoặc bỏ SURVEY_PUBLIC_URL để chạy thử.",
            f"letters would stay in this machine's mail catcher and reach nobody, while "
            f"{settings.public_url} is public; set SURVEY_SMTP_URL to the office's relay "
            "(smtp+starttls://…), or leave SURVEY_PUBLIC_URL out for a trial.",
        )


def _check_sender(settings: Settings) -> Iterator[Problem]:
    domain = settings.mail_from.rpartition("@")[2]
    # RFC 2606, section 2: nobody can ever own such a domain.
    if settings.is_public and domain.rpartition(".")[2] in RESERVED:
        yield problem(
            "SURVEY_MAIL_FROM",
            f"tên miền {domain} chỉ để làm ví dụ: máy chủ thư sẽ từ chối và thư trả về sẽ mất; "
            "đặt SURVEY_MAIL_FROM là một địa chỉ có thật của cơ quan.",
            f"the domain {domain} is for examples only: mail servers would refuse the letters and "
            "bounces would be lost; set SURVEY_MAIL_FROM to a real address of the office.",
        )

from pathlib import Path

import msgspec
import pytest
from staged import WAVE

from questionnaires.problems import ProblemsError
from survey_service.waves.mail_plan.timetable import timetable
from survey_service.waves.plan import MailPlan, plan_from_json, plan_to_json
from survey_service.waves.plan_checking import load_plan


def load(folder: Path, content: str) -> list[str]:
    path = folder / "dot.toml"
    path.write_text(content, encoding="utf-8")
    try:
        load_plan(path)
    except ProblemsError as error:
        return [found.line() for found in error.problems]
    return []


def test_a_sound_plan_survives_its_json(tmp_path: Path) -> None:
    path = tmp_path / "dot.toml"
    path.write_text(WAVE, encoding="utf-8")
    plan = load_plan(path)
    assert plan_from_json(plan_to_json(plan)) == plan
    assert plan.closes_at().isoformat() == "2025-03-15T00:00:00+07:00"


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        (('code = "hai-xa"', 'code = "Hai Xã"'), "code", "chữ thường không dấu"),
        (('code = "hai-xa"', 'code = "series"'), "code", "chọn mã khác"),
        (('code = "hai-xa"', 'code = "series"'), "code", "give this wave another code"),
        (("opens = 2025-03-03", "opens = 2025-04-03"), "closes", "trước ngày mở"),
        (("date = 2025-02-20", "date = 2025-03-04"), "letter.date", "sau ngày mở đợt"),
        (("2025-12-31", "2025-03-14"), "privacy.kept_until", "sau ngày kết thúc"),
        (("[3, 7]", "[7, 3]"), "reminders", "tăng dần"),
        (("[3, 7]", "[3, 12]"), "reminders", "từ 1 đến 11"),
        (("[3, 7]", "[0]"), "reminders", "from 1 to 11"),
        (("https://noivu", "noivu"), "sender.page", "https://"),
        (('"0213 300 000"', '"đang cập nhật"'), "sender.telephone", "số điện thoại"),
        (('reply_to = "hotro@', 'reply_to = "hotro'), "sender.reply_to", "thiếu dấu @"),
        (('"Chủ tịch UBND"', '" "'), "letter.signatory", "không được để trống"),
        (('vi = "nhiệm vụ công"', 'vi = ""'), "privacy.legal_basis.vi", "must not be empty"),
        (("seed = 7", 'seed = 7\nzone = "Asia/Saigon2"'), "zone", "múi giờ"),
        (("seed = 7", 'seed = 7\nmode = "anonymous"'), "mode", "chưa được hỗ trợ"),
        (("seed = 7", 'seed = 7\nmode = "sealed"'), "mode", "not supported yet"),
        (("seed = 7", 'seed = "7"'), "seed", "số nguyên"),
        (("opens = 2025-03-03", 'opens = "2025-03-03"'), "opens", "2023-02-20"),
        (("opens = 2025-03-03", "opens = 2025-03-03T08:00:00Z"), "opens", "a date without"),
        (("seed = 7", 'seed = 7\ncloses_at = "x"'), "closes_at", "closes"),
        (("seed = 7\n", ""), "seed", "thiếu khóa bắt buộc"),
    ],
)
def test_each_mistake_is_told_by_its_key(
    tmp_path: Path, change: tuple[str, str], where: str, words: str
) -> None:
    assert change[0] in WAVE
    (line,) = load(tmp_path, WAVE.replace(*change))
    assert line.startswith(f"dot.toml: {where}: ")
    assert words in line


def mail(table: str) -> tuple[str, str]:
    return ("[privacy]", f"[mail]\n{table}\n\n[privacy]")


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        (("[3, 7]", "[2, 4, 6, 8]"), "reminders", "nhiều nhất 3 lần nhắc"),
        (("[3, 7]", "[1, 7]"), "reminders", "sớm nhất là ngày 05/03/2025"),
        (("[3, 7]", "[3, 4]"), "reminders", "the earliest day is 08/03/2025"),
        (mail("days_between = 5"), "reminders", "mail.days_between = 5"),
        (mail("pre_notice = 0"), "mail.pre_notice", "từ 1 đến 30"),
        (mail("pre_notice = 31"), "mail.pre_notice", "from 1 to 30"),
        (mail("pre_notice = 12"), "mail.pre_notice", "công văn ký sau đó"),
        (mail("closing_notice = -1"), "mail.closing_notice", "từ 0 đến 11"),
        (mail("closing_notice = 12"), "mail.closing_notice", "from 0 to 11"),
        (mail("closing_notice = 6"), "mail.closing_notice", "lần nhắc trước đó"),
        (mail("closing_notice = 3"), "mail.closing_notice", "12/03/2025"),
        (mail("days_between = 0"), "mail.days_between", "từ 1 đến 30"),
        (mail("late_hours = 721"), "mail.late_hours", "từ 1 đến 720"),
        (mail('window = { from = "8h" }'), "mail.window.from", "“08:00”"),
        (mail('window = { to = "25:00" }'), "mail.window.to", "“24:00”"),
        (mail('window = { from = "17:30", to = "08:00" }'), "mail.window", "rỗng"),
        (mail("window = { days = [] }"), "mail.window.days", "ít nhất một ngày"),
        (mail('window = { days = ["t2"] }'), "mail.window.days[1]", "mon"),
        (mail("pre_notices = 3"), "mail.pre_notices", "pre_notice"),
        # The first Sunday was the 9th, for the invitation and for the reminder of the 6th.
        (mail('window = { days = ["sun"] }'), "reminders", "quá gần thư mời ngày 09/03/2025"),
    ],
)
def test_each_mistake_in_the_plan_of_letters_is_told_by_its_key(
    tmp_path: Path, change: tuple[str, str], where: str, words: str
) -> None:
    assert change[0] in WAVE
    (line,) = load(tmp_path, WAVE.replace(*change))
    assert line.startswith(f"dot.toml: {where}: ")
    assert words in line


def test_a_pre_notice_that_the_window_puts_off_until_the_invitation_is_refused(
    tmp_path: Path,
) -> None:
    # 2025-03-03 was a Monday: the day before it no letter goes.
    weekdays = WAVE.replace(*mail("pre_notice = 1\nwindow = {}"))
    (line,) = load(tmp_path, weekdays)
    assert line.startswith("dot.toml: mail.pre_notice: khung giờ gửi đẩy thư báo trước")
    assert load(tmp_path, weekdays.replace("pre_notice = 1", "pre_notice = 3")) == []


def test_a_step_that_the_window_puts_off_beyond_the_last_day_is_refused(tmp_path: Path) -> None:
    fridays = WAVE.replace("reminders = [3, 7]\n", "").replace("2025-03-14", "2025-03-16")
    (line,) = load(tmp_path, fridays.replace(*mail("closing_notice = 1\nwindow = {}")))
    assert line.startswith("dot.toml: mail.closing_notice: khung giờ gửi đẩy bước closing-notice")
    assert "17/03/2025" in line


def test_a_wave_without_any_hour_to_send_is_refused(tmp_path: Path) -> None:
    week = WAVE.replace("reminders = [3, 7]\n", "").replace("2025-03-14", "2025-03-07")
    (line,) = load(tmp_path, week.replace(*mail('window = { days = ["sat"] }')))
    assert line.startswith("dot.toml: mail.window: ")


def test_a_whole_plan_of_letters_is_read(tmp_path: Path) -> None:
    path = tmp_path / "dot.toml"
    table = """pre_notice = 3
closing_notice = 1
thank_you = true
results = true
days_between = 3
window = { from = "08:00", to = "17:30", days = ["mon", "tue", "wed", "thu", "fri"] }
late_hours = 24"""
    path.write_text(WAVE.replace(*mail(table)), encoding="utf-8")
    plan = load_plan(path)
    assert plan_from_json(plan_to_json(plan)) == plan
    assert [
        (step.step.name, step.due_at and f"{step.due_at:%m-%dT%H}") for step in timetable(plan)
    ] == [
        ("pre-notice", "02-28T01"),
        ("invitation", "03-03T01"),
        ("reminder-1", "03-06T01"),
        ("reminder-2", "03-10T01"),
        ("closing-notice", "03-13T01"),
        ("thank-you", "03-02T17"),
        ("results", None),
    ]


def test_an_old_plan_has_no_other_letters_than_before(tmp_path: Path) -> None:
    path = tmp_path / "dot.toml"
    path.write_text(WAVE, encoding="utf-8")
    old = plan_to_json(load_plan(path)).replace(
        b'"mail":' + msgspec.json.encode(MailPlan(), order="sorted") + b",", b""
    )
    assert b"mail" not in old.replace(b"mailto", b"")
    plan = plan_from_json(old)
    assert plan.mail == MailPlan()
    assert [step.step.name for step in timetable(plan)] == [
        "invitation",
        "reminder-1",
        "reminder-2",
    ]


def test_mistakes_in_the_plan_of_letters_come_all_at_once(tmp_path: Path) -> None:
    wrong = WAVE.replace("[3, 7]", "[9, 1]").replace(
        *mail('pre_notice = 0\nlate_hours = 0\nwindow = { from = "x", days = [] }')
    )
    assert len(load(tmp_path, wrong)) == 5


def test_mistakes_come_all_at_once(tmp_path: Path) -> None:
    wrong = WAVE.replace("[3, 7]", "[9, 1]").replace("https://noivu", "noivu")
    assert len(load(tmp_path, wrong)) == 2


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (line,) = load(tmp_path, WAVE.replace("seed = 7", "seed = "))
    assert "dot.toml, dòng/line 6" in line

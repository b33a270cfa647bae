"""A small open wave after the play: letters that a visitor can answer by hand."""

from datetime import timedelta
from importlib.resources import files

from survey_service.clock import SystemClock
from survey_service.demo.playing import ACTOR, ZONE, Stage, send_letters
from survey_service.entropy import SystemEntropy
from survey_service.waves.drafting import create_wave
from survey_service.waves.opening import open_wave
from survey_service.waves.people import import_contacts

WAVE = "thu-tra-loi"
OPEN_DAYS = 30

CONTACTS = """\
Họ và tên;Thư điện tử;Nhóm đối tượng;Đơn vị công tác;Ngôn ngữ;Đơn vị giải quyết;Thủ tục;Tháng
Đại biểu HĐND thứ nhất (dùng thử);dung-thu.hdnd1@hop-thu.example;HDND;;vi;;;
Đại biểu HĐND thứ hai (dùng thử);dung-thu.hdnd2@hop-thu.example;HDND;;vi;;;
Công chức Sở Nội vụ (dùng thử);dung-thu.ccvc@hop-thu.example;CCVC;SNV;vi;;;
A citizen (trying it out);dung-thu.nd@hop-thu.example;ND;;en;SYT;Cấp chứng chỉ hành nghề;03/2026
"""


def open_trial(stage: Stage, relay: str) -> int:
    """Open the wave with today's dates and send its letters to the catcher; give their number."""
    stage.clock.follow(SystemClock())
    today = stage.clock.now().astimezone(ZONE).date()
    folder = stage.out / "input"
    plan = files("survey_service.demo").joinpath("wave.toml").read_text(encoding="utf-8")
    for old, new in (
        ('code = "par-2022"', f'code = "{WAVE}"'),
        ("opens = 2023-02-20", f"opens = {today}"),
        ("closes = 2023-03-04", f"closes = {today + timedelta(days=OPEN_DAYS)}"),
        ("date = 2023-02-15", f"date = {today}"),
        ("kept_until = 2023-12-31", f"kept_until = {today + timedelta(days=365)}"),
        ("reminders = [5]\n", ""),
    ):
        if old not in plan:
            raise ValueError(f"the wave file has no {old!r}")
        plan = plan.replace(old, new)
    (folder / "trial.toml").write_text(plan, encoding="utf-8")
    (folder / "trial.csv").write_text(CONTACTS, encoding="utf-8")
    create_wave(stage.database, stage.clock, folder / "trial.toml", actor=ACTOR)
    import_contacts(stage.database, stage.clock, folder / "trial.csv", code=WAVE, actor=ACTOR)
    opened = open_wave(
        stage.database, stage.clock, SystemEntropy(), stage.settings, code=WAVE, actor=ACTOR
    )
    send_letters(stage, relay, opened.invitations, "Thư dùng thử / Trial letters")
    return opened.invitations

from pathlib import Path

import pytest
from staged import WAVE

from questionnaires.problems import ProblemsError
from survey_service.waves.plan import plan_from_json, plan_to_json
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


def test_mistakes_come_all_at_once(tmp_path: Path) -> None:
    wrong = WAVE.replace("[3, 7]", "[9, 1]").replace("https://noivu", "noivu")
    assert len(load(tmp_path, wrong)) == 2


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (line,) = load(tmp_path, WAVE.replace("seed = 7", "seed = "))
    assert "dot.toml, dòng/line 6" in line

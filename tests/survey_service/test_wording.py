"""Staff may word the letters of a wave, within what keeps them believable."""

from pathlib import Path

import msgspec
import pytest
from loaded_waves import loaded_wave
from made_waves import PLAN
from staged import WAVE

from questionnaires.problems import Problem, ProblemsError
from questionnaires.text import LANGUAGES, Text
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.mailing.writing.letter_wording import letter_wording
from survey_service.mailing.writing.step_texts import step_text, usual_text
from survey_service.store.database import Database
from survey_service.waves.drafting import create_wave
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.mail_plan.wording import PLACEHOLDERS, StepWording, fill_placeholders
from survey_service.waves.mail_plan.wording_checking import check_wordings
from survey_service.waves.plan import WavePlan
from survey_service.waves.plan_checking import load_plan

SETTINGS = read_settings({"SURVEY_PUBLIC_URL": "https://khaosat.example"})
SOUND = Text(vi="Lời thư đúng.", en="Sound words.")


def plan(*wordings: StepWording) -> WavePlan:
    return msgspec.structs.replace(PLAN, wording=wordings)


def said(
    vi: str, *, part: str = "opening", step: str = "invitation"
) -> tuple[list[Problem], list[Problem]]:
    """Check one Vietnamese text; gives errors and warnings."""
    texts = {"subject": SOUND, "opening": SOUND, part: Text(vi=vi, en="Sound words.")}
    found = list(check_wordings(plan(StepWording(step=step, **texts)), "wave.toml"))
    assert {problem.where for problem in found} <= {f"wave.toml: wording[1].{part}.vi"}
    assert all(problem.message.vi and problem.message.en for problem in found)
    errors = [problem for problem in found if problem.severity == "error"]
    return errors, [problem for problem in found if problem.severity == "warning"]


WAYS = [
    *PLACEHOLDERS.items(),
    *((name, name) for name in PLACEHOLDERS.values()),
    ("ten dot", "title"),
    ("TÊN_ĐỢT", "title"),
]


@pytest.mark.parametrize(("written", "name"), WAYS)
def test_every_placeholder_is_filled_with_or_without_accents(written: str, name: str) -> None:
    values = {known: f"<{known}>" for known in PLACEHOLDERS.values()}
    assert fill_placeholders(f"a {{{written}}} b", values) == f"a <{name}> b"
    assert said(f"Lời {{{written}}} thư.") == ([], [])


def test_unknown_placeholders_are_named_with_those_there_are() -> None:
    errors, _ = said("Kính gửi {họ tên}, {hạn}, {}.")
    assert len(errors) == 2
    assert "{họ tên}" in errors[0].message.vi
    assert "{tên đợt}" in errors[0].message.vi
    assert "{results page}" in errors[0].message.en


@pytest.mark.parametrize("text", ["Kính gửi Ông/Bà {tên},", "\nKÍNH THƯA", "Dear {name}, we"])
def test_a_second_salutation_is_warned_of(text: str) -> None:
    errors, [warning] = said(text)
    assert errors == []
    assert "lặp lại" in warning.message.vi
    assert said(text, part="closing") == ([], [])
    assert said("Dearth of time? Kính gửi sau.") == ([], [])


@pytest.mark.parametrize("text", ["{hạn", "hạn}", "{{hạn}}", "}{", "{hạn} {"])
def test_braces_come_in_pairs(text: str) -> None:
    errors, _ = said(text)
    assert any("thành cặp" in error.message.vi for error in errors)


@pytest.mark.parametrize("name", ["tên", "đơn vị", "khối lượng", "load"])
def test_a_subject_cannot_differ_by_person(name: str) -> None:
    errors, _ = said(f"Thư {{{name}}}", part="subject")
    assert [error.message.en.split("}")[1] for error in errors] == [
        " differs by person and cannot stand in a subject."
    ]


def test_the_results_letter_cannot_state_what_the_freeze_destroyed() -> None:
    assert len(said("{đơn vị} {load}", step="results")[0]) == 2
    assert said("{tên}", step="results") == ([], [])


@pytest.mark.parametrize(
    "sign", ["\x00", "\t", "\r", "\x7f", "\u200b", "\u202e", "\ue000", "\u2028"]
)
@pytest.mark.parametrize("part", ["subject", "opening", "closing"])
def test_signs_that_nobody_sees_are_refused(sign: str, part: str) -> None:
    (error,), _ = said(f"a{sign}b", part=part)
    assert f"U+{ord(sign):04X}" in error.message.vi


def test_a_line_break_parts_paragraphs_but_no_subject() -> None:
    assert said("a\n\nb") == ([], [])
    assert len(said("a\nb", part="subject")[0]) == 1


@pytest.mark.parametrize("part", ["subject", "opening", "closing"])
def test_empty_and_overlong_words_are_refused(part: str) -> None:
    assert len(said(" ", part=part)[0]) == 1
    assert len(said("a " * 1001, part=part)[0]) == 1


def test_a_long_subject_is_warned_of_as_it_will_be_filled() -> None:
    assert said("a" * 78, part="subject") == ([], [])
    errors, (warning,) = said("a" * 60 + " {tên đợt}", part="subject")
    assert errors == []
    assert str(61 + len(PLAN.title.vi)) in warning.message.vi


@pytest.mark.parametrize(
    "link",
    [
        "https://noivu.example.lua-dao.vn/",
        "http://bit.ly/abc",
        "www.lua-dao.vn",
        "lua-dao.vn/phieu",
        "https://noivu.example@lua-dao.vn",
        "HTTPS://LUA-DAO.VN",
        "https://[",
        "https://xn--noivu-abc.example/",
    ],
)
def test_a_link_to_a_foreign_host_is_refused(link: str) -> None:
    errors, _ = said(f"Mời mở {link} để trả lời.")
    assert len(errors) == 1
    assert "lừa đảo" in errors[0].message.vi


@pytest.mark.parametrize(
    "link",
    [
        "https://noivu.example/khac",
        "https://tin.noivu.example.",
        "noivu.example",
        "hotro@khaosat.example",
    ],
)
def test_a_link_to_the_office_itself_may_stand(link: str) -> None:
    assert said(f"Xem {link}, hoặc gọi.") == ([], [])


def test_what_a_mail_program_would_make_a_link_of_is_warned_of() -> None:
    errors, warnings = said("Mời trả lời ngay.Xin cảm ơn, v.v. Theo 12/2020 và 5.000.")
    assert errors == []
    assert ["“ngay.Xin”" in warning.message.vi for warning in warnings] == [True]


def test_steps_are_known_and_worded_once() -> None:
    known = StepWording(step="reminder", subject=SOUND, opening=SOUND)
    found = list(
        check_wordings(
            plan(
                known,
                replace_step(known, "reminder-2"),
                replace_step(known, "invite"),
                known,
            ),
            "w",
        )
    )
    assert [problem.where for problem in found] == [
        "w: wording[1].step",
        "w: wording[3].step",
        "w: wording[4].step",
    ]
    assert "pre-notice, invitation" in found[1].message.en


def replace_step(wording: StepWording, step: str) -> StepWording:
    return msgspec.structs.replace(wording, step=step)


def test_all_mistakes_of_a_wave_file_are_found_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wave.toml"
    path.write_text(
        f"""{WAVE}
[[wording]]
step = "invitation"
subject = {{ vi = "{{ai}}", en = "" }}
opening = {{ vi = "Mở http://x.vn/", en = "ok" }}

[[wording]]
step = "nothing"
subject = {{ vi = "ok", en = "ok" }}
opening = {{ vi = "ok", en = "{{" }}
""",
        encoding="utf-8",
    )
    with pytest.raises(ProblemsError) as refused:
        load_plan(path)
    assert [problem.where for problem in refused.value.problems] == [
        "wave.toml: wording[1].subject.vi",
        "wave.toml: wording[1].subject.en",
        "wave.toml: wording[1].opening.vi",
        "wave.toml: wording[2].step",
        "wave.toml: wording[2].opening.en",
    ]


def test_a_warning_is_shown_and_bars_nothing(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "wave.toml"
    long = "a" * 90
    path.write_text(
        f"""{WAVE}
[[wording]]
step = "invitation"
subject = {{ vi = "{long}", en = "short" }}
opening = {{ vi = "ok", en = "ok" }}
""",
        encoding="utf-8",
    )
    clock = SteppedClock(PLAN.opens_at())
    drafted = create_wave(database, clock, path, actor="Phòng Nội vụ")
    assert [problem.where for problem in drafted.warnings] == ["wave.toml: wording[1].subject.vi"]


OWN = StepWording(
    step="reminder",
    subject=Text(vi="Còn đến {hạn}", en="Until {closes}"),
    opening=Text(vi="Thưa {tên},\n\nCó {khối lượng} & <hết>.", en="{name}: {agencies}"),
)


def test_the_words_of_staff_take_the_place_of_the_usual_ones_and_of_nothing_else() -> None:
    usual = letter_wording(SETTINGS, loaded_wave(), "reminder-1", "vi")
    own = letter_wording(SETTINGS, loaded_wave(OWN), "reminder-1", "vi")
    assert own.subject == "Còn đến 14/03/2025"
    assert "Cách đây ít hôm" not in own.text + own.html
    assert "Thưa \ue000name\ue001,\n\nCó \ue000load\ue001 & <hết>." in own.text
    assert "Có \ue000load\ue001 &amp; &lt;hết&gt;." in own.html
    fixed = usual.text.partition("Phiếu gồm")[2]
    assert fixed
    assert own.text.endswith(fixed)
    assert letter_wording(SETTINGS, loaded_wave(OWN), "invitation", "vi").text == (
        letter_wording(SETTINGS, loaded_wave(), "invitation", "vi").text
    )


def test_a_steps_own_words_go_before_those_of_its_kind() -> None:
    second = StepWording(step="reminder-2", subject=SOUND, opening=SOUND, closing=SOUND)
    both = plan(OWN, second)
    assert step_text(both, "reminder-1", "en").subject == "Until {closes}"
    assert step_text(both, "reminder-2", "en").closing == ("Sound words.",)
    thanks = StepWording(step="thank-you", subject=SOUND, opening=SOUND)
    assert step_text(plan(thanks), "thank-you", "vi").closing == (
        usual_text("thank-you", "vi").closing
    ), "how to see, correct and withdraw stays"


@pytest.mark.parametrize("template", sorted({step.template for step in STEPS.values()}))
def test_the_usual_words_pass_their_own_check(template: str) -> None:
    texts = {language: usual_text(template, language) for language in LANGUAGES}
    vi, en = texts["vi"], texts["en"]
    closing = Text(vi="\n\n".join(vi.closing), en="\n\n".join(en.closing))
    wording = StepWording(
        step=template,
        subject=Text(vi=vi.subject, en=en.subject),
        opening=Text(vi="\n\n".join(vi.opening), en="\n\n".join(en.opening)),
        closing=closing if vi.closing else None,
    )
    found = list(check_wordings(plan(wording), "w"))
    assert found == []
    assert len(vi.opening) == len(en.opening)
    assert len(vi.closing) == len(en.closing)

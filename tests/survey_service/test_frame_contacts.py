from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from staged import CODE, HEADING, UNITS, Stage, contacts, write_workbook

from questionnaires.problems import ProblemsError
from survey_service.journal import verify_chain
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Contact
from survey_service.store.waves import Wave
from survey_service.waves.people import import_contacts
from survey_service.waves.reading import WaveUnknownError
from survey_service.waves.transitions import WaveStateError


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    stage = Stage(database, tmp_path)
    stage.create()
    return stage


def people(stage: Stage) -> list[Contact]:
    with stage.database.reading() as session:
        return list(session.scalars(select(Contact).order_by(Contact.id)))


def refused(stage: Stage, content: str | bytes, **options: Any) -> list[str]:
    before = len(people(stage))
    with pytest.raises(ProblemsError) as caught:
        stage.invite(content, **options)
    assert len(people(stage)) == before
    assert {found.severity for found in caught.value.problems} >= {"error"}
    return [found.line() for found in caught.value.problems]


def test_a_list_is_imported_whole(stage: Stage) -> None:
    heading = HEADING.rstrip() + ";Ngôn ngữ;Tầng;Tổng số;Trọng số\n"
    done = stage.invite(
        heading
        + "  Nguyễn  Văn A ; A.B@Xa.EXAMPLE ;Lãnh đạo UBND xã khác;UBND xã Một;;;;Tiếng Anh;;;\n"
        + "Trần B;b@dan.example;ND;;xa2;Khai sinh;2025-02;;XA2 – khai sinh;1.200;1,5\n"
    )
    assert (done.added, done.updated, done.warnings) == (2, 0, ())
    leader, citizen = people(stage)
    assert (leader.name, leader.email, leader.group) == ("Nguyễn Văn A", "A.B@xa.example", "CX")
    assert (leader.email_key, leader.own_unit, leader.language) == ("a.b@xa.example", "XA1", "en")
    assert (leader.transactions, leader.population, leader.weight) == ([], None, "1")
    assert citizen.transactions == [{"unit": "XA2", "service": "Khai sinh", "month": "02/2025"}]
    assert (citizen.stratum, citizen.population) == ("XA2 – khai sinh", 1200)
    assert (citizen.weight, citizen.language, citizen.own_unit) == ("1.5", "vi", None)


def test_the_journal_keeps_counts_and_no_person(stage: Stage) -> None:
    stage.invite(contacts())
    with stage.database.reading() as session:
        entry = session.scalars(
            select(JournalEntry).where(JournalEntry.event == "contacts imported")
        ).one()
        assert entry.details == {"added": 36, "updated": 0, "replaced": False}
        assert entry.wave == CODE
        assert verify_chain(session) is None


def test_every_mistake_is_told_by_line_and_column(stage: Stage) -> None:
    heading = HEADING.rstrip() + ";Ngôn ngữ;Tổng số;Trọng số;Lĩnh vực;Tầng\n"
    lines = refused(
        stage,
        heading
        + "A;a@xa;CX;XA1;;;;;;;;\n"
        + "B;a@xa.example b@xa.example;CX;XA1;;;;;;;;\n"
        + "C;;CX;XA1;;;;;;;;\n"
        + "D;d@xa.example;XX;XA1;;;;;;;;\n"
        + "E;e@xa.example;CX;XA9;;;;;;;;\n"
        + "F;f@xa.example;CB;;;;;;;;;\n"
        + "G;g@xa.example;ND;;;;;;;;;\n"
        + "=H;h@xa.example;ND;;XA1;+1;13/2025;fr;một;0;;\n"
        + "I\x07;i@xa.example;;XA1;;;;;;;đất;\n"
        + f"K;k@xa.example;CX;XA1;;;;;;;;{'t' * 81}\n",
    )
    expected = [
        (2, "B", "“a@xa” Phần tên miền"),
        (3, "B", "nhiều địa chỉ"),
        (4, "B", "Chưa có địa chỉ"),
        (5, "C", "không phải nhóm đối tượng nào"),
        (6, "D", "không phải mã hay tên của một đơn vị"),
        (7, "D", "cần ghi đơn vị công tác"),
        (8, "E", "cần ghi đơn vị đã giải quyết"),
        (9, "A", "“=H” bắt đầu như một công thức"),
        (9, "F", "“+1” bắt đầu như một công thức"),
        (9, "G", "không phải tháng"),
        (9, "H", "không phải vi hoặc en"),
        (9, "I", "không phải tổng số người"),
        (9, "J", "không phải trọng số"),
        (10, "A", "ký tự điều khiển"),
        (10, "C", "để trống"),
        (10, "K", "không phải lĩnh vực"),
        (11, "L", "tối đa 80"),
    ]
    for line, column, words in expected:
        where = f"c.csv, dòng/line {line}, cột/column {column} “"
        assert any(where in found and words in found for found in lines), (line, column)
    assert len(lines) == len(expected)
    assert all(" / " in found for found in lines)


def test_a_need_without_its_column_names_the_row(stage: Stage) -> None:
    (line,) = refused(stage, "Email;Nhóm\na@xa.example;CB\n")
    assert line.startswith("c.csv, dòng/line 2: cần ghi đơn vị công tác")


def test_one_person_may_have_several_transactions(stage: Stage) -> None:
    done = stage.invite(
        HEADING
        + "A;a@dan.example;ND;;XA1;Khai sinh;01/2025\n"
        + "B;b@dan.example;ND;;XA2;Khai sinh;01/2025\n"
        + "A;A@dan.example;ND;;XA2;Khai tử;02/2025\n"
        + "A;a@dan.example;ND;;XA1;Khai sinh;03/2025\n"
    )
    assert (done.added, done.warnings) == (2, ())
    first, second = people(stage)
    assert [(row["unit"], row["month"]) for row in first.transactions] == [
        ("XA1", "01/2025"),
        ("XA2", "02/2025"),
        ("XA1", "03/2025"),
    ]
    assert second.email == "b@dan.example"


def test_a_repeated_row_counts_once_with_a_warning(stage: Stage) -> None:
    row = "A;a@dan.example;ND;;XA1;Khai sinh;01/2025\n"
    done = stage.invite(HEADING + row + row)
    assert done.added == 1
    (warning,) = done.warnings
    assert warning.severity == "warning"
    assert warning.where == "c.csv, dòng/line 3, cột/column B “Thư điện tử”"
    assert "trùng với dòng 2" in warning.message.vi
    assert len(people(stage)[0].transactions) == 1


def test_a_shared_mailbox_with_two_names_is_warned_of(stage: Stage) -> None:
    done = stage.invite(
        HEADING
        + "A;a@dan.example;ND;;XA1;Khai sinh;01/2025\n"
        + "B;a@dan.example;ND;;XA2;Khai sinh;01/2025\n"
    )
    (warning,) = done.warnings
    assert "another name" in warning.message.en
    assert people(stage)[0].name == "A"


def test_one_address_in_two_groups_is_refused_naming_the_first_line(stage: Stage) -> None:
    (line,) = refused(
        stage,
        HEADING + "A;a@xa.example;CX;XA1;;;\nA;A@XA.example;ND;;XA1;Khai sinh;01/2025\n",
    )
    assert line.startswith("c.csv, dòng/line 3, cột/column B “Thư điện tử”: ")
    assert "đã có ở dòng 2 với nhóm CX" in line
    assert "stands in line 2 already, in group CX" in line


def test_one_address_in_two_units_is_refused(stage: Stage) -> None:
    (line,) = refused(stage, HEADING + "A;a@xa.example;CX;XA1;;;\nA;a@xa.example;CX;XA2;;;\n")
    assert "đơn vị công tác khác với dòng 2" in line


def test_an_accented_address_is_warned_of(stage: Stage) -> None:
    done = stage.invite(HEADING + "A;nguyễn@xa.example;CX;XA1;;;\n")
    assert done.added == 1
    assert "dấu tiếng Việt" in done.warnings[0].message.vi


def test_a_unit_that_the_group_does_not_rate_is_refused(stage: Stage) -> None:
    stage.create(units=UNITS + "TINH;UBND tỉnh;;TINH;\n")
    (line,) = refused(stage, HEADING + "A;a@dan.example;ND;;TINH;Khai sinh;01/2025\n")
    assert "không thuộc loại đơn vị" in line


def test_a_unit_out_of_force_is_refused(stage: Stage) -> None:
    stage.create(units="Mã;Tên;Loại;Hiệu lực đến\nCU;UBND xã Cũ;XA;02/03/2025\n")
    (line,) = refused(stage, HEADING + "A;a@xa.example;CX;CU;;;\n")
    assert "còn hiệu lực vào ngày mở đợt" in line


def test_a_name_that_two_units_share_means_neither(stage: Stage) -> None:
    stage.create(units=UNITS + "XA3;UBND xã Một;;XA;\n")
    (line,) = refused(stage, HEADING + "A;a@xa.example;CX;UBND xã Một;;;\n")
    assert "“UBND xã Một” không phải mã hay tên" in line
    assert stage.invite(HEADING + "A;a@xa.example;CX;XA3;;;\n").added == 1


def test_importing_again_updates_by_address(stage: Stage) -> None:
    stage.invite(contacts())
    again = stage.invite(contacts().replace("Lãnh đạo số", "Chủ tịch số"))
    assert (again.added, again.updated) == (0, 36)
    found = people(stage)
    assert len(found) == 36
    assert sum(person.name.startswith("Chủ tịch") for person in found) == 12


def test_another_file_cannot_move_a_person_to_another_group(stage: Stage) -> None:
    stage.invite(HEADING + "A;a@xa.example;CX;XA1;;;\n")
    moved = HEADING + "A;a@xa.example;CB;XA1;;;\n"
    (line,) = refused(stage, moved)
    assert "đã có trong đợt ở nhóm CX" in line
    assert "--replace" in line
    done = stage.invite(moved, replace=True)
    assert (done.added, done.updated) == (1, 0)
    assert [person.group for person in people(stage)] == ["CB"]


def test_mistakes_of_file_and_wave_are_told_together(stage: Stage) -> None:
    stage.invite(HEADING + "A;a@xa.example;CX;XA1;;;\n")
    lines = refused(stage, HEADING + "A;a@xa.example;CB;XA1;;;\nB;b@;CB;XA1;;;\n")
    assert len(lines) == 2


def test_a_thousand_mistakes_are_counted_and_not_all_printed(stage: Stage) -> None:
    lines = refused(stage, HEADING + "A;không có;CX;XA1;;;\n" * 1000)
    assert len(lines) == 201
    assert "và 800 lỗi khác nữa" in lines[-1]


def test_a_workbook_with_dates_and_numbers(stage: Stage) -> None:
    path = stage.folder / "c.xlsx"
    when = datetime(2025, 2, 1)  # noqa: DTZ001
    write_workbook(
        path,
        [
            ["Email", "Nhóm", "Đơn vị giải quyết", "Tháng", "Tổng số"],
            ["a@dan.example", "ND", "XA1", when, 1200.0],
        ],
    )
    done = import_contacts(stage.database, stage.clock, path, code=CODE, actor="thử")
    assert done.added == 1
    (person,) = people(stage)
    assert (person.transactions[0]["month"], person.population) == ("02/2025", 1200)


def test_an_unknown_wave_is_refused(stage: Stage) -> None:
    path = stage.file("c.csv", contacts())
    with pytest.raises(WaveUnknownError, match="wave create"):
        import_contacts(stage.database, stage.clock, path, code="không-có", actor="thử")


@pytest.mark.parametrize("state", ["open", "paused", "closed", "frozen", "published", "cancelled"])
def test_a_wave_that_was_opened_takes_no_list(stage: Stage, state: str) -> None:
    with stage.database.writing() as session:
        session.execute(update(Wave).values(state=state))
    with pytest.raises(WaveStateError, match="chỉ nhập danh sách được khi đợt đang soạn"):
        stage.invite(contacts())
    with stage.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_the_clock_of_the_journal_is_the_stage_s(stage: Stage) -> None:
    stage.invite(contacts())
    with stage.database.reading() as session:
        newest = session.scalars(
            select(JournalEntry).order_by(JournalEntry.sequence.desc())
        ).first()
        assert newest is not None
        assert newest.at == stage.clock.now().astimezone(UTC)

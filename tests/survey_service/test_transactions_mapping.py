from datetime import date
from pathlib import Path

import pytest
from made_lists import MAPPING, made_mapping

from questionnaires.problems import ProblemsError
from survey_service.transactions.dates import DateReader


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ProblemsError) as caught:
        made_mapping(folder, text)
    return str(caught.value)


def test_a_mapping_says_what_headings_and_words_mean(tmp_path: Path) -> None:
    mapping = made_mapping(tmp_path)
    assert mapping.heading("number") == "Mã hồ sơ"
    assert mapping.words("unit") == {"UBND xã Một": "XA1", "UBND xã Hai": "XA2"}
    assert mapping.constant("channel") == ""


def test_a_column_that_names_officials_is_refused(tmp_path: Path) -> None:
    for heading in ("Cán bộ thụ lý", "Người tiếp nhận", "Officer in charge", "CÔNG CHỨC"):
        said = refused(tmp_path, MAPPING.replace("Người nộp", heading))
        assert "mapping.toml: columns.name" in said
        assert "không bao giờ đánh giá người có tên" in said
        assert "named persons are never rated" in said


def test_every_mistake_is_told_at_once_by_its_place(tmp_path: Path) -> None:
    said = refused(
        tmp_path,
        'source = "một cửa"\ndate_format = "%d %B"\n'
        '[columns]\nnumber = "Số"\nreturned = "số"\nservice = "Dịch vụ"\n'
        '[default]\nservice = "A B"\nunit = "XA1"\n'
        '[units]\n"*" = "XA1"\n[services]\n"Đất" = "D 1"\n"đất" = "D2"\n',
    )
    for place in (
        "source:",
        "date_format:",
        "columns.returned:",
        "columns:",
        "columns.service:",
        "columns.channel:",
        "default.service:",
        "units[*]:",
        "services[Đất]:",
        "services[đất]:",
    ):
        assert f"mapping.toml: {place}" in said


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, MAPPING.replace("name = ", "officer = "))
    assert "columns" in said
    assert "officer" in said


def test_a_corrected_mapping_has_another_fingerprint(tmp_path: Path) -> None:
    first = made_mapping(tmp_path)
    again = made_mapping(tmp_path, f"# the same\n{MAPPING}")
    assert first.fingerprint == again.fingerprint
    assert made_mapping(tmp_path, MAPPING.replace('"HT"', '"HT2"')).fingerprint != first.fingerprint


@pytest.mark.parametrize(
    ("date_format", "written"),
    [
        ("", "05/03/2026"),
        ("", "5.3.2026"),
        ("", "05/03/2026 08:15"),
        ("", "05-03-2026 08:15:59.123"),
        ("", "2026-03-05"),
        ("", "2026-03-05T08:15:00Z"),
        ("", "2026-03-05 08:15:00+07:00"),
        ("%m/%d/%Y", "3/5/2026"),
        ("%d.%m.%y %H:%M", "05.03.26 08:15"),
        ("%Y%m%d", "20260305"),
        ("%H:%M:%S %d/%m/%Y", "08:15:00 05/03/2026"),
        ("%m/%d/%Y", "2026-03-05"),
    ],
)
def test_dates_are_read_as_sources_write_them(date_format: str, written: str) -> None:
    read = DateReader(date_format)
    assert read(written) == read(written) == date(2026, 3, 5)


@pytest.mark.parametrize("written", ["31/02/2026", "2026-13-01", "hôm qua", "05/03/2026 sáng", "1"])
def test_what_is_no_day_is_no_date(written: str) -> None:
    assert DateReader()(written) is None

import unicodedata
from collections.abc import Callable
from datetime import date

import pytest

from questionnaires.text import Text
from survey_service.frame import values


def test_text_is_composed_and_tidied() -> None:
    written = unicodedata.normalize("NFD", "  Nguyễn\u00a0 Văn\n A\u200b ")
    assert values.text(written) == "Nguyễn Văn A"


@pytest.mark.parametrize("raw", ["=HYPERLINK(1)", "+84 912", "-", "@ten", "\u200b=1", "  =1"])
def test_a_formula_is_refused_and_shown_quoted(raw: str) -> None:
    refused = values.text(raw)
    assert isinstance(refused, Text)
    assert refused.vi.startswith("“")
    assert "công thức" in refused.vi
    assert "formula" in refused.en


@pytest.mark.parametrize("raw", ["a\x00b", "a\x1bb", "tên\u202eđảo", "a\ue000"])
def test_a_control_character_is_refused_and_spelled_out(raw: str) -> None:
    refused = values.text(raw)
    assert isinstance(refused, Text)
    assert "ký tự điều khiển" in refused.vi
    assert refused.vi.split("”")[0].isprintable()


def test_a_long_text_is_refused_and_cut_where_it_is_shown() -> None:
    assert isinstance(values.text("x" * 301), Text)
    assert values.shown("y" * 61) == f"“{'y' * 60}…”"


@pytest.mark.parametrize("raw", ["20/02/2023", "20-2-2023", "20.02.2023", "2023-02-20"])
def test_dates(raw: str) -> None:
    assert values.day(raw) == date(2023, 2, 20)


@pytest.mark.parametrize(
    "raw", ["31/02/2023", "20/02/23", "02/20/2023", "2023/02/20", "44977", "ngày 20", "0000-01-01"]
)
def test_wrong_dates(raw: str) -> None:
    refused = values.day(raw)
    assert isinstance(refused, Text)
    assert "20/02/2023" in refused.vi


@pytest.mark.parametrize("raw", ["02/2023", "2-2023", "2023-02", "2023-02-01", "28/02/2023"])
def test_months(raw: str) -> None:
    assert values.month(raw) == "02/2023"


@pytest.mark.parametrize("raw", ["13/2023", "0/2023", "2023", "tháng hai", "02/1023"])
def test_wrong_months(raw: str) -> None:
    assert isinstance(values.month(raw), Text)


@pytest.mark.parametrize(
    ("raw", "number"),
    [("1", 1), ("1200", 1200), ("1.200", 1200), ("1,200,000", 1_200_000), ("12 000", 12_000)],
)
def test_populations(raw: str, number: int) -> None:
    assert values.population(raw) == number


@pytest.mark.parametrize(
    "raw", ["0", "-5", "1.5", "1,5", "nhiều", "999999999", "9" * 400, "²", "1.200,5"]
)
def test_wrong_populations(raw: str) -> None:
    assert isinstance(values.population(raw), Text)


@pytest.mark.parametrize(
    ("raw", "written"),
    [("1", "1"), ("1.25", "1.25"), ("1,250", "1.25"), ("100", "100"), ("0.5", "0.5")],
)
def test_weights(raw: str, written: str) -> None:
    assert values.weight(raw) == written


@pytest.mark.parametrize("raw", ["0", "-1", "NaN", "1e5", "nặng", "0,0", "1.2.3"])
def test_wrong_weights(raw: str) -> None:
    assert isinstance(values.weight(raw), Text)


@pytest.mark.parametrize("raw", ["Sở Nội vụ", "a b", "x" * 41, "-A", "=A", "A;B"])
def test_wrong_codes(raw: str) -> None:
    assert isinstance(values.code(raw), Text)


def test_several_values_in_a_cell() -> None:
    read: Callable[[str], tuple[str, ...] | Text] = values.several(values.code)
    assert read("A; B,C|A\nD;") == ("A", "B", "C", "D")
    assert isinstance(read("A;=B"), Text)

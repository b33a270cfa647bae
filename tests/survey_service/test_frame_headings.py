import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from survey_service.frame.headings import Field, fold, letter, read_headings
from survey_service.frame.people import CONTACT_FIELDS
from survey_service.frame.sheets import Row
from survey_service.frame.units import UNIT_FIELDS

PATH = Path("ds.csv")


@pytest.mark.parametrize("fields", [CONTACT_FIELDS, UNIT_FIELDS], ids=["contacts", "units"])
def test_no_heading_means_two_things(fields: Sequence[Field]) -> None:
    spellings = [
        spelling for field in fields for spelling in {fold(heading) for heading in field.headings}
    ]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("field", CONTACT_FIELDS, ids=lambda field: field.name)
def test_every_spelling_of_a_heading_is_known(field: Field) -> None:
    for heading in field.headings:
        for written in (
            heading,
            heading.upper(),
            f"  {heading} ",
            heading.replace(" ", "\n"),
            unicodedata.normalize("NFD", heading),
            "".join(
                sign
                for sign in unicodedata.normalize("NFD", heading)
                if not unicodedata.combining(sign)
            ),
        ):
            layout, problems = read_headings(PATH, Row(1, (written,)), [field])
            assert set(layout) == {field.name}
            assert problems == []


def test_unknown_repeated_and_missing_headings_are_all_told() -> None:
    row = Row(2, ("Email", "Ghi chú", "Thư điện tử", ""))
    layout, problems = read_headings(PATH, row, CONTACT_FIELDS)
    assert set(layout) == {"email"}
    unknown, repeated, missing = problems
    assert unknown.where == "ds.csv, dòng/line 2, cột/column B “Ghi chú”"
    assert "“Nhóm đối tượng”" in unknown.message.vi
    assert repeated.where == "ds.csv, dòng/line 2, cột/column C “Thư điện tử”"
    assert "A “Email”" in repeated.message.vi
    assert missing.where == "ds.csv, dòng/line 2"
    assert "thiếu cột “Nhóm đối tượng”" in missing.message.vi
    assert "“Respondent group” is missing" in missing.message.en


@pytest.mark.parametrize(
    ("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(place: int, name: str) -> None:
    assert letter(place) == name

"""Cells that a spreadsheet would run are refused, whichever column they stand in."""

from functools import partial
from pathlib import Path

import pytest
from staged import CODE, UNITS, Stage

from questionnaires.problems import ProblemsError
from survey_service.frame.people import CONTACT_FIELDS
from survey_service.frame.units import UNIT_FIELDS, import_units
from survey_service.store.database import Database
from survey_service.waves.people import import_contacts

PERSON = {"email": "a@xa.example", "group": "CX", "own_unit": "XA1"}
UNIT = {"code": "XA3", "name_vi": "UBND xã Ba", "unit_class": "XA"}
TEXTS = {"name", "service", "stratum", "name_vi", "name_en"}
"""Columns that take any other text; the others refuse these cells for more than one reason."""


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    stage = Stage(database, tmp_path)
    stage.create(units=UNITS)
    return stage


def refused(stage: Stage, line: dict[str, str], headings: dict[str, str], *, people: bool) -> str:
    chosen = {headings[name]: cell for name, cell in line.items()}
    path = stage.file("ds.csv", ";".join(chosen) + "\n" + ";".join(chosen.values()) + "\n")
    take = partial(import_contacts, code=CODE) if people else import_units
    with pytest.raises(ProblemsError) as caught:
        take(stage.database, stage.clock, path, actor="thử")
    return "\n".join(found.line() for found in caught.value.problems)


@pytest.mark.parametrize("formula", ["=1+1@x.example", "+1@x.example", "-1@x.example"])
@pytest.mark.parametrize("dressed", ["{}", " {}", "\u200b{}", "<{}>", "mailto:{}"])
def test_a_formula_is_no_address(stage: Stage, formula: str, dressed: str) -> None:
    headings = {field.name: field.headings[0] for field in CONTACT_FIELDS}
    line = {**PERSON, "email": dressed.format(formula)}
    said = refused(stage, line, headings, people=True)
    assert f"“{formula}” bắt đầu như một công thức" in said
    assert "begins like a formula" in said


@pytest.mark.parametrize("field", [field.name for field in CONTACT_FIELDS])
@pytest.mark.parametrize("sign", "=+-@")
def test_a_formula_is_refused_in_every_column_of_a_list(
    stage: Stage, field: str, sign: str
) -> None:
    headings = {one.name: one.headings[0] for one in CONTACT_FIELDS}
    said = refused(stage, {**PERSON, field: f"{sign}1"}, headings, people=True)
    assert f"“{headings[field]}”" in said
    assert field not in TEXTS or "bắt đầu như một công thức" in said


@pytest.mark.parametrize("field", [field.name for field in UNIT_FIELDS])
@pytest.mark.parametrize("sign", "=+-@")
def test_a_formula_is_refused_in_every_column_of_the_register(
    stage: Stage, field: str, sign: str
) -> None:
    headings = {one.name: one.headings[0] for one in UNIT_FIELDS}
    said = refused(stage, {**UNIT, field: f"{sign}1"}, headings, people=False)
    assert f"“{headings[field]}”" in said
    assert field not in TEXTS or "bắt đầu như một công thức" in said

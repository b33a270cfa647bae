import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from questionnaires.catalogue import folder
from questionnaires.fingerprint import canonical_json
from questionnaires.loading import (
    Definitions,
    framework_from_json,
    load_definitions,
    load_framework,
    load_questionnaires,
    questionnaires_from_json,
)
from questionnaires.problems import ProblemsError

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Give a copy of the small example with one text in one of its files replaced."""
    shutil.copytree(folder("two-units"), tmp_path, dirs_exist_ok=True)

    def replace(file: str, old: str, new: str) -> Path:
        path = tmp_path / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return replace


def refused(load: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(ProblemsError) as caught:
        load()
    assert all(each.message.vi and each.message.en for each in caught.value.problems)
    return [(each.where, each.message.en) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "where", "wording"),
    [
        ('max = "10.00"', "max = 10.00", "leaves[A.1].max", 'in quotes: "10.00"'),
        ('max = "10.00"', 'max = "10,00"', "leaves[A.1].max", "a decimal in quotes"),
        ('max = "10.00"', 'max = "NaN"', "leaves[A.1].max", "a decimal in quotes"),
        ('max = "10.00"', 'max = "1e9"', "leaves[A.1].max", "a decimal in quotes"),
        ('max = "10.00"', "max = true", "leaves[A.1].max", "a decimal in quotes"),
        ('max = "10.00"', 'max = "1"\nmaxx = 1', "leaves[A.1].maxx", "no such key"),
        ('max = "10.00"\n', "", "leaves[A.1].max", "required key is missing"),
        ("CX = 60", "CX = 60.5", "leaves[A.1].weights.CX", 'in quotes: "60.5"'),
        ("CX = 60", "CX = [60]", "leaves[A.1].weights.CX", "a decimal in quotes"),
        ("{ CX = 60, CB = 40 }", "60", "leaves[A.1].weights", "a table"),
    ],
)
def test_a_misfit_is_named_by_its_path(
    edit: Edit, old: str, new: str, where: str, wording: str
) -> None:
    path = edit("framework.toml", old, new)
    ((found, message),) = refused(lambda: load_framework(path))
    assert found == f"framework.toml: unit_classes[XA].{where}"
    assert wording in message


@pytest.mark.parametrize(
    ("old", "new", "where", "wording"),
    [
        ("year = 2025", 'year = "2025"', "year", "expected a whole number"),
        ("year = 2025", "year = 2025-01-01", "year", "expected a whole number"),
        ("minimum_count = 2", "minimum_count = false", "rules.minimum_count", "a whole number"),
        ("minimum_count = 2", "half_rule = 1", "rules.half_rule", "true or false"),
        (
            'below_minimum = "renormalise"',
            'below_minimum = "drop"',
            "rules.below_minimum",
            'expected one of: "block", "flag", "renormalise"',
        ),
        (
            "minimum_count = 2",
            "minimum_cuont = 2",
            "rules.minimum_cuont",
            "there is no such key in the format; is it minimum_count?",
        ),
        ('vi = "Chưa đạt", ', "", "rules.bands[chua-dat].name.vi", "required key is missing"),
        ('code = "chua-dat"', "code = 1", "rules.bands[1].code", "expected text in quotes"),
        ("HL5 = {", "HL5 = 5 # {", "rules.option_values.HL5", "a table"),
    ],
)
def test_wrong_types_and_unknown_keys_of_the_framework(
    edit: Edit, old: str, new: str, where: str, wording: str
) -> None:
    path = edit("framework.toml", old, new)
    ((found, message),) = refused(lambda: load_framework(path))
    assert found == f"framework.toml: {where}"
    assert wording in message


@pytest.mark.parametrize(
    ("old", "new", "where", "wording"),
    [
        ("rates = { units", "rates = { unit", "relations[CX].rates.unit", "is it units?"),
        ('units = "own"', 'units = "ours"', "relations[CB].rates.units", "expected one of"),
        ('groups = ["CX", "CB"]', 'groups = "CX"', "items[S1].groups", "a list"),
        ('is = ["yes"]', 'if = ["yes"]', "items[XIN-LOI].show_if.if", "no such key"),
        ("max_choices = 2", 'max_choices = "2"', "items[UU-TIEN].max_choices", "a whole number"),
    ],
)
def test_misfits_of_the_questionnaires(
    edit: Edit, old: str, new: str, where: str, wording: str
) -> None:
    path = edit("questionnaires.toml", old, new)
    found, message = refused(lambda: load_questionnaires(path))[0]
    assert found == f"questionnaires.toml: {where}"
    assert wording in message


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("year = 2025", "year 2025", 5),
        ("year = 2025", "year = 2025\nyear = 2025", 6),
    ],
)
def test_a_syntax_error_is_named_by_its_line(edit: Edit, old: str, new: str, line: int) -> None:
    path = edit("framework.toml", old, new)
    ((found, message),) = refused(lambda: load_framework(path))
    assert found == f"framework.toml, dòng/line {line}"
    assert "not valid TOML" in message


def test_a_file_cut_off_in_the_middle_is_named_by_its_last_line(edit: Edit) -> None:
    path = edit("framework.toml", "year", "year")
    path.write_text('code = "x"\ngroups = [\n', encoding="utf-8")
    ((found, _),) = refused(lambda: load_framework(path))
    assert found == "framework.toml, dòng/line 3"


def test_a_number_beyond_all_bounds_is_refused(edit: Edit) -> None:
    path = edit("framework.toml", "year = 2025", f"year = {'9' * 5000}")
    ((found, message),) = refused(lambda: load_framework(path))
    assert found == "framework.toml"
    assert "not valid TOML" in message


def test_another_encoding_is_named_by_its_line(edit: Edit) -> None:
    path = edit("framework.toml", "year", "year")
    path.write_bytes(b"# a\n# b\ntitle = '\xd0\xcf'\n")
    ((found, message),) = refused(lambda: load_framework(path))
    assert found == "framework.toml, dòng/line 3"
    assert message == "the file must be saved as UTF-8"


def test_a_missing_folder_names_both_files(tmp_path: Path) -> None:
    found = refused(lambda: load_definitions(tmp_path))
    assert [where for where, _ in found] == ["framework.toml", "questionnaires.toml"]


def test_every_misfit_of_both_files_is_told_at_once(edit: Edit) -> None:
    edit("framework.toml", "year = 2025", "year = '2025'\nyeer = 1")
    edit("framework.toml", 'max = "10.00"', "max = 10.00")
    path = edit("questionnaires.toml", "max_choices = 2", "max_choices = 2.0")
    assert [where for where, _ in refused(lambda: load_definitions(path.parent))] == [
        "framework.toml: year",
        "framework.toml: yeer",
        "framework.toml: unit_classes[XA].leaves[A.1].max",
        "questionnaires.toml: items[UU-TIEN].max_choices",
    ]


def test_one_sound_file_does_not_hide_the_problems_of_the_other(edit: Edit) -> None:
    path = edit("questionnaires.toml", "max_choices = 2", "max_choices = 2.0")
    assert len(refused(lambda: load_definitions(path.parent))) == 1


def test_a_byte_order_mark_windows_lines_and_decomposed_letters_are_read(
    edit: Edit, two_units: Definitions
) -> None:
    path = edit("questionnaires.toml", "code", "code")
    decomposed = unicodedata.normalize("NFD", path.read_text("utf-8"))
    path.write_text(decomposed.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert load_definitions(path.parent) == two_units


@pytest.mark.parametrize("document", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_refused(document: bytes) -> None:
    for load in (framework_from_json, questionnaires_from_json):
        ((_, message),) = refused(lambda load=load: load(document))
        assert "not valid JSON" in message


def test_json_of_another_shape_is_refused_by_path(two_units: Definitions) -> None:
    document = canonical_json(two_units.framework)
    assert refused(lambda: framework_from_json(b"[]")) == [
        ("framework.json", "expected a table { name = … }")
    ]
    spoilt = document.replace(b'"max":"10.00"', b'"max":10.00,"mix":NaN')
    assert [where for where, _ in refused(lambda: framework_from_json(spoilt))] == [
        "framework.json: unit_classes[XA].leaves[A.1].max",
        "framework.json: unit_classes[XA].leaves[A.1].mix",
    ]

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from msgspec import structs

from questionnaires import catalogue
from questionnaires.definition import GroupRelation, Item, Rotation, Service
from questionnaires.index import Framework, Leaf, Mode, Rules
from questionnaires.loading import load_framework, load_questionnaires
from questionnaires.packing import SPECIAL
from questionnaires.reading import read
from questionnaires.relations import Relation

DOCUMENT = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text(encoding="utf-8")
FRAMEWORK, QUESTIONNAIRES, SERVICES, RELATIONS = re.findall(
    r"```toml\n(.*?)```", DOCUMENT, re.DOTALL
)


def test_the_framework_of_the_document_loads(tmp_path: Path) -> None:
    path = tmp_path / "framework.toml"
    path.write_text(FRAMEWORK, encoding="utf-8")
    framework = load_framework(path)
    assert framework.weight("XA", "A.1", "CX") == 60


def test_the_questionnaires_of_the_document_load(tmp_path: Path) -> None:
    path = tmp_path / "questionnaires.toml"
    path.write_text(QUESTIONNAIRES, encoding="utf-8")
    assert [item.kind for item in load_questionnaires(path).items] == ["scale", "yes_no", "single"]


def test_the_services_and_the_short_form_of_the_document_load() -> None:
    written = tomllib.loads(SERVICES)
    services = read(tuple[Service, ...], written["services"], file="definitions.md")
    (rotation,) = read(tuple[Rotation, ...], written["rotations"], file="definitions.md")
    assert services[1].name.en == "Water-meter connection"
    assert [len(one) for one in rotation.sets] == [4, 4]


def test_the_relations_of_the_document_load() -> None:
    relations = tomllib.loads(RELATIONS)["relations"]
    read_relations = read(tuple[GroupRelation, ...], relations, file="definitions.md")
    assert [relation.rates.units for relation in read_relations] == ["class", "across"]


@pytest.mark.parametrize(
    "kind", [Framework, Leaf, Rules, Item, GroupRelation, Relation, Service, Rotation]
)
def test_every_key_is_documented(kind: type) -> None:
    missing = {
        field.encode_name
        for field in structs.fields(kind)
        if not re.search(rf"\b{field.encode_name}\b", DOCUMENT)
    }
    assert missing == set()


def test_every_entry_of_the_catalogue_and_every_mode_is_documented() -> None:
    assert [name for name in catalogue.names() if f"`{name}`" not in DOCUMENT] == []
    assert [mode for mode in get_args(Mode) if f'`"{mode}"`' not in DOCUMENT] == []


def test_every_special_answer_is_documented() -> None:
    assert [code for code in SPECIAL if code and f"`{code}`" not in DOCUMENT] == []

"""The small example, spoilt: what the tests of the checker start from."""

import json
from collections.abc import Callable
from typing import Any

from questionnaires.checking import check
from questionnaires.fingerprint import canonical_json
from questionnaires.loading import Definitions, framework_from_json, questionnaires_from_json
from questionnaires.problems import Problem

Plain = dict[str, Any]
Break = Callable[[Plain], object]
Case = tuple[Break, str, str]


def leaf(framework: Plain, number: int) -> Plain:
    return framework["unit_classes"][0]["leaves"][number]


def item(bank: Plain, code: str) -> Plain:
    return next(each for each in bank["items"] if each["code"] == code)


def rates(bank: Plain, number: int) -> Plain:
    return bank["relations"][number]["rates"]


def checked(
    definitions: Definitions, *, framework: Break | None = None, bank: Break | None = None
) -> tuple[Problem, ...]:
    index: Plain = json.loads(canonical_json(definitions.framework))
    items: Plain = json.loads(canonical_json(definitions.questionnaires))
    if framework:
        framework(index)
    if bank:
        bank(items)
    problems = check(
        framework_from_json(json.dumps(index).encode()),
        questionnaires_from_json(json.dumps(items).encode()),
        places=("F", "Q"),
    )
    assert all(each.message.vi and each.message.en for each in problems)
    return problems


def assert_found(
    problems: tuple[Problem, ...], where: str, wording: str, severity: str = "error"
) -> None:
    found = [(each.where, each.message.en, each.severity) for each in problems]
    assert any(
        place == where and wording in message and weight == severity
        for place, message, weight in found
    ), found

"""A wave of a few communes and the one before it, by hand, for what is said of their standing."""

from collections.abc import Mapping, Sequence
from functools import cache

import msgspec
from generated import generated
from hand_made import frozen, hand_made, two_units

from questionnaires.definition import Questionnaires
from questionnaires.index import Framework
from survey_service.analysing.analysed import Analysed, analyse
from survey_service.analysing.changes import changes
from survey_service.analysing.clearance import Clearance
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.design import ListKind
from survey_service.findings.standing import Changes, UnitChange

Rows = Sequence[tuple[str, str, int, Mapping[str, str]]]
"""(group, unit, how many, answers)."""


@cache
def province(seed: int = 3) -> Analysed:
    """Score a generated round of the province."""
    return analyse(frozen(generated("par-index-2022", seed=seed)))


def unit_rows(unit: str, level: int, *, leaders: int = 8, servants: int = 8) -> Rows:
    """Citizens, leaders and servants of a unit, half of them at a level and half one below."""
    rows: list[tuple[str, str, int, Mapping[str, str]]] = []
    for answer, share in ((level, 2), (level - 1, 2)):
        code = str(answer)
        rows += [
            ("ND", unit, 8, {"S3": code, "S4": code}),
            ("CX", unit, leaders // share, {"S1": code, "S2": code}),
            ("CB", unit, servants // share, {"S1": code, "S2": code, "S4": code}),
        ]
    return [row for row in rows if row[2]]


def wave(
    levels: Mapping[str, int] | None = None,
    *,
    rows: Rows | None = None,
    framework: Framework | None = None,
    questionnaires: Questionnaires | None = None,
    year: int = 2025,
    successors: Mapping[str, tuple[str, ...]] | None = None,
    classes: Mapping[str, str] | None = None,
    list_kinds: Mapping[str, ListKind] | None = None,
) -> Analysed:
    """Score a wave of these units; `levels` gives each the option that half of its raters tick."""
    given = levels or {}
    units = list(given) or list(dict.fromkeys(unit for _, unit, _, _ in rows or ()))
    ballots = [row for unit, level in given.items() for row in unit_rows(unit, level)]
    content = hand_made(
        [*ballots, *(rows or ())],
        framework=framework,
        questionnaires=questionnaires,
        units=[*units, *(u for _, u, _, _ in rows or () if u not in units)],
        list_kinds=list_kinds,
    )
    return analyse(frozen(_labelled(content, year, successors or {}, classes or {})))


def _labelled(
    content: DatasetContent,
    year: int,
    successors: Mapping[str, tuple[str, ...]],
    classes: Mapping[str, str],
) -> DatasetContent:
    replace = msgspec.structs.replace
    seen: dict[str, None] = dict.fromkeys(unit.code for unit in content.design.units)
    design = replace(
        content.design,
        wave=replace(content.design.wave, code=f"xa-{year}", year=year),
        units=tuple(
            replace(
                next(unit for unit in content.design.units if unit.code == code),
                successor_of=successors.get(code, ()),
                unit_class=classes.get(code, "XA"),
            )
            for code in seen
        ),
    )
    return DatasetContent(
        framework=content.framework,
        questionnaires=content.questionnaires,
        design=design,
        ballots=content.ballots,
    )


def compared(now: Analysed, former: Analysed) -> tuple[Changes, dict[str, UnitChange], Clearance]:
    """Compare two waves, with the units by their codes and the audit."""
    clearance = Clearance(now.scored)
    found = changes(now, former, clearance)
    return found, {unit.unit: unit for unit in found.units}, clearance


def bank() -> Questionnaires:
    return two_units().questionnaires

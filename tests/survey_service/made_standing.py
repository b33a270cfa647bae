"""A plausible standing of the units of any score sheet, and changes from a former wave."""

import random

from questionnaires.text import Text
from survey_service.findings.standing import (
    Changes,
    ClassStanding,
    RankShift,
    Scenario,
    Trust,
    UnitChange,
    UnitStanding,
)
from survey_service.findings.terms import Interval
from survey_service.sheet.score_sheet import ClassSheet, Published, ScoreSheet, UnitSheet


def made_trust(sheet: ScoreSheet, chance: random.Random, *, former: bool) -> Trust:
    """Make up tiers, differences, scenarios and, with `former`, changes of every kind."""
    return Trust(
        classes=tuple(_standing(sheet, one, chance) for one in sheet.classes),
        scenarios=tuple(
            _scenario(code, name, one, chance)
            for one in sheet.classes
            for code, name in (
                ("weights", Text(vi="Trọng số nhóm ±20 %", en="Group weights ±20 %")),
                ("points", Text(vi="Điểm tối đa ±20 %", en="Points ±20 %")),
                ("unflagged", Text(vi="Bỏ phiếu bị đánh dấu", en="Without flagged ballots")),
            )
        ),
        changes=_changes(sheet, chance) if former else None,
    )


def _listed(sheet: ScoreSheet, unit_class: ClassSheet) -> list[UnitSheet]:
    units = {unit.code: unit for unit in sheet.units}
    return [units[code] for code in unit_class.ranking]


def _points(unit: UnitSheet) -> float:
    return float(unit.result.points) if isinstance(unit.result, Published) else 0.0


def _standing(sheet: ScoreSheet, of: ClassSheet, chance: random.Random) -> ClassStanding:
    units = _listed(sheet, of)
    if not units:
        return ClassStanding(
            unit_class=of.code,
            average=None,
            between_variance=None,
            reliability=None,
            carries_ranking=None,
            tiers=0,
            units=(),
            missing="not_measurable",
        )
    average = sum(map(_points, units)) / len(units)
    rows: list[UnitStanding] = []
    for place, unit in enumerate(units):
        difference = _points(unit) - average
        clear = "unclear" if abs(difference) < 0.8 else "above" if difference > 0 else "below"
        rows.append(
            UnitStanding(
                unit=unit.code,
                tier=1 + place // 4,
                best=max(1, place - chance.randint(0, 2)),
                worst=min(len(units), place + 1 + chance.randint(0, 2)),
                top_three=f"{max(0.0, 97.5 - 14 * place):.1f}",
                bottom_three=f"{max(0.0, 97.5 - 14 * (len(units) - 1 - place)):.1f}",
                difference=f"{difference:.2f}",
                standard_error="0.385",
                p="0.0004" if clear != "unclear" else "0.3120",
                clear=clear,
                reliability="0.942",
            )
        )
    return ClassStanding(
        unit_class=of.code,
        average=f"{average:.2f}",
        between_variance="3.412",
        reliability="0.951",
        carries_ranking=True,
        tiers=1 + (len(units) - 1) // 4,
        units=tuple(rows),
    )


def _scenario(code: str, name: Text, of: ClassSheet, chance: random.Random) -> Scenario:
    count = len(of.ranking)
    return Scenario(
        code=code,
        name=name,
        unit_class=of.code,
        draws=1 if code == "unflagged" else 1000,
        largest=2 if count else None,
        agreement="0.943" if count else None,
        shifts=tuple(
            RankShift(
                unit=unit,
                published=rank,
                lowest=min(count, rank + chance.randint(0, 2)),
                highest=max(1, rank - chance.randint(0, 2)),
            )
            for rank, unit in enumerate(of.ranking, 1)
        ),
        missing=None if count else "not_measurable",
    )


def _changes(sheet: ScoreSheet, chance: random.Random) -> Changes:
    ranked = [unit for one in sheet.classes for unit in _listed(sheet, one)]
    return Changes(
        wave="dot-truoc",
        title=Text(
            vi=f"Điều tra xã hội học năm {sheet.wave.year - 1}",
            en=f"Social survey {sheet.wave.year - 1}",
        ),
        year=sheet.wave.year - 1,
        dataset="0" * 64,
        practical="0.50",
        breaks=(
            Text(
                vi="Câu Q12 đổi cách hỏi: phần điểm này không so được.",
                en="Item Q12 was reworded: its points cannot be compared.",
            ),
        ),
        units=tuple(_change(place, unit, chance) for place, unit in enumerate(ranked)),
    )


def _change(place: int, unit: UnitSheet, chance: random.Random) -> UnitChange:
    if place in {2, 7}:
        return UnitChange(
            unit=unit.code,
            former=None,
            points=f"{_points(unit):.2f}",
            difference=None,
            standard_error=None,
            interval=None,
            p=None,
            direction=None,
            former_rank=None,
            rank=unit.rank,
            missing="new" if place == 2 else "broken_series",
        )
    difference = chance.gauss(0.2, 0.9)
    clear = abs(difference) >= 0.9
    return UnitChange(
        unit=unit.code,
        former=f"{_points(unit) - difference:.2f}",
        points=f"{_points(unit):.2f}",
        difference=f"{difference:.2f}",
        standard_error="0.412",
        interval=Interval(low=f"{difference - 0.81:.2f}", high=f"{difference + 0.81:.2f}"),
        p="0.0021" if clear else "0.4410",
        direction="unclear" if not clear else "up" if difference > 0 else "down",
        former_rank=1 + (place + chance.randint(0, 2)) % 15,
        rank=unit.rank,
        composition="0.14" if place == 4 else None,
        successor_of=("SA", "SB") if place == 5 else (),
    )

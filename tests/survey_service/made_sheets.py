"""Score sheets for charts and reports: the generated round, and awkward ones made from it."""

from collections.abc import Mapping
from functools import cache

import msgspec
from generated import generated
from hand_made import frozen

from questionnaires.text import Text
from survey_service.results.computing import compute
from survey_service.sheet.score_sheet import (
    ComponentLine,
    NotApplicable,
    NotMeasurable,
    Result,
    ScoreSheet,
    Suppressed,
    UnitSheet,
)

LONG = Text(
    vi="Ban Quản lý các khu công nghiệp, khu kinh tế cửa khẩu và khu công nghệ cao của tỉnh số {n}",
    en="Management board of industrial parks, border-gate economic zones and hi-tech parks no {n}",
)


@cache
def round_sheet() -> ScoreSheet:
    """Give the sheet of a generated round: 15 ordinary and 5 special units."""
    return compute(frozen(generated("par-index-2022", seed=7)))


def crowded(count: int) -> ScoreSheet:
    """Give a sheet of one class of so many units, all with the longest of names."""
    sheet = round_sheet()
    first, *_ = sheet.classes
    units = {unit.code: unit for unit in sheet.units}
    made = [_renamed(units[first.ranking[n % len(first.ranking)]], n, count) for n in range(count)]
    ranked = msgspec.structs.replace(first, ranking=tuple(unit.code for unit in made), unranked=())
    return msgspec.structs.replace(sheet, classes=(ranked,), units=tuple(made))


def _renamed(unit: UnitSheet, place: int, count: int) -> UnitSheet:
    ranks = unit.rank_set and msgspec.structs.replace(
        unit.rank_set, best=max(1, place - 2), worst=min(count, place + 4)
    )
    return msgspec.structs.replace(
        unit,
        code=f"U{place:02d}",
        name=Text(vi=LONG.vi.format(n=place), en=LONG.en.format(n=place)),
        rank=place + 1,
        rank_set=ranks,
    )


def with_results(sheet: ScoreSheet, results: Mapping[str, Result]) -> ScoreSheet:
    """Give the sheet with other totals; units whose total is not shown lose their rank."""

    def change(unit: UnitSheet) -> UnitSheet:
        result = results.get(unit.code, unit.result)
        if isinstance(result, Suppressed):
            return msgspec.structs.replace(
                unit, result=result, rank=None, rank_set=None, unranked="suppressed"
            )
        if isinstance(result, NotMeasurable):
            return msgspec.structs.replace(
                unit, result=result, rank=None, rank_set=None, unranked="not_measurable"
            )
        return msgspec.structs.replace(unit, result=result)

    return msgspec.structs.replace(sheet, units=tuple(change(unit) for unit in sheet.units))


def full_of_gaps() -> ScoreSheet:
    """Give the round with a withheld total, and a unit that lacks components in every way."""
    sheet = round_sheet()
    first, second, third, *_ = sheet.classes[0].ranking
    gone: dict[int, Result] = {
        0: Suppressed(maximum="3.00"),
        1: NotMeasurable(maximum="3.00"),
        2: NotApplicable(),
    }

    def change(unit: UnitSheet) -> UnitSheet:
        if unit.code != third:
            return unit
        parts: list[ComponentLine] = [
            msgspec.structs.replace(part, result=gone.get(place, part.result))
            for place, part in enumerate(unit.components)
        ]
        return msgspec.structs.replace(unit, components=tuple(parts))

    sheet = msgspec.structs.replace(sheet, units=tuple(change(unit) for unit in sheet.units))
    return with_results(
        sheet, {first: Suppressed(maximum="30.00"), second: NotMeasurable(maximum="30.00")}
    )

"""Which former unit each unit continues: itself, or the one that it alone replaced."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.dataset.design import DatasetUnit, Design

NOT_COMPARED = Text(vi="không so sánh với đợt trước", en="not compared with the former wave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """Units of two waves, by their places.

    `twins` gives the former unit of each unit that continues exactly one; `broken` are units
    that must not be compared although they had predecessors; all others are new. `predecessors`
    are the codes that the register names, where they are not the unit's own; `gone` former
    units that nothing succeeds.
    """

    twins: Mapping[int, int]
    broken: frozenset[int]
    predecessors: Mapping[int, tuple[Code, ...]]
    gone: tuple[Code, ...]
    breaks: tuple[Text, ...]


def succession(now: Design, former: Design) -> Succession:
    """Match the units of two waves.

    A unit continues that of its own code, or the one predecessor that the register names. Units
    that were merged, one that took in another, and the parts of one that was split are not
    compared: nobody rated what they are now before, and the mean of two bodies is not a body. So
    is a unit whose class changed: its index is another.
    """
    there = {unit.code: place for place, unit in enumerate(former.units)}
    claims = {place: _claims(unit, there) for place, unit in enumerate(now.units)}
    claimed = Counter(code for codes in claims.values() for code in codes if code in there)
    merged, split, moved = list[DatasetUnit](), list[DatasetUnit](), list[DatasetUnit]()
    twins: dict[int, int] = {}
    broken: set[int] = set()
    for place, unit in enumerate(now.units):
        known = [code for code in claims[place] if code in there]
        if not known:
            continue
        if len(claims[place]) > 1:
            merged.append(unit)
        elif claimed[known[0]] > 1:
            split.append(unit)
        elif former.units[there[known[0]]].unit_class != unit.unit_class:
            moved.append(unit)
        else:
            twins[place] = there[known[0]]
            continue
        broken.add(place)
    return Succession(
        twins=twins,
        broken=frozenset(broken),
        predecessors={
            place: unit.successor_of for place, unit in enumerate(now.units) if unit.successor_of
        },
        gone=tuple(unit.code for unit in former.units if not claimed[unit.code]),
        breaks=(
            *_say(merged, "hợp nhất hoặc nhận thêm đơn vị khác", "merged with another unit"),
            *_say(split, "tách ra từ một đơn vị", "split from another unit"),
            *_say(moved, "đổi loại đơn vị", "moved to another class of units"),
            *_say(
                [now.units[place] for place in twins if now.units[place].successor_of],
                "thay thế một đơn vị",
                "successor of one unit",
                then=Text(vi="so sánh với đơn vị đó", en="compared with that unit"),
            ),
        ),
    )


def _claims(unit: DatasetUnit, there: Mapping[Code, int]) -> tuple[Code, ...]:
    """Name whom a unit continues: those that it replaced, and itself where it was there."""
    return (*((unit.code,) if unit.code in there else ()), *unit.successor_of)


def _say(
    units: list[DatasetUnit],
    vi: str,
    en: str,
    *,
    then: Text = NOT_COMPARED,
) -> tuple[Text, ...]:
    if not units:
        return ()
    return (
        Text(
            vi=f"{'; '.join(unit.name.vi for unit in units)} ({vi}): {then.vi}.",
            en=f"{'; '.join(unit.name.en for unit in units)} ({en}): {then.en}.",
        ),
    )

"""Somebody who does not exist: what a person of each group of a wave would be asked to rate."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from questionnaires.index import Code
from questionnaires.relations import RatedUnit, Rater, Relation, assign
from survey_service.frame.register import units_in_force
from survey_service.waves.assignment import relation_in
from survey_service.waves.reading import LoadedWave, WaveUnit

EXAMPLE = ("Đơn vị ví dụ", "Example unit")
"""What stands in for a unit of a class that the register does not have yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedPerson:
    """A group, the unit that the person would work in, and the units they would rate.

    `rotation`: of a short form they have the first set.
    """

    group: Code
    own_unit: Code | None
    units: tuple[Code, ...]
    rotation: int | None = None


def with_units(session: Session, wave: LoadedWave) -> LoadedWave:
    """Give the wave with units: its own, a draft's from the register, examples where it has none.

    Every class that somebody is to rate has at least one.
    """
    known = wave.units or {
        unit.code: WaveUnit(
            code=unit.code,
            name_vi=unit.name_vi,
            name_en=unit.name_en,
            unit_class=unit.unit_class,
            superior=unit.superior,
            sectors=tuple(unit.sectors),
        )
        for unit in units_in_force(session, wave.plan.opens)
    }
    vi, en = EXAMPLE
    classes = {unit.unit_class for unit in known.values()}
    examples = {
        f"VI-DU-{missing}": WaveUnit(
            code=f"VI-DU-{missing}", name_vi=vi, name_en=en, unit_class=missing
        )
        for _, relation in _relations(wave)
        if not classes.intersection(relation.classes)
        for missing in relation.classes[:1]
    }
    return replace(wave, units={**known, **examples})


def invented_people(wave: LoadedWave) -> tuple[InventedPerson, ...]:
    """Invent one person of each group that rates anything; the same wave gives the same people."""
    units = [
        RatedUnit(
            code=unit.code,
            unit_class=unit.unit_class,
            superior=unit.superior,
            sectors=unit.sectors,
        )
        for unit in wave.units.values()
    ]
    return tuple(
        replace(
            _person(group, relation, units, wave.plan.seed),
            rotation=0 if wave.questionnaires.sets(group) else None,
        )
        for group, relation in _relations(wave)
    )


def _relations(wave: LoadedWave) -> Iterator[tuple[Code, Relation]]:
    related = {relation.group for relation in wave.questionnaires.relations}
    for group in wave.framework.groups:
        if group.code in related:
            relation = relation_in(wave.framework, wave.questionnaires, group.code)
            if relation is not None:
                yield group.code, relation


def _person(group: Code, relation: Relation, units: list[RatedUnit], seed: int) -> InventedPerson:
    # The employee of the first unit who rates any; people who rate across classes may work in
    # units of which the wave knows nothing.
    for own in units:
        somebody = Rater(key="", own_unit=own.code, sectors=own.sectors, transactions=(own.code,))
        chosen = assign(relation, [somebody], units, seed=seed)[""]
        if chosen:
            return InventedPerson(group=group, own_unit=own.code, units=chosen)
    rated = tuple(unit.code for unit in units if unit.unit_class in relation.classes)
    return InventedPerson(group=group, own_unit=None, units=rated[:1])

"""A form to try: what an invented person of a group would be asked, of a wave in any state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from questionnaires.relations import RatedUnit, Rater, Relation, assign
from questionnaires.text import Language
from survey_service.answering.frozen import FrozenWave, FrozenWaves
from survey_service.answering.opening import Form
from survey_service.answering.pages import form_pages
from survey_service.frame.register import units_in_force
from survey_service.links import Link, TrialLink
from survey_service.store.waves import Wave
from survey_service.waves.assignment import relation_in
from survey_service.waves.preflighting.preflight import rated_units
from survey_service.waves.reading import LoadedWave, WaveUnit, decode_wave

NOBODY: Final = Link(b"", 0)
"""An invitation's public id has 8 bytes; this one is nobody's."""
_SERVICE: Final[Mapping[Language, str]] = {
    "vi": "Thủ tục ví dụ",
    "en": "an example of a procedure",
}
_EXAMPLE: Final = ("Đơn vị ví dụ", "Example unit")


_WAVE = select(
    Wave.id, Wave.state, Wave.framework_hash, Wave.questionnaires_hash, Wave.closes_at
).where(Wave.code == bindparam("code"))


def trial_form(session: Session, waves: FrozenWaves, link: TrialLink) -> Form | None:
    """Lay out the form of an invented person; None where the wave or the group is not known.

    A draft wave takes its units from the register; where that has none, an example stands in.
    """
    row = session.execute(_WAVE, {"code": link.wave}).one_or_none()
    if row is None:
        return None
    # Once opened, a wave's definitions and units are frozen; a draft is read each time.
    wave = (
        decode_wave(session.get_one(Wave, row.id))
        if row.state == "draft"
        else waves.find(session, row.id, row.framework_hash, row.questionnaires_hash).wave
    )
    relations = _relations(wave)
    group = link.group or next(iter(relations), "")
    if group not in relations:
        return None
    wave = replace(wave, units=_units(session, wave, relations[group]), closes_at=row.closes_at)
    rated = _rated(wave, relations[group])
    return Form(
        invitation=0,
        link=NOBODY,
        group=group,
        language=link.language,
        wave=wave,
        pages=form_pages(
            FrozenWave(wave=wave),
            group,
            rated,
            [{"unit": unit, "service": _SERVICE[link.language]} for unit in rated],
        ),
        standing="open",
        draft=None,
        taken_at=None,
    )


def _relations(wave: LoadedWave) -> dict[Code, Relation]:
    """Give the groups that are asked about some class of units, in the framework's order."""
    related = {relation.group for relation in wave.questionnaires.relations}
    found = {
        group.code: relation_in(wave.framework, wave.questionnaires, group.code)
        for group in wave.framework.groups
        if group.code in related
    }
    return {group: relation for group, relation in found.items() if relation is not None}


def _units(session: Session, wave: LoadedWave, relation: Relation) -> dict[Code, WaveUnit]:
    known = wave.units or {
        unit.code: WaveUnit(
            code=unit.code,
            name_vi=unit.name_vi,
            name_en=unit.name_en,
            unit_class=unit.unit_class,
            superior=unit.superior,
            sectors=tuple(unit.sectors),
        )
        for unit in rated_units(wave, units_in_force(session, wave.plan.opens))
    }
    if any(unit.unit_class in relation.classes for unit in known.values()):
        return known
    vi, en = _EXAMPLE
    example = WaveUnit(code="VI-DU", name_vi=vi, name_en=en, unit_class=relation.classes[0])
    return {**known, example.code: example}


def _rated(wave: LoadedWave, relation: Relation) -> tuple[Code, ...]:
    """Give the units of the first unit's employee who rates any; else one unit that can be rated.

    People who rate across classes may work in units of which the wave knows nothing.
    """
    units = [
        RatedUnit(
            code=unit.code,
            unit_class=unit.unit_class,
            superior=unit.superior,
            sectors=unit.sectors,
        )
        for unit in wave.units.values()
    ]
    for own in units:
        somebody = Rater(key="", own_unit=own.code, sectors=own.sectors, transactions=(own.code,))
        chosen = assign(relation, [somebody], units, seed=wave.plan.seed)[""]
        if chosen:
            return chosen
    return tuple(unit.code for unit in units if unit.unit_class in relation.classes)[:1]

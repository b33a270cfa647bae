"""A form to try: what an invented person of a group would be asked, of a wave in any state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from questionnaires.text import Language
from survey_service.answering.frozen import FrozenWave, FrozenWaves
from survey_service.answering.opening import Form
from survey_service.answering.pages import form_pages
from survey_service.links import Link, TrialLink
from survey_service.store.waves import Wave
from survey_service.waves.invented import invented_people, with_units
from survey_service.waves.reading import decode_wave

NOBODY: Final = Link(b"", 0)
"""An invitation's public id has 8 bytes; this one is nobody's."""
_SERVICE: Final[Mapping[Language, str]] = {
    "vi": "Thủ tục ví dụ",
    "en": "an example of a procedure",
}

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
    wave = replace(with_units(session, wave), closes_at=row.closes_at)
    people = {person.group: person for person in invented_people(wave)}
    person = people.get(link.group or next(iter(people), ""))
    if person is None:
        return None
    offered = wave.questionnaires.offered()
    service = offered[0].code if offered else _SERVICE[link.language]
    return Form(
        invitation=0,
        link=NOBODY,
        group=person.group,
        rotation=person.rotation,
        language=link.language,
        wave=wave,
        pages=form_pages(
            FrozenWave(wave=wave),
            person.group,
            person.rotation,
            person.units,
            [{"unit": unit, "service": service} for unit in person.units],
        ),
        standing="open",
        draft=None,
        taken_at=None,
    )

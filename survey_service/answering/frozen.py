"""The frozen definitions of waves, decoded once and kept."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.definition import Item
from questionnaires.index import Code
from survey_service.store.waves import Wave
from survey_service.waves.reading import LoadedWave, decode_wave

_Key = tuple[Code, int | None, Code]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenWave:
    """A wave's definitions as they were frozen; its state and closing date are read elsewhere."""

    wave: LoadedWave
    _asked: dict[_Key, tuple[Item, ...]] = field(default_factory=dict[_Key, tuple[Item, ...]])

    def asked(self, group: Code, rotation: int | None, unit: Code) -> tuple[Item, ...]:
        """Give the items put about one of the wave's units to a person of a group with a set."""
        key = (group, rotation, self.wave.units[unit].unit_class)
        if key not in self._asked:
            of, bank = self.wave, self.wave.questionnaires
            items = bank.asked(of.framework, group, of.units[unit].unit_class)
            self._asked[key] = bank.put_to(items, group, rotation)
        return self._asked[key]

    def asked_once(self, group: Code, rotation: int | None) -> tuple[Item, ...]:
        """Give the items put once, after the units, to a person of a group with a set."""
        bank = self.wave.questionnaires
        return bank.put_to(bank.asked_once(group), group, rotation)


class FrozenWaves:
    """Decodes each wave once; a wave opened with other definitions is another one."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, str], FrozenWave] = {}

    def find(self, session: Session, wave: int, *hashes: str) -> FrozenWave:
        """Give a wave's definitions by its id and the hashes of framework and questionnaires."""
        framework, questionnaires = hashes
        key = (wave, framework, questionnaires)
        if key not in self._known:
            row = session.scalars(select(Wave).where(Wave.id == wave)).one()
            self._known[key] = FrozenWave(wave=decode_wave(row))
        return self._known[key]

"""The pages of one person's form: one per rated unit, and what is asked once at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questionnaires.definition import Item
from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.answering.frozen import FrozenWave
from survey_service.waves.reading import WaveUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """One page, counted from 1: a unit with its items, items asked once, or both.

    `services` names the person's procedures at the unit. Only what this person is asked is on a
    page: not what the sets of others hold.
    """

    number: int
    unit: WaveUnit | None
    items: tuple[Item, ...]
    once: tuple[Item, ...]
    services: tuple[Text, ...]

    def all_items(self) -> tuple[Item, ...]:
        """Give every item of the page in the order in which they stand."""
        return self.items + self.once


def form_pages(
    frozen: FrozenWave,
    group: Code,
    rotation: int | None,
    units: Sequence[Code],
    transactions: Sequence[Mapping[str, Any]],
) -> tuple[FormPage, ...]:
    """Lay out the form of a person with a set of items, None for all of them.

    Where one unit is rated there is one page in all.
    """
    once = frozen.asked_once(group, rotation)
    name = frozen.wave.questionnaires.service_name
    pages = [
        FormPage(
            number=number,
            unit=frozen.wave.units[unit],
            items=frozen.asked(group, rotation, unit),
            once=once if len(units) == 1 else (),
            services=tuple(map(name, _services(unit, transactions))),
        )
        for number, unit in enumerate(units, 1)
    ]
    if once and len(units) != 1:
        last = len(pages) + 1
        pages.append(FormPage(number=last, unit=None, items=(), once=once, services=()))
    return tuple(pages)


def _services(unit: Code, transactions: Sequence[Mapping[str, Any]]) -> list[str]:
    named = (str(row.get("service") or "") for row in transactions if row.get("unit") == unit)
    return [name for name in dict.fromkeys(named) if name]

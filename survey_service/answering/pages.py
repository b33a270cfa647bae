"""The pages of one person's form: one per rated unit, and what is asked once at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questionnaires.definition import Item
from questionnaires.index import Code
from survey_service.answering.frozen import FrozenWave
from survey_service.waves.reading import WaveUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """One page, counted from 1: a unit with its items, items asked once, or both.

    `service` names the person's procedures at the unit, empty where there are none.
    """

    number: int
    unit: WaveUnit | None
    items: tuple[Item, ...]
    once: tuple[Item, ...]
    service: str

    def all_items(self) -> tuple[Item, ...]:
        """Give every item of the page in the order in which they stand."""
        return self.items + self.once


def form_pages(
    frozen: FrozenWave,
    group: Code,
    units: Sequence[Code],
    transactions: Sequence[Mapping[str, Any]],
) -> tuple[FormPage, ...]:
    """Lay out a form; where one unit is rated there is one page in all."""
    once = frozen.wave.questionnaires.asked_once(group)
    pages = [
        FormPage(
            number=number,
            unit=frozen.wave.units[unit],
            items=frozen.asked(group, unit),
            once=once if len(units) == 1 else (),
            service=_services(unit, transactions),
        )
        for number, unit in enumerate(units, 1)
    ]
    if once and len(units) != 1:
        last = len(pages) + 1
        pages.append(FormPage(number=last, unit=None, items=(), once=once, service=""))
    return tuple(pages)


def _services(unit: Code, transactions: Sequence[Mapping[str, Any]]) -> str:
    named = (str(row.get("service") or "") for row in transactions if row.get("unit") == unit)
    return ", ".join(dict.fromkeys(name for name in named if name))

"""The lists that one-stop software hands over: its own headings and words, and its users' slips."""

import csv
import io
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from questionnaires.index import Code
from survey_service.demo.programme import OneStop
from survey_service.transactions.mapping import CodedField, Mapping
from survey_service.waves.sample_plan import SamplePlan

LATE = 0.08
RUNNING = 0.04
MISSPELT = ("không có", "{name}@hop-thu", "{name} @hop-thu.example", "{upper}")
"""What stands in one address in thirty: none, no domain's end, a gap; the last is only shouted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """A transaction as the software has it: cells by heading, and the day of its result."""

    returned: date | None
    cells: dict[str, str]


def transactions(
    one_stop: OneStop, mapping: Mapping, plan: SamplePlan, *, season: str, seed: int
) -> list[Handled]:
    """Invent the transactions of a plan's days, in the order in which they were handed in."""
    chance = random.Random(f"{seed} one-stop {season}")
    days = [
        plan.since + timedelta(days=number) for number in range((plan.until - plan.since).days + 1)
    ]
    working = [day for day in days if day.weekday() < 5]
    made: list[Handled] = []
    for unit, services in sorted(one_stop.handled.items()):
        for service, count in sorted(services.items()):
            for _ in range(count):
                number = f"H{plan.until:%y%m}.{len(made) + 1:06d}"
                codes: dict[CodedField, Code] = {
                    "unit": unit,
                    "service": service,
                    "channel": _channel(one_stop, chance),
                }
                made.append(_handled(one_stop, mapping, codes, number, working, chance, plan.group))
    chance.shuffle(made)
    return made


def written(mapping: Mapping, rows: Iterable[Handled]) -> bytes:
    """Write a file as the software does: commas, a byte order mark, its own headings."""
    text = io.StringIO(newline="")
    headings = [heading for heading in _headings(mapping) if heading]
    writer = csv.DictWriter(text, headings, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row.cells for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _headings(mapping: Mapping) -> Iterator[str]:
    columns = mapping.columns
    yield from (columns.number, columns.service, columns.unit, columns.channel)
    yield from (columns.name, columns.telephone, columns.email)
    yield from (columns.received, columns.due, columns.returned)


def _handled(
    one_stop: OneStop,
    mapping: Mapping,
    codes: dict[CodedField, Code],
    number: str,
    working: list[date],
    chance: random.Random,
    group: Code,
) -> Handled:
    whose = chance.randrange(one_stop.people)
    returned = chance.choice(working)
    taken = timedelta(days=chance.randint(1, 12))
    promised = -chance.randint(1, 3) if chance.random() < LATE else chance.randint(0, 4)
    running = chance.random() < RUNNING
    columns = mapping.columns
    cells = {
        columns.number: number,
        columns.name: f"Người nộp hồ sơ số {whose + 1}",
        columns.telephone: f"09{whose:08d}",
        columns.email: _email(one_stop, whose, chance, group.lower()),
        columns.received: f"{returned - taken:%d/%m/%Y} 08:30",
        columns.due: f"{returned + timedelta(days=promised):%d/%m/%Y}",
        columns.returned: "" if running else f"{returned:%d/%m/%Y} 15:40",
        **{mapping.heading(field): _word(mapping, field, code) for field, code in codes.items()},
    }
    return Handled(
        returned=None if running else returned,
        cells={heading: cell for heading, cell in cells.items() if heading},
    )


def _email(one_stop: OneStop, whose: int, chance: random.Random, group: str) -> str:
    """Give what the clerk typed: the person's address, an agent's, a misspelt one, or nothing."""
    if chance.random() * 100 < one_stop.through_agents:
        return f"{group}.dich-vu-{whose % 3}@hop-thu.example"
    if random.Random(f"address {whose}").random() * 100 < one_stop.without_email:
        return ""
    name = f"{group}.{whose + 1:06d}"
    if chance.random() < 1 / 30:
        return chance.choice(MISSPELT).format(name=name, upper=f"{name}@HOP-THU.EXAMPLE".upper())
    return f"{name}@hop-thu.example"


def _channel(one_stop: OneStop, chance: random.Random) -> Code:
    codes = list(one_stop.channels)
    return chance.choices(codes, [one_stop.channels[code] for code in codes])[0]


def _word(mapping: Mapping, field: CodedField, code: Code) -> str:
    """Give the software's word for a code."""
    words = mapping.words(field)
    return next((word for word, meant in words.items() if meant == code), code)

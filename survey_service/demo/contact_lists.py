"""The list of people that an office would hand in for a round, as a CSV file."""

import csv
import io
import random
from collections.abc import Iterator, Sequence

from survey_service.demo.programme import People
from survey_service.store.people import Unit

HEADINGS: tuple[str, ...] = (
    "Họ và tên",
    "Thư điện tử",
    "Nhóm đối tượng",
    "Đơn vị công tác",
    "Ngôn ngữ",
    "Đơn vị giải quyết",
    "Thủ tục",
    "Tháng",
    "Lĩnh vực",
    "Tổng số",
)
READING_ENGLISH = 0.01
WITH_TWO_SECTORS = 0.25


def contact_list(people: Sequence[People], units: Sequence[Unit], *, year: int, seed: int) -> bytes:
    """Give the list as an office saves it: semicolons, Vietnamese headings, a byte order mark.

    Names are roles, addresses `.example`; transactions are of the months of `year`.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADINGS, restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for one in people:
        writer.writerows(_rows(one, units, year, seed))
    return text.getvalue().encode("utf-8-sig")


def _rows(people: People, units: Sequence[Unit], year: int, seed: int) -> Iterator[dict[str, str]]:
    chance = random.Random(f"{seed} list {people.group}")
    own = [unit for unit in units if unit.unit_class in people.own]
    served = [unit for unit in units if unit.unit_class in people.served]
    sectors = sorted({sector for unit in units for sector in unit.sectors})
    for place in range(people.count):
        unit = None
        number = place + 1
        row = {
            "Nhóm đối tượng": people.group,
            "Thư điện tử": f"{people.group.lower()}.{number:04d}@hop-thu.example",
            "Ngôn ngữ": "en" if chance.random() < READING_ENGLISH else "vi",
        }
        if own:
            unit = own[place % len(own)]
            number = place // len(own) + 1
            row["Đơn vị công tác"] = unit.code
        if served:
            unit = served[place % len(served)]
            row["Đơn vị giải quyết"] = unit.code
            row["Thủ tục"] = chance.choice(people.services)
            row["Tháng"] = f"{chance.randrange(1, 13):02d}/{year}"
        if people.sectors:
            named = {sectors[place % len(sectors)]}
            if chance.random() < WITH_TWO_SECTORS:
                named.add(chance.choice(sectors))
            row["Lĩnh vực"] = ", ".join(sorted(named))
        if unit and people.population:
            # The same unit has as many whoever else is asked.
            drawn_from = random.Random(f"{seed} population {people.group} {unit.code}")
            row["Tổng số"] = str(drawn_from.randint(min(people.population), max(people.population)))
        row["Họ và tên"] = people.role.format(n=number, unit=unit.name_vi if unit else "")
        yield row

"""An address that comes twice: one person with several transactions, or a mistake."""

from collections.abc import Iterable

import msgspec

from questionnaires.text import Text
from survey_service.frame.cells import Cells
from survey_service.frame.people import Person
from survey_service.frame.values import shown


def merge_repeats(people: Iterable[Person], cells: Cells) -> dict[str, Person]:
    """Give each address once, with every transaction of its lines, in their order.

    What does not agree is gathered as problems of the table that `cells` belong to; the first
    line holds.
    """
    merged: dict[str, Person] = {}
    for person in people:
        first = merged.get(person.key)
        merged[person.key] = person if first is None else _merge(first, person, cells)
    return merged


def _merge(first: Person, person: Person, cells: Cells) -> Person:
    if person.group != first.group:
        cells.refuse_at(
            "email",
            person.line,
            Text(
                vi=f"địa chỉ {shown(person.email)} đã có ở dòng {first.line} với nhóm "
                f"{first.group}; một người chỉ được hỏi trong một nhóm.",
                en=f"the address {shown(person.email)} stands in line {first.line} already, in "
                f"group {first.group}; a person is asked in one group only.",
            ),
        )
        return first
    if person.own_unit != first.own_unit:
        cells.refuse_at(
            "own_unit",
            person.line,
            Text(
                vi=f"đơn vị công tác khác với dòng {first.line} của cùng địa chỉ "
                f"{shown(person.email)}.",
                en=f"the own unit is not that of line {first.line} with the same address "
                f"{shown(person.email)}.",
            ),
        )
        return first
    new = tuple(done for done in person.transactions if done not in first.transactions)
    if not new:
        cells.refuse_at(
            "email",
            person.line,
            Text(
                vi=f"trùng với dòng {first.line}; chỉ tính một lần.",
                en=f"repeats line {first.line}; it counts once.",
            ),
            warning=True,
        )
    elif _details(person) != _details(first):
        cells.refuse_at(
            "email",
            person.line,
            Text(
                vi=f"cùng địa chỉ với dòng {first.line} nhưng họ tên hoặc thông tin mẫu khác; "
                f"thông tin ở dòng {first.line} được giữ, giao dịch được gộp.",
                en=f"has the address of line {first.line} with another name or other sampling "
                f"details; those of line {first.line} are kept and the transactions put together.",
            ),
            warning=True,
        )
    return msgspec.structs.replace(
        first,
        transactions=(*first.transactions, *new),
        sectors=tuple(dict.fromkeys((*first.sectors, *person.sectors))),
    )


def _details(person: Person) -> tuple[object, ...]:
    return person.name, person.language, person.stratum, person.population, person.weight

"""How far a ballot's own fields point to the people invited, where they point to few."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.index import Code, Mode
from questionnaires.text import Text
from survey_service.dataset.design import Cause, Declaration

WEB: Mode = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedPerson:
    """What the frame and the assignment know of one invited person.

    `unit` is the unit that the stratum goes by: one's own or that of the transaction, empty
    where the group is one stratum. `label` is the finer stratum of the list, or `service` and
    `channel` are those of the transaction where people were drawn by them; `population` is the
    N_h of that finest stratum. `eligible` are the units that the relation allows this person,
    `assigned` those given: fewer where a random subset was drawn.
    """

    group: Code
    eligible: frozenset[Code]
    assigned: frozenset[Code]
    unit: Code = ""
    label: str = ""
    population: int | None = None
    weight: str = "1"
    service: Code = ""
    channel: Code = ""
    mode: Mode = WEB


def declarations(
    people: Sequence[InvitedPerson], stratum_of: Sequence[Code], k: int
) -> tuple[Declaration, ...]:
    """Say where a ballot's own fields or its units still point to fewer than k people.

    To hide a unit, a weight or a pattern of units would change the figures, so these stay and
    are declared, each person under the first cause that narrows.
    """
    narrow: dict[tuple[Code, Cause], list[int]] = defaultdict(list)
    of_stratum = Counter(stratum_of)
    of_weight = Counter(
        (code, person.weight) for code, person in zip(stratum_of, people, strict=True)
    )
    of_units = _pattern_sizes(people, stratum_of)
    for code, person in zip(stratum_of, people, strict=True):
        seen: list[tuple[Cause, int]] = [
            ("stratum", of_stratum[code]),
            ("weight", of_weight[code, person.weight]),
            (
                "unit" if len(person.assigned) == 1 else "pattern",
                of_units[code, person.weight, person.assigned],
            ),
        ]
        for cause, people_left in [one for one in seen if one[1] < k][:1]:
            narrow[person.group, cause].append(people_left)
    return tuple(
        _declaration(group, cause, len(counts), min(counts))
        for (group, cause), counts in sorted(narrow.items())
    )


def _pattern_sizes(
    people: Sequence[InvitedPerson], stratum_of: Sequence[Code]
) -> dict[tuple[Code, str, frozenset[Code]], int]:
    """Count who could have had each pattern of units, as far as the relation tells.

    A drawn subset is anybody's who was eligible for all of it: only a unit that a person could
    not rate ("all but my own") gives them away.
    """
    eligible: dict[tuple[Code, str, int], Counter[frozenset[Code]]] = defaultdict(Counter)
    for code, person in zip(stratum_of, people, strict=True):
        eligible[code, person.weight, len(person.assigned)][person.eligible] += 1
    patterns = {
        (code, person.weight, person.assigned)
        for code, person in zip(stratum_of, people, strict=True)
    }
    return {
        (code, weight, units): sum(
            count for pool, count in eligible[code, weight, len(units)].items() if units <= pool
        )
        for code, weight, units in patterns
    }


_CAUSES: dict[Cause, Text] = {
    "stratum": Text(vi="lớp của mẫu", en="the stratum"),
    "weight": Text(vi="quyền số mẫu", en="the sampling weight"),
    "unit": Text(vi="đơn vị được đánh giá", en="the rated unit"),
    "pattern": Text(vi="tập hợp đơn vị được giao đánh giá", en="the set of units to rate"),
}


def _declaration(group: Code, cause: Cause, people: int, fewest: int) -> Declaration:
    by = _CAUSES[cause]
    return Declaration(
        group=group,
        cause=cause,
        people=people,
        fewest=fewest,
        message=Text(
            vi=f"Nhóm {group}: {people} người được mời có thể bị thu hẹp theo {by.vi}, "
            f"có nơi chỉ còn {fewest} người; không gộp thêm được mà không làm đổi kết quả.",
            en=f"Group {group}: {people} invited people can be narrowed by {by.en}, "
            f"somewhere to {fewest}; to merge more would change the figures.",
        ),
    )

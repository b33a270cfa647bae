"""Strata made so coarse that no ballot narrows to fewer than k invited people."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.index import Code
from questionnaires.problems import ProblemsError, problem
from questionnaires.text import Text
from survey_service.dataset.design import (
    Cause,
    Coarsening,
    DatasetStratum,
    Declaration,
    ListKind,
)

Place = tuple[str, ...]
"""A stratum by how it is described: (group,), (group, unit) or (group, unit, label)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedPerson:
    """What the frame and the assignment know of one invited person.

    `unit` is the unit that the stratum goes by: one's own or that of the transaction, empty
    where the group is one stratum. `label` is the finer stratum of the list, `population` the
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarsened:
    """The strata to freeze, each person's stratum (in the order given), and what was done."""

    strata: tuple[DatasetStratum, ...]
    stratum_of: tuple[Code, ...]
    coarsened: tuple[Coarsening, ...]
    declared: tuple[Declaration, ...]

    def stratum_for(self, person: InvitedPerson) -> Code | None:
        """Find where somebody would stand who is not among those invited; None if nowhere.

        That is the stratum that their own went into, or the widest of their group.
        """
        own = _code(_finest(person))
        for one in self.coarsened:
            if own in one.merged:
                return one.stratum
        strata = {one.code: one.invited for one in self.strata if one.group == person.group}
        return own if own in strata else max(strata, key=lambda code: strata[code], default=None)


def coarsen(
    people: Sequence[InvitedPerson], k: int, list_kinds: Mapping[Code, ListKind]
) -> Coarsened:
    """Merge strata of fewer than k invited people upwards, then declare what is still narrow.

    The narrow strata of a unit become one, then those of a group; a rest that is still narrow
    takes in its smallest neighbour. Populations add up; one without a list leaves the sum
    without. `list_kinds` says how each group's list was made. Raises ProblemsError where people
    of one stratum state different populations, or one below the number invited.
    """
    finest = [_finest(person) for person in people]
    populations = _populations(people, finest)
    sizes = Counter(finest)
    into = _merge(sizes, k)
    members: dict[Place, list[Place]] = defaultdict(list)
    for place in sorted(sizes):
        members[into[place]].append(place)
    drawn = {
        into[place]
        for place, person in zip(finest, people, strict=True)
        if person.assigned < person.eligible
    }
    stratum_of = tuple(_code(into[place]) for place in finest)
    return Coarsened(
        strata=tuple(
            DatasetStratum(
                code=_code(host),
                group=host[0],
                population=_total([populations[place] for place in members[host]]),
                subset=host in drawn,
                list_kind=list_kinds[host[0]],
                invited=sum(sizes[place] for place in members[host]),
            )
            for host in sorted(members)
        ),
        stratum_of=stratum_of,
        coarsened=tuple(
            Coarsening(stratum=_code(host), merged=tuple(_code(place) for place in members[host]))
            for host in sorted(members)
            if members[host] != [host]
        ),
        declared=tuple(_declarations(people, stratum_of, k)),
    )


def _finest(person: InvitedPerson) -> Place:
    if person.label:
        return (person.group, person.unit, person.label)
    return (person.group, person.unit) if person.unit else (person.group,)


def _code(place: Place) -> Code:
    # A slash inside a part is escaped, so that two places never share a code.
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in place)


def _populations(
    people: Sequence[InvitedPerson], finest: Sequence[Place]
) -> dict[Place, int | None]:
    stated: dict[Place, set[int | None]] = defaultdict(set)
    for person, place in zip(people, finest, strict=True):
        stated[place].add(person.population)
    sizes = Counter(finest)
    problems = [
        problem(
            _code(place),
            "những người cùng một lớp phải ghi cùng một tổng số người (population), "
            f"không nhỏ hơn {sizes[place]} người được mời",
            "people of one stratum must state the same population, "
            f"not below the {sizes[place]} invited",
        )
        for place, numbers in sorted(stated.items())
        if len(numbers) > 1 or any(n is not None and n < sizes[place] for n in numbers)
    ]
    if problems:
        raise ProblemsError(*problems)
    return {place: numbers.pop() for place, numbers in stated.items()}


def _total(populations: Sequence[int | None]) -> int | None:
    known = [population for population in populations if population is not None]
    return sum(known) if len(known) == len(populations) else None


def _merge(sizes: Mapping[Place, int], k: int) -> dict[Place, Place]:
    """Say where each finest stratum goes: first into its unit's rest, then into its group's."""
    into = {place: place for place in sizes}
    for depth in (2, 1):
        size: Counter[Place] = Counter()
        for place, host in into.items():
            size[host] += sizes[place]
        families: dict[Place, list[Place]] = defaultdict(list)
        for host in sorted(size, key=lambda host: (size[host], host)):
            families[_parent(host, depth)].append(host)
        for parent, hosts in families.items():
            rest = _rest(hosts, size, k)
            into.update({place: parent for place, host in into.items() if host in rest})
    return into


def _parent(host: Place, depth: int) -> Place:
    # A group whose labels go by no unit has no level between the label and the group.
    return host[:1] if depth == 1 or not host[1:] or not host[1] else host[:depth]


def _rest(hosts: Sequence[Place], size: Mapping[Place, int], k: int) -> set[Place]:
    """Choose from strata, smallest first, the narrow ones and enough more to be wide."""
    rest: set[Place] = set()
    together = 0
    for host in hosts:
        if size[host] < k or 0 < together < k:
            rest.add(host)
            together += size[host]
    return rest


def _declarations(
    people: Sequence[InvitedPerson], stratum_of: Sequence[Code], k: int
) -> Iterator[Declaration]:
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
    for (group, cause), counts in sorted(narrow.items()):
        yield _declaration(group, cause, len(counts), min(counts))


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

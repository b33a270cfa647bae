"""Strata made so coarse that no ballot narrows to fewer than k invited people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from questionnaires.index import Code
from questionnaires.problems import ProblemsError, problem
from survey_service.dataset.design import Coarsening, DatasetStratum, Declaration, ListKind
from survey_service.freezing.narrowing import WEB, InvitedPerson, declarations

Place = tuple[str, ...]
"""A stratum by how it is described: (root, unit, label) or (root, unit, service, channel).

The root is the group, with its mode where that is not the web. What is empty at the end is left
out.
"""
DEEPEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarsened:
    """The strata to freeze, each person's stratum (in the order given), and what was done."""

    strata: tuple[DatasetStratum, ...]
    stratum_of: tuple[Code, ...]
    coarsened: tuple[Coarsening, ...]
    declared: tuple[Declaration, ...]

    def stratum_for(self, person: InvitedPerson) -> Code | None:
        """Find where somebody would stand who is not among those invited; None if nowhere.

        That is the stratum that their own went into, or the widest of their group and mode.
        """
        own = finest_code(person)
        for one in self.coarsened:
            if own in one.merged:
                return one.stratum
        strata = {
            one.code: one.invited
            for one in self.strata
            if (one.group, one.mode) == (person.group, person.mode)
        }
        return own if own in strata else max(strata, key=lambda code: strata[code], default=None)


def coarsen(
    people: Sequence[InvitedPerson], k: int, list_kinds: Mapping[Code, ListKind]
) -> Coarsened:
    """Merge strata of fewer than k invited people upwards, then declare what is still narrow.

    The narrow channels of a service become one, then the services of a unit, the units of a
    group; a rest that is still narrow takes in its smallest neighbour. Modes never mix.
    Populations add up; one without a list leaves the sum without. `list_kinds` says how each
    group's list was made; whoever came by a receipt is a volunteer. Raises ProblemsError where
    people of one stratum state different populations, or one below the number invited.
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
    described: dict[Place, set[InvitedPerson]] = defaultdict(set)
    for place, person in zip(finest, people, strict=True):
        described[into[place]].add(person)
    return Coarsened(
        strata=tuple(
            _stratum(
                described[host],
                code=_code(host),
                population=_total([populations[place] for place in members[host]]),
                subset=host in drawn,
                invited=sum(sizes[place] for place in members[host]),
                list_kinds=list_kinds,
            )
            for host in sorted(members)
        ),
        stratum_of=stratum_of,
        coarsened=tuple(
            Coarsening(stratum=_code(host), merged=tuple(_code(place) for place in members[host]))
            for host in sorted(members)
            if members[host] != [host]
        ),
        declared=declarations(people, stratum_of, k),
    )


def _stratum(
    people: AbstractSet[InvitedPerson],
    *,
    code: Code,
    population: int | None,
    subset: bool,
    invited: int,
    list_kinds: Mapping[Code, ListKind],
) -> DatasetStratum:
    one = next(iter(people))
    group, mode = one.group, one.mode
    return DatasetStratum(
        code=code,
        group=group,
        population=population,
        subset=subset,
        list_kind="volunteers" if mode == "receipt" else list_kinds[group],
        invited=invited,
        unit=_common(person.unit for person in people),
        service=_common(person.service for person in people),
        channel=_common(person.channel for person in people),
        mode=mode,
    )


def _common(values: Iterable[Code]) -> Code:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def finest_code(person: InvitedPerson) -> Code:
    """Name the stratum where somebody stands before anything is merged."""
    return _code(_finest(person))


def _finest(person: InvitedPerson) -> Place:
    # A code has no tilde in it, so a mode is never taken for a part of a group's name.
    root = person.group if person.mode == WEB else f"{person.group}~{person.mode}"
    if person.label:
        return (root, person.unit, person.label)
    return _trimmed((root, person.unit, person.service, person.channel))


def _trimmed(place: Place) -> Place:
    return place if place[-1] else _trimmed(place[:-1])


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
    """Say where each finest stratum goes: first into the nearest rest, at last its group's."""
    into = {place: place for place in sizes}
    for depth in range(DEEPEST - 1, 0, -1):
        size: Counter[Place] = Counter()
        for place, host in into.items():
            size[host] += sizes[place]
        families: dict[Place, list[Place]] = defaultdict(list)
        for host in sorted(size, key=lambda host: (size[host], host)):
            # What goes by no unit has no level between it and the group.
            families[_trimmed(host[:depth])].append(host)
        for parent, hosts in families.items():
            rest = _rest(hosts, size, k)
            into.update({place: parent for place, host in into.items() if host in rest})
    return into


def _rest(hosts: Sequence[Place], size: Mapping[Place, int], k: int) -> set[Place]:
    """Choose from strata, smallest first, the narrow ones and enough more to be wide."""
    rest: set[Place] = set()
    together = 0
    for host in hosts:
        if size[host] < k or 0 < together < k:
            rest.add(host)
            together += size[host]
    return rest

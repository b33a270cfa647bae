"""Who rates whom, as data: from a group's relation to the units each person rates."""

import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from questionnaires.index import Code
from questionnaires.subsets import balanced, shuffled

Keyed = TypeVar("Keyed")


class Across(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People whose own unit is of one of `from_classes` rate the units of `to_classes`."""

    from_classes: tuple[Code, ...] = msgspec.field(name="from")
    to_classes: tuple[Code, ...] = msgspec.field(name="to")


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a person of a group rates: a base set, less one's own unit, then a subset.

    `units`: "class" every unit of `classes`; "own" one's own unit; "superior" the unit one's
    own unit answers to; "across" by `across`; "sector" the units that share one of the person's
    sectors; "transaction" the units of the person's transactions. `classes` narrows each of
    them (all classes where empty). `subset` draws that many at random, balanced over the units.
    """

    units: Literal["class", "own", "superior", "across", "sector", "transaction"]
    classes: tuple[Code, ...] = ()
    except_own: bool = False
    subset: int | None = None
    across: tuple[Across, ...] = ()


class RatedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as the relations see it; `superior` is the unit it answers to."""

    code: Code
    unit_class: Code
    superior: Code | None = None
    sectors: tuple[Code, ...] = ()


class Rater(msgspec.Struct, frozen=True, kw_only=True):
    """A person of a group; `key` is theirs alone, `transactions` names units."""

    key: str
    own_unit: Code | None = None
    sectors: tuple[Code, ...] = ()
    transactions: tuple[Code, ...] = ()


def assign(
    relation: Relation, raters: Iterable[Rater], units: Iterable[RatedUnit], *, seed: int
) -> dict[str, tuple[Code, ...]]:
    """Give each person, by key, the units they rate, in an order of their own.

    Subsets are drawn balanced: no unit could have one rater fewer and a poorer one, two or more
    behind, one more. The order differs by person so that fatigue falls on no unit in particular.
    The outcome follows from the values and the seed, not from the order in which they come.
    Raises ValueError where two people or two units share a key.
    """
    known = {unit.code: unit for unit in _sorted_once(units, lambda unit: unit.code)}
    people = _sorted_once(raters, lambda rater: rater.key)
    # Only random() is promised to stay the same in every later Python; shuffle and sample are not.
    draw = random.Random(seed).random
    pools = {
        rater.key: tuple(
            code for code, unit in known.items() if _rates(relation, rater, unit, known)
        )
        for rater in people
    }
    chosen = balanced(pools, relation.subset, draw) if relation.subset else pools
    return {key: tuple(shuffled(codes, draw)) for key, codes in chosen.items()}


def _sorted_once(values: Iterable[Keyed], key: Callable[[Keyed], str]) -> list[Keyed]:
    ordered = sorted(values, key=key)
    for former, latter in itertools.pairwise(ordered):
        if key(former) == key(latter):
            raise ValueError(f"given twice: {key(latter)}")
    return ordered


def _rates(
    relation: Relation, rater: Rater, unit: RatedUnit, known: Mapping[Code, RatedUnit]
) -> bool:
    if relation.classes and unit.unit_class not in relation.classes:
        return False
    if relation.except_own and unit.code == rater.own_unit:
        return False
    own = known.get(rater.own_unit or "")
    match relation.units:
        case "class":
            reached = True
        case "own":
            reached = unit.code == rater.own_unit
        case "superior":
            reached = own is not None and unit.code == own.superior
        case "across":
            reached = own is not None and any(
                own.unit_class in way.from_classes and unit.unit_class in way.to_classes
                for way in relation.across
            )
        case "sector":
            reached = not set(unit.sectors).isdisjoint(rater.sectors)
        case "transaction":
            reached = unit.code in rater.transactions
    return reached

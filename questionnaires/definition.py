"""The questionnaires: scales, items bound to leaves, sections, and who is asked what."""

from collections.abc import Sequence
from itertools import chain
from typing import Literal

import msgspec

from questionnaires.index import Code, Framework
from questionnaires.relations import Relation
from questionnaires.text import Text

ItemKind = Literal["scale", "single", "multiple", "number", "yes_no", "text"]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer that can be chosen."""

    code: Code
    text: Text


YES_NO = (
    Option(code="yes", text=Text(vi="Có", en="Yes")),
    Option(code="no", text=Text(vi="Không", en="No")),
)
"""The options of every yes/no item."""


class AnswerScale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rating scale (thang trả lời), best option first; its values stand in the framework.

    `role` marks a scale of satisfaction: the satisfaction index is made of its items.
    """

    code: Code
    options: tuple[Option, ...]
    dont_know: Text | None = None
    not_applicable: Text | None = None
    role: Literal["satisfaction"] | msgspec.UnsetType = msgspec.UNSET


class ShowIf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A skip rule: the item is asked only where an earlier item has one of these answers."""

    item: Code
    is_: tuple[Code, ...] = msgspec.field(name="is")


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question put to the named groups.

    `leaves` binds it to at most one leaf per unit class (class code → leaf code). An item with
    no leaf is diagnostic and is put to its groups about every unit of `unit_classes`
    (all classes where empty), or once per respondent, after the units, where `about` is
    "respondent". `role` marks the overall judgement that key drivers are sought for.
    """

    code: Code
    section: Code
    kind: ItemKind
    groups: tuple[Code, ...]
    text: Text
    hint: Text | None = None
    scale: Code | None = None
    leaves: dict[Code, Code] = {}
    unit_classes: tuple[Code, ...] = ()
    options: tuple[Option, ...] = ()
    max_choices: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 1000
    about: Literal["unit", "respondent"] = "unit"
    show_if: ShowIf | None = None
    role: Literal["overall"] | msgspec.UnsetType = msgspec.UNSET


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public service (dịch vụ công) whose transactions are asked about."""

    code: Code
    name: Text


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The short form of a group: items in no set are put to everybody, each person gets one set.

    Sets are given out by lot and as evenly as can be, so that every item is answered by a random
    part of the group (matrix sampling: Shoemaker 1973; Raghunathan & Grizzle 1995).
    """

    group: Code
    sets: tuple[tuple[Code, ...], ...]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heading under which items stand together."""

    code: Code
    title: Text


class GroupRelation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a respondent group rates, and what a preflight may expect of it.

    `response_rate` in percent; `seconds_per_item` feeds the minutes that a letter states.
    """

    group: Code
    rates: Relation
    response_rate: int
    seconds_per_item: int = 8
    list_kind: Literal["census", "drawn", "nominated"] = "census"


class Questionnaires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item bank of one framework; each group's questionnaire is a view of it."""

    code: Code
    framework: Code
    title: Text
    scales: tuple[AnswerScale, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    relations: tuple[GroupRelation, ...]
    services: tuple[Service, ...] | msgspec.UnsetType = msgspec.UNSET
    rotations: tuple[Rotation, ...] | msgspec.UnsetType = msgspec.UNSET

    def offered(self) -> tuple[Service, ...]:
        """Give the services that the questionnaires know by name; none where they state none."""
        return () if self.services is msgspec.UNSET else self.services

    def short_forms(self) -> tuple[Rotation, ...]:
        """Give the rotations of the groups that have a short form."""
        return () if self.rotations is msgspec.UNSET else self.rotations

    def rotation(self, group: Code) -> Rotation | None:
        """Find a group's rotation; None where everybody in it gets every item."""
        for rotation in self.short_forms():
            if rotation.group == group:
                return rotation
        return None

    def sets(self, group: Code) -> tuple[tuple[Code, ...], ...]:
        """Give the sets of items of which each person of a group gets one; none: no short form."""
        rotation = self.rotation(group)
        return () if rotation is None else rotation.sets

    def service_name(self, written: str) -> Text:
        """Name a service by its code or its Vietnamese name; any other name is taken as it is."""
        for service in self.offered():
            if written in {service.code, service.name.vi}:
                return service.name
        return Text(vi=written, en=written)

    def scale(self, code: Code) -> AnswerScale:
        """Find a scale by its code; raises KeyError."""
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(code)

    def relation(self, group: Code) -> GroupRelation:
        """Find whom a group rates; raises KeyError."""
        for relation in self.relations:
            if relation.group == group:
                return relation
        raise KeyError(group)

    def item(self, code: Code) -> Item:
        """Find an item by its code; raises KeyError."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def options(self, item: Item) -> tuple[Option, ...]:
        """Give what can be chosen for an item, best first on a scale; empty where one writes.

        Raises KeyError where the item names a scale that does not exist.
        """
        if item.kind == "yes_no":
            return YES_NO
        return item.options if item.scale is None else self.scale(item.scale).options

    def asked(self, framework: Framework, group: Code, unit_class: Code) -> tuple[Item, ...]:
        """Give the items put to a group about a unit of a class, in the order of the sections.

        An item with leaves is asked only where the group has weight on its leaf in that class
        (an item the group has no weight on would cost minutes and count for nothing).
        """
        order = {section.code: place for place, section in enumerate(self.sections)}
        chosen = [
            item
            for item in self.items
            if item.about == "unit"
            and group in item.groups
            and _concerns(framework, item, group, unit_class)
        ]
        return tuple(sorted(chosen, key=lambda item: order[item.section]))

    def asked_once(self, group: Code) -> tuple[Item, ...]:
        """Give the items put to a respondent of a group once, after the units."""
        return tuple(
            item for item in self.items if item.about == "respondent" and group in item.groups
        )

    def put_to(self, items: Sequence[Item], group: Code, rotation: int | None) -> tuple[Item, ...]:
        """Give those of a group's items that a person is asked whom lot gave a set by its place.

        Everything where the person has no set. Raises IndexError for a set that does not exist.
        """
        sets = self.sets(group)
        if not sets or rotation is None:
            return tuple(items)
        others = set(chain.from_iterable(sets)) - set(sets[rotation])
        return tuple(item for item in items if item.code not in others)


def _concerns(framework: Framework, item: Item, group: Code, unit_class: Code) -> bool:
    if not item.leaves:
        return not item.unit_classes or unit_class in item.unit_classes
    leaf = item.leaves.get(unit_class)
    return leaf is not None and framework.weight(unit_class, leaf, group) > 0

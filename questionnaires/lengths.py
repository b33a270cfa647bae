"""How long a form about one unit is, whole and short, group by group."""

import msgspec

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from questionnaires.load import person_load


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """Questions of a form about one unit, and minutes, rounded up."""

    questions: int
    minutes: int


class FormLengths(msgspec.Struct, frozen=True, kw_only=True):
    """The lengths of a group's form; `short` has one for each set, none without a short form."""

    group: Code
    long: Length
    short: tuple[Length, ...]


def form_lengths(framework: Framework, questionnaires: Questionnaires) -> tuple[FormLengths, ...]:
    """Measure every group's form about a unit of the class of which it is asked most."""
    return tuple(
        FormLengths(
            group=relation.group,
            long=_longest(framework, questionnaires, relation.group, None),
            short=tuple(
                _longest(framework, questionnaires, relation.group, place)
                for place in range(len(questionnaires.sets(relation.group)))
            ),
        )
        for relation in questionnaires.relations
    )


def _longest(
    framework: Framework, questionnaires: Questionnaires, group: Code, rotation: int | None
) -> Length:
    loads = (
        person_load(framework, questionnaires, group, [unit_class.code], rotation)
        for unit_class in framework.unit_classes
    )
    most = max(loads, key=lambda load: load.cells)
    return Length(questions=most.cells, minutes=most.minutes)

"""What a group can rate at all: the unit classes in which something is asked of it."""

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework


def rated_classes(
    framework: Framework, questionnaires: Questionnaires, group: Code
) -> tuple[Code, ...]:
    """Give the classes that a group's relation admits and about which it has items.

    A ballot about any other unit would be an empty page. Raises KeyError for a group without a
    relation.
    """
    admitted = questionnaires.relation(group).rates.classes
    return tuple(
        unit_class.code
        for unit_class in framework.unit_classes
        if (not admitted or unit_class.code in admitted)
        and questionnaires.asked(framework, group, unit_class.code)
    )

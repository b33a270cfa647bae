"""Which columns are not put to a group, so that a ballot holds nothing there."""

from collections.abc import Sequence

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from questionnaires.packing import Column


def not_asked(
    framework: Framework,
    questionnaires: Questionnaires,
    columns: Sequence[Column],
    group: Code,
    unit_class: Code | None,
) -> list[int]:
    """Give the columns not put to a group about a unit of a class; None: a unit it does not know.

    What is put once per respondent may stand on any of their ballots.
    """
    asked = {item.code for item in questionnaires.asked_once(group)}
    if unit_class is not None:
        asked |= {item.code for item in questionnaires.asked(framework, group, unit_class)}
    return [place for place, column in enumerate(columns) if column.item not in asked]

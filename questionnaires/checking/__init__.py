"""The checker: every mistake of an index and its questionnaires, at once."""

from questionnaires.checking.coverage import check_coverage
from questionnaires.checking.index import check_index
from questionnaires.checking.items import check_items
from questionnaires.checking.kinds import check_kinds
from questionnaires.checking.relations import check_relations
from questionnaires.checking.roles import check_roles
from questionnaires.checking.rotations import check_rotations
from questionnaires.checking.scales import check_scales
from questionnaires.checking.services import check_services
from questionnaires.checking.skips import check_skips
from questionnaires.checking.texts import check_texts
from questionnaires.definition import Questionnaires
from questionnaires.index import Framework
from questionnaires.loading import FRAMEWORK_FILE, QUESTIONNAIRES_FILE
from questionnaires.problems import Problem

__all__ = ["check"]


def check(
    framework: Framework,
    questionnaires: Questionnaires,
    *,
    places: tuple[str, str] = (FRAMEWORK_FILE, QUESTIONNAIRES_FILE),
) -> tuple[Problem, ...]:
    """Find every mistake; errors bar a wave from opening, warnings do not.

    `places` name the two files in the problems.
    """
    return (
        *check_index(framework, places[0]),
        *check_items(framework, questionnaires, places[1]),
        *check_kinds(questionnaires, places[1]),
        *check_roles(framework, questionnaires, places[1]),
        *check_scales(framework, questionnaires, places),
        *check_skips(questionnaires, places[1]),
        *check_coverage(framework, questionnaires, places),
        *check_relations(framework, questionnaires, places[1]),
        *check_services(questionnaires, places[1]),
        *check_rotations(framework, questionnaires, places[1]),
        *check_texts(framework, questionnaires, places),
    )

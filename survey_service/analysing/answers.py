"""Everything about what was answered, put together from one reading of the sample."""

from survey_service.analysing.analysed import Analysed
from survey_service.analysing.basis import basis_of
from survey_service.analysing.class_rows import class_rows
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.comments import comments
from survey_service.analysing.distributions import distributions, item_texts
from survey_service.analysing.drivers import drivers
from survey_service.analysing.group_differences import compared_leaves, differences, rank_tests
from survey_service.analysing.satisfaction import satisfaction
from survey_service.analysing.weak_points import weak_points
from survey_service.findings.answers import Answers
from survey_service.moderating.decisions import Moderation


def answers(
    analysed: Analysed, clearance: Clearance, moderation: Moderation | None = None
) -> Answers:
    """Find out what was answered; free answers are listed only after `moderation`.

    Raises ValueError where the moderation is of another dataset.
    """
    basis = basis_of(analysed, clearance)
    rows = class_rows(basis)
    leaves = tuple(compared_leaves(basis, rows))
    return Answers(
        items=item_texts(basis),
        distributions=tuple(distributions(basis, rows)),
        satisfaction=tuple(satisfaction(basis, rows)),
        group_differences=differences(basis, leaves),
        rank_tests=tuple(rank_tests(basis, leaves)),
        drivers=tuple(drivers(basis)),
        weak_points=tuple(weak_points(basis)),
        comments=comments(analysed, clearance, moderation),
    )

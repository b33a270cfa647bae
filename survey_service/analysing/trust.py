"""How far the ranking can be trusted: where units stand, what is robust, what changed."""

from analysis.scoring.columns import BoolArray
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.changes import changes
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.robustness import scenarios
from survey_service.analysing.standings import class_standings
from survey_service.findings.standing import Trust


def trust(
    analysed: Analysed, clearance: Clearance, flagged: BoolArray, former: Analysed | None = None
) -> Trust:
    """Put the section together; `flagged` marks ballots, changes need a former wave's dataset.

    Raises ProblemsError where that is this dataset, or of a later year.
    """
    return Trust(
        classes=class_standings(analysed, clearance),
        scenarios=scenarios(analysed, clearance, flagged),
        changes=None if former is None else changes(analysed, former, clearance),
    )

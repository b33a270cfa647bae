"""How far the ranking can be trusted: where units stand, what is robust, what changed."""

from survey_service.analysing.analysed import Analysed
from survey_service.analysing.careless import flagged_ballots
from survey_service.analysing.changes import changes
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.robustness import scenarios
from survey_service.analysing.standings import class_standings
from survey_service.findings.standing import Trust


def trust(analysed: Analysed, clearance: Clearance, former: Analysed | None = None) -> Trust:
    """Put the section together; changes need the dataset of a former wave.

    Raises ProblemsError where that is this dataset, or of a later year.
    """
    return Trust(
        classes=class_standings(analysed, clearance),
        scenarios=scenarios(analysed, clearance, flagged_ballots(analysed)),
        changes=None if former is None else changes(analysed, former, clearance),
    )

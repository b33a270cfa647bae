"""The section on how good the answers are: what was left out, careless ballots, scales."""

from collections.abc import Iterator

import numpy as np

from analysis.scoring.columns import BoolArray
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.careless import Check, flagged_by
from survey_service.analysing.careless_rule import CHECKS, RULE, check_rule
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.left_out import item_lines
from survey_service.analysing.scales import scale_lines
from survey_service.findings.quality import Flag, FlagLine, Quality

FLAGS = "careless"


def quality(analysed: Analysed, clearance: Clearance, checks: dict[Flag, Check]) -> Quality:
    """Compute the section; counts leave out units of which the sheet hides the turnout."""
    hidden = analysed.scored.suppressions
    told = np.array([not one.turnout for one in hidden], dtype=np.bool_)
    ballots = told[analysed.scored.columns.ballots.unit]
    size = int(ballots.sum())
    enough = clearance.is_enough(size)
    return Quality(
        items=tuple(item_lines(analysed, clearance)),
        flags=tuple(_flags(checks, ballots, clearance, analysed)),
        rule=RULE,
        flagged=int((flagged_by(checks) & ballots).sum()) if enough else None,
        ballots=size,
        scales=tuple(scale_lines(analysed, clearance)),
    )


def _flags(
    checks: dict[Flag, Check], ballots: BoolArray, clearance: Clearance, analysed: Analysed
) -> Iterator[FlagLine]:
    for flag in CHECKS:
        judged = int((checks[flag].judged & ballots).sum())
        enough = clearance.is_enough(judged)
        if judged and not enough:
            clearance.hide(FLAGS)
        yield FlagLine(
            flag=flag,
            rule=check_rule(flag, analysed.content.questionnaires),
            looked_at=judged if enough else None,
            flagged=int((checks[flag].flagged & ballots).sum()) if enough else None,
            missing=None if enough else "suppressed" if judged else "not_measurable",
        )
    yield FlagLine(
        flag="speeding",
        rule=check_rule("speeding", analysed.content.questionnaires),
        looked_at=None,
        flagged=None,
        missing="not_applicable",
    )

"""The results of a wave, whole: its sheet and its findings, from their sources alone."""

from dataclasses import dataclass

from survey_service.analysing.analysed import analyse
from survey_service.analysing.answers import answers
from survey_service.analysing.careless import careless_checks, flagged_by
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.quality import quality
from survey_service.analysing.responding import responding
from survey_service.analysing.services import services
from survey_service.analysing.trust import trust
from survey_service.dataset.content import Dataset
from survey_service.findings.document import Findings
from survey_service.moderating.decisions import Moderation
from survey_service.results.scored import Scored
from survey_service.sheet.score_sheet import ScoreSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What results are computed from; `former` and `moderation` where there are any."""

    dataset: Dataset
    former: Dataset | None = None
    moderation: Moderation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A score sheet and the findings beside it; `scored` is neither rounded nor hidden."""

    scored: Scored
    sheet: ScoreSheet
    findings: Findings


def compute_results(sources: Sources) -> Results:
    """Compute the sheet and the findings; the same sources always give the same.

    Raises ProblemsError where a framework blocks publication below a minimum count.
    """
    analysed = analyse(sources.dataset)
    former = None if sources.former is None else analyse(sources.former)
    clearance = Clearance(analysed.scored)
    checks = careless_checks(analysed)
    findings = Findings(
        wave=analysed.content.design.wave,
        dataset=sources.dataset.hash,
        former=None if sources.former is None else sources.former.hash,
        comments=None if sources.moderation is None else sources.moderation.hash,
        threshold=clearance.threshold,
        responding=responding(analysed, clearance),
        quality=quality(analysed, clearance, checks),
        answers=answers(analysed, clearance, sources.moderation),
        trust=trust(analysed, clearance, flagged_by(checks), former),
        services=services(analysed, clearance),
        hidden=clearance.audit(),
    )
    return Results(scored=analysed.scored, sheet=analysed.sheet, findings=findings)

"""Plausible findings for any score sheet, whole and without an analysis: to render and to draw."""

import random
from typing import Literal

from made_answers import made_answers
from made_responding import made_quality, made_responding
from made_services import made_services
from made_standing import made_trust

from questionnaires.catalogue import folder
from questionnaires.loading import Definitions, load_definitions
from questionnaires.text import Text
from survey_service.findings.document import Findings, Hidden
from survey_service.sheet.score_sheet import ScoreSheet


def made_findings(
    sheet: ScoreSheet,
    definitions: Definitions | None = None,
    *,
    seed: int = 7,
    former: bool = True,
) -> Findings:
    """Make up a complete document about the units, leaves and groups of a sheet.

    Every state of a figure occurs: shown, suppressed, too few, not measurable, not applicable;
    with `former` a unit that is new, one with a broken series and a successor of two as well.
    """
    of = definitions or load_definitions(folder("par-index-2022"))
    chance = random.Random(seed)
    return Findings(
        wave=sheet.wave,
        dataset=sheet.dataset,
        former="0" * 64 if former else None,
        comments=None,
        threshold=sheet.method.disclosure_threshold,
        responding=made_responding(sheet.groups, chance),
        quality=made_quality(of, chance),
        answers=made_answers(sheet, of, chance),
        trust=made_trust(sheet, chance, former=former),
        services=made_services(sheet, chance),
        hidden=(
            _hidden("answers.distributions", "threshold", 118),
            _hidden("answers.distributions", "complementary", 24),
            _hidden("trust.changes", "differencing", 1),
        ),
    )


def _hidden(
    table: str, reason: Literal["threshold", "complementary", "differencing"], figures: int
) -> Hidden:
    rules = {
        "threshold": Text(vi="dưới 10 phiếu hợp lệ", en="fewer than 10 valid ballots"),
        "complementary": Text(
            vi="có thể trừ ra một ô dưới 10 phiếu",
            en="a cell of fewer than 10 ballots would follow by subtraction",
        ),
        "differencing": Text(
            vi="có thể so với lần công bố trước để suy ra một ô dưới 10 phiếu",
            en="a cell of fewer than 10 ballots would follow from an earlier publication",
        ),
    }
    return Hidden(table=table, reason=reason, figures=figures, rule=rules[reason])

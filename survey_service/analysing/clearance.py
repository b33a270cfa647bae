"""The one place that decides which findings may be shown, and that remembers what was not.

A figure about one unit is shown only where the sheet shows every group row of its leaf: then all
that it could be subtracted from is public already. A figure about a class is made from such
figures alone, so that it adds nothing to them, or from all units where `class_rows` finds that
nothing small follows from it together with everything else.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.document import Hidden
from survey_service.results.scored import Scored

Reason = Literal["threshold", "complementary", "differencing"]
FEWEST_FOR_A_STATISTIC = 30
"""People behind a correlation, a reliability or a share of variance of the whole wave."""

_RULES = {
    "threshold": Text(
        vi="dưới {threshold} phiếu hợp lệ",
        en="fewer than {threshold} valid ballots",
    ),
    "complementary": Text(
        vi="có thể trừ ra một ô dưới {threshold} phiếu",
        en="a cell of fewer than {threshold} ballots would follow by subtraction",
    ),
    "differencing": Text(
        vi="có thể so với lần công bố trước để suy ra một ô dưới {threshold} phiếu",
        en="a cell of fewer than {threshold} ballots would follow from an earlier publication",
    ),
}


class Clearance:
    """Answers for one publication whether a figure may be shown, and keeps the audit."""

    def __init__(self, scored: Scored) -> None:
        self._scored = scored
        self.threshold = scored.content.framework.rules.disclosure_threshold
        self._hidden: Counter[tuple[str, Reason]] = Counter()

    def shows_groups(self, unit: int, leaf: Code) -> bool:
        """Tell whether the sheet shows every group row of a leaf of a unit (by its place)."""
        hidden = self._scored.suppressions[unit]
        return leaf not in hidden.groups and ("leaf", leaf) not in hidden.rows

    def shows_leaf(self, unit: int, leaf: Code) -> bool:
        """Tell whether the sheet shows the points of a leaf of a unit."""
        return ("leaf", leaf) not in self._scored.suppressions[unit].rows

    def shows_total(self, unit: int) -> bool:
        """Tell whether the sheet shows the total of a unit."""
        return ("total", "") not in self._scored.suppressions[unit].rows

    def shown_units(self, units: Iterable[int], leaf: Code) -> tuple[int, ...]:
        """Give those units of which every group row of a leaf is shown."""
        return tuple(unit for unit in units if self.shows_groups(unit, leaf))

    def is_enough(self, n: int) -> bool:
        """Tell whether a base of n ballots (or people) reaches the threshold."""
        return n >= self.threshold

    def hide(self, table: str, reason: Reason = "threshold", figures: int = 1) -> None:
        """Note in the audit that figures of a table are not shown."""
        self._hidden[table, reason] += figures

    def audit(self) -> tuple[Hidden, ...]:
        """Give how many figures of each table are not shown, and why."""
        return tuple(
            Hidden(
                table=table,
                reason=reason,
                figures=figures,
                rule=Text(
                    vi=_RULES[reason].vi.format(threshold=self.threshold),
                    en=_RULES[reason].en.format(threshold=self.threshold),
                ),
            )
            for (table, reason), figures in sorted(self._hidden.items())
        )

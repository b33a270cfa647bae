"""A dataset scored: every unit whole, and each component and split criterion by itself."""

from dataclasses import dataclass

from analysis.disclosure.suppression import LeafCount, Row, Suppression, suppress
from analysis.scoring.scores import Scores, UnitScore
from analysis.scoring.scoring import score_parts
from questionnaires.index import Code, Framework, Leaf
from questionnaires.problems import ProblemsError, problem
from survey_service.dataset.content import DatasetContent
from survey_service.results.columns import Columns, columns
from survey_service.results.modes import counted
from survey_service.results.turnout import BallotCounts, count_ballots


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The figures before they are rounded and hidden.

    `content` is the dataset's, without the ballots whose mode makes no points.
    `parts` holds each component and each split criterion scored as an index of its own, so that
    its standard error carries the covariance of its leaves; keys are ("component", code) and
    ("criterion", code). `suppressions` says of each unit what must not be shown.
    """

    content: DatasetContent
    columns: Columns
    scores: Scores
    parts: dict[Row, Scores]
    counts: BallotCounts
    suppressions: tuple[Suppression, ...]

    def unit(self, place: int) -> UnitScore:
        """Give the score of a unit by its place in the design."""
        return self.scores.units[place]


def score_dataset(content: DatasetContent) -> Scored:
    """Score a dataset and decide what is hidden, once and for every table and file.

    Raises ProblemsError where the framework blocks publication below a minimum count.
    """
    content = counted(content)
    of = columns(content)
    whole, parts = score_parts(of.ballots, of.strata, of.index, _parts(content.framework))
    _refuse_blocked(content, whole)
    counts = count_ballots(content, of, whole)
    return Scored(
        content=content,
        columns=of,
        scores=whole,
        parts=parts,
        counts=counts,
        suppressions=tuple(_suppression(content, counts, unit) for unit in whole.units),
    )


def _parts(framework: Framework) -> dict[Row, dict[int, set[Code]]]:
    parts: dict[Row, dict[int, set[Code]]] = {}
    for place, unit_class in enumerate(framework.unit_classes):
        for leaf in unit_class.survey_leaves():
            for part in _sums(leaf)[1:]:
                parts.setdefault(part, {}).setdefault(place, set()).add(leaf.code)
    return parts


def _sums(leaf: Leaf) -> tuple[Row, ...]:
    """Give the sums that contain a leaf, outermost first."""
    split: tuple[Row, ...] = () if leaf.criterion is None else (("criterion", leaf.criterion),)
    return ("total", ""), ("component", leaf.component), *split


def leaf_counts(content: DatasetContent, unit: UnitScore) -> list[LeafCount]:
    """Count the valid ballots behind each leaf of a unit, as the disclosure rule reads them."""
    unit_class = content.framework.unit_class(content.design.units[unit.unit].unit_class)
    return [
        LeafCount(
            leaf=leaf.code,
            sums=_sums(unit_class.leaf(leaf.code)),
            groups={cell.group: cell.n for cell in leaf.groups},
            counted=sum(cell.n for cell in leaf.groups if cell.effective_weight),
        )
        for leaf in unit.leaves
    ]


def _suppression(content: DatasetContent, counts: BallotCounts, unit: UnitScore) -> Suppression:
    ballots = [counts.of_group(unit.unit, group) for group in counts.asked(unit.unit)]
    return suppress(
        leaf_counts(content, unit),
        ballots,
        threshold=content.framework.rules.disclosure_threshold,
    )


def _refuse_blocked(content: DatasetContent, scores: Scores) -> None:
    groups = content.framework.groups
    problems = [
        problem(
            f"{content.design.units[unit.unit].code} × {leaf.code} × {groups[cell.group].code}",
            f"chỉ có {cell.n} phiếu hợp lệ, dưới số tối thiểu; bộ chỉ số không cho công bố "
            "(below_minimum = block)",
            f"only {cell.n} valid ballots, below the minimum; the framework blocks publication "
            "(below_minimum = block)",
        )
        for unit in scores.units
        if unit.blocked
        for leaf in unit.leaves
        for cell in leaf.groups
        if cell.state in {"flagged", "empty"}
    ]
    if problems:
        raise ProblemsError(*problems)

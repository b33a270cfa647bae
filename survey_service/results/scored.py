"""A dataset scored: every unit whole, and each component and split criterion by itself."""

from dataclasses import dataclass

from analysis.scores import LeafScore, Scores, UnitScore
from analysis.scoring import score
from questionnaires.index import Code, Framework
from questionnaires.problems import ProblemsError, problem
from survey_service.dataset.content import DatasetContent
from survey_service.results.columns import Columns, columns, part_of
from survey_service.results.withholding import LeafCell, Withheld, withhold


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The figures before they are rounded and hidden.

    `parts` holds each component and each split criterion scored as an index of its own, so that
    its standard error carries the covariance of its leaves; keys are ("component", code) and
    ("criterion", code). `withheld` says of each unit what must not be shown.
    """

    content: DatasetContent
    columns: Columns
    scores: Scores
    parts: dict[tuple[str, Code], Scores]
    withheld: tuple[Withheld, ...]

    def unit(self, place: int) -> UnitScore:
        """Give the score of a unit by its place in the design."""
        return self.scores.units[place]


def score_dataset(content: DatasetContent) -> Scored:
    """Score a dataset and decide what is hidden, once and for every table and file.

    Raises ProblemsError where the framework blocks publication below a minimum count.
    """
    of = columns(content)
    whole = score(of.ballots, of.strata, of.index)
    _refuse_blocked(content, whole)
    return Scored(
        content=content,
        columns=of,
        scores=whole,
        parts={
            key: score(of.ballots, of.strata, part_of(of.index, leaves))
            for key, leaves in _parts(content.framework).items()
        },
        withheld=tuple(_withheld(content, unit) for unit in whole.units),
    )


def counted(leaf: LeafScore) -> int:
    """Count the valid ballots of the groups that a leaf's points rest on."""
    return sum(cell.n for cell in leaf.groups if cell.effective_weight)


def _parts(framework: Framework) -> dict[tuple[str, Code], dict[int, set[Code]]]:
    parts: dict[tuple[str, Code], dict[int, set[Code]]] = {}
    for place, unit_class in enumerate(framework.unit_classes):
        for leaf in unit_class.survey_leaves():
            of_class = parts.setdefault(("component", leaf.component), {})
            of_class.setdefault(place, set()).add(leaf.code)
            if leaf.criterion is not None:
                of_class = parts.setdefault(("criterion", leaf.criterion), {})
                of_class.setdefault(place, set()).add(leaf.code)
    return parts


def _withheld(content: DatasetContent, unit: UnitScore) -> Withheld:
    unit_class = content.framework.unit_class(content.design.units[unit.unit].unit_class)
    cells = [
        LeafCell(
            leaf=leaf.code,
            component=unit_class.leaf(leaf.code).component,
            n=counted(leaf) if leaf.points is not None else 0,
            groups=tuple(cell.n for cell in leaf.groups),
        )
        for leaf in unit.leaves
    ]
    return withhold(cells, content.framework.rules.disclosure_threshold)


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

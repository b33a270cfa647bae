"""Whether a sheet, put beside earlier sheets of the same dataset, would give small cells away."""

from collections.abc import Iterator, Sequence

from analysis.disclosure.differencing import telling_sums
from analysis.disclosure.suppression import Row
from questionnaires.problems import Problem, problem
from survey_service.results.scored import Scored, leaf_counts
from survey_service.sheet.score_sheet import CriterionLine, Published, ScoreSheet, UnitSheet


def differencing_problems(
    scored: Scored, sheet: ScoreSheet, earlier: Sequence[ScoreSheet]
) -> tuple[Problem, ...]:
    """Name the units of which `sheet` and the `earlier` ones together tell too much.

    Sheets of another dataset are of other ballots and tell nothing of these. Which criterion it
    is stays unsaid, since problems are shown and logged.
    """
    same = [one for one in earlier if one.dataset == sheet.dataset]
    by_code = [{unit.code: unit for unit in one.units} for one in (*same, sheet)]
    threshold = scored.content.framework.rules.disclosure_threshold
    return tuple(
        problem(
            unit.code,
            "lần công bố này và các lần trước của cùng đợt, đặt cạnh nhau, sẽ làm lộ một ô dưới "
            f"{threshold} phiếu; hãy công bố bằng phiên bản phần mềm của lần trước, hoặc giữ lần "
            "trước.",
            "this publication and earlier ones of the same wave, side by side, would give away a "
            f"cell of fewer than {threshold} ballots; publish with the release that made the "
            "earlier one, or keep that one.",
        )
        for place, unit in enumerate(scored.content.design.units)
        if telling_sums(
            leaf_counts(scored.content, scored.unit(place)),
            [shown_rows(units[unit.code]) for units in by_code if unit.code in units],
            threshold=threshold,
        )
    )


def shown_rows(unit: UnitSheet) -> frozenset[Row]:
    """Read from a sheet which rows of a unit it shows."""
    return frozenset(_shown(unit))


def _shown(unit: UnitSheet) -> Iterator[Row]:
    if isinstance(unit.result, Published):
        yield "total", ""
    for component in unit.components:
        if isinstance(component.result, Published):
            yield "component", component.code
        for criterion in component.criteria:
            if criterion.parts and isinstance(criterion.result, Published):
                yield "criterion", criterion.code
            yield from (("leaf", leaf.code) for leaf in _leaves(criterion))


def _leaves(criterion: CriterionLine) -> Iterator[CriterionLine]:
    for leaf in criterion.parts or (criterion,):
        if isinstance(leaf.result, Published):
            yield leaf

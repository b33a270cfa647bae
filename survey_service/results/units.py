"""A unit's lines of the sheet: total, components, criteria, groups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.disclosure.suppression import Row, Suppression
from analysis.rounding import round_half_up
from analysis.scoring.scores import GroupCell, LeafScore, UnitScore
from questionnaires.index import Code, Leaf, UnitClass
from survey_service.results.figures import UNCERTAINTY_PLACES, plain, uncertainty, written
from survey_service.results.scored import Scored
from survey_service.sheet.score_sheet import (
    ComponentLine,
    CriterionLine,
    GroupLine,
    Interval,
    NotApplicable,
    NotMeasurable,
    Published,
    Result,
    Suppressed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigures:
    """Writes one unit's figures; `nominated` are groups whose list has no sampling error."""

    scored: Scored
    place: int
    nominated: frozenset[int]

    @property
    def unit_class(self) -> UnitClass:
        """The class of the unit."""
        unit = self.scored.content.design.units[self.place]
        return self.scored.content.framework.unit_class(unit.unit_class)

    @property
    def hidden(self) -> Suppression:
        """What of the unit must not be shown."""
        return self.scored.suppressions[self.place]

    def total(self) -> Result:
        """Give the unit's total."""
        return self._sum(("total", ""), self.scored.unit(self.place))

    def points(self) -> Fraction | None:
        """Give the total exactly as published, hidden or not; None where not measurable."""
        return self._rounded(self.scored.unit(self.place))

    def components(self) -> tuple[ComponentLine, ...]:
        """Give every component of the framework, with those that do not apply marked so."""
        return tuple(
            ComponentLine(
                code=component.code,
                name=component.name,
                result=self._part(("component", component.code)),
                criteria=self._criteria(component.code),
            )
            for component in self.scored.content.framework.components
        )

    def rests_on_nominated(self) -> bool:
        """Tell whether a nominated list counts on any leaf, so that no error can be stated."""
        return not all(self._sampled(leaf) for leaf in self.scored.unit(self.place).leaves)

    def _criteria(self, component: Code) -> tuple[CriterionLine, ...]:
        lines: dict[Code, CriterionLine] = {}
        names = {criterion.code: criterion.name for criterion in self.unit_class.criteria}
        own = [leaf for leaf in self.unit_class.survey_leaves() if leaf.component == component]
        for leaf in own:
            if leaf.criterion is None:
                lines[leaf.code] = self._leaf(leaf)
            elif leaf.criterion not in lines:
                parts = [part for part in own if part.criterion == leaf.criterion]
                lines[leaf.criterion] = CriterionLine(
                    code=leaf.criterion,
                    name=names[leaf.criterion],
                    result=self._part(("criterion", leaf.criterion)),
                    parts=tuple(self._leaf(part) for part in parts),
                )
        return tuple(lines.values())

    def _part(self, row: Row) -> Result:
        if row not in self.scored.parts:
            return NotApplicable()
        score = self.scored.parts[row].units[self.place]
        return self._sum(row, score) if score.leaves else NotApplicable()

    def _rounded(self, score: UnitScore) -> Fraction | None:
        if score.points is None:
            return None
        rounding = self.scored.content.framework.rules.rounding
        if rounding.stage == "total":
            return Fraction(round_half_up(score.points, rounding.places))
        total = sum(
            (
                Fraction(round_half_up(leaf.points, rounding.places))
                for leaf in score.leaves
                if leaf.points is not None
            ),
            Fraction(0),
        )
        return Fraction(round_half_up(total * score.maximum / score.measured, rounding.places))

    def _sum(self, row: Row, score: UnitScore) -> Result:
        points = self._rounded(score)
        if points is None:
            return NotMeasurable(maximum=plain(score.maximum))
        if row in self.hidden.rows:
            return Suppressed(maximum=plain(score.maximum))
        sampled = all(self._sampled(leaf) for leaf in score.leaves)
        return self._published(
            points,
            maximum=score.maximum,
            measured=score.measured,
            error=score.standard_error if sampled else None,
            interval=score.interval if sampled else None,
            n=score.valid,
            leaves=[leaf.code for leaf in score.leaves],
        )

    def _leaf(self, leaf: Leaf) -> CriterionLine:
        score = next(one for one in self.scored.unit(self.place).leaves if one.code == leaf.code)
        return CriterionLine(
            code=leaf.code,
            name=leaf.name,
            result=self._leaf_result(score),
            cover=plain(score.cover),
            left_out=self._groups(score, lambda cell: cell.state in {"below_minimum", "empty"}),
            flagged=self._groups(score, lambda cell: cell.state == "flagged"),
            groups=tuple(self._group(leaf, score, cell) for cell in score.groups),
        )

    def _leaf_result(self, score: LeafScore) -> Result:
        if score.points is None:
            return NotMeasurable(maximum=plain(score.maximum))
        if ("leaf", score.code) in self.hidden.rows:
            return Suppressed(maximum=plain(score.maximum))
        places = self.scored.content.framework.rules.rounding.places
        sampled = self._sampled(score)
        return self._published(
            Fraction(round_half_up(score.points, places)),
            maximum=score.maximum,
            measured=score.maximum,
            error=score.standard_error if sampled else None,
            interval=score.interval if sampled else None,
            n=sum(cell.n for cell in score.groups),
            leaves=[score.code],
        )

    def _group(self, leaf: Leaf, score: LeafScore, cell: GroupCell) -> GroupLine:
        code = self.scored.content.framework.groups[cell.group].code
        result: Result
        if score.code in self.hidden.groups:
            result = Suppressed(maximum=plain(score.maximum))
        elif cell.mean is None:
            result = NotMeasurable(maximum=plain(score.maximum))
        else:
            places = self.scored.content.framework.rules.rounding.places
            sampled = cell.group not in self.nominated
            result = self._published(
                Fraction(round_half_up(score.maximum * cell.mean, places)),
                maximum=score.maximum,
                measured=score.maximum,
                error=_times(score.maximum, cell.standard_error) if sampled else None,
                interval=_ends(score.maximum, cell.interval) if sampled else None,
                n=cell.n,
            )
        return GroupLine(group=code, weight=plain(leaf.weights[code]), result=result)

    def _published(
        self,
        points: Fraction,
        *,
        maximum: Fraction,
        measured: Fraction,
        error: float | None,
        interval: tuple[float, float] | None,
        n: int,
        leaves: Sequence[Code] = (),
    ) -> Published:
        places = self.scored.content.framework.rules.rounding.places
        # Six places give the unrounded points away, and in a thin leaf those have one solution.
        fine = self.hidden.groups.isdisjoint(leaves)
        digits = UNCERTAINTY_PLACES if fine else places
        low, high = (uncertainty(end, digits) for end in interval or (None, None))
        return Published(
            points=written(points, places),
            maximum=plain(maximum),
            measured=plain(measured),
            percent=written(100 * points / maximum, places),
            rescaled=measured != maximum,
            standard_error=uncertainty(error, digits),
            interval=None if low is None or high is None else Interval(low=low, high=high),
            n=n,
        )

    def _sampled(self, leaf: LeafScore) -> bool:
        return not any(
            cell.effective_weight and cell.group in self.nominated for cell in leaf.groups
        )

    def _groups(self, leaf: LeafScore, chosen: Callable[[GroupCell], bool]) -> tuple[Code, ...]:
        groups = self.scored.content.framework.groups
        return tuple(groups[cell.group].code for cell in leaf.groups if chosen(cell))


def _times(maximum: Fraction, error: float | None) -> float | None:
    return None if error is None else float(maximum) * error


def _ends(maximum: Fraction, interval: tuple[float, float] | None) -> tuple[float, float] | None:
    return (
        None if interval is None else (float(maximum) * interval[0], float(maximum) * interval[1])
    )

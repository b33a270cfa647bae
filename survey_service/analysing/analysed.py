"""What every section of the findings starts from: a scored dataset and its definitions."""

from dataclasses import dataclass

from analysis.scoring.scores import UnitScore
from questionnaires.index import Code, Framework, Leaf, UnitClass
from survey_service.dataset.content import Dataset, DatasetContent
from survey_service.results.computing import sheet_of
from survey_service.results.scored import Scored, score_dataset
from survey_service.sheet.score_sheet import ScoreSheet, UnitSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """A dataset with its scores, not rounded and not hidden, and its sheet, which is both."""

    dataset: Dataset
    scored: Scored
    sheet: ScoreSheet

    @property
    def content(self) -> DatasetContent:
        """The definitions, and of design and ballots what makes the points."""
        return self.scored.content

    @property
    def framework(self) -> Framework:
        """The index that was measured."""
        return self.dataset.content.framework

    def members(self, unit_class: UnitClass) -> tuple[int, ...]:
        """Give the places of a class's units in the design, in its order."""
        return tuple(
            place
            for place, unit in enumerate(self.content.design.units)
            if unit.unit_class == unit_class.code
        )

    def unit(self, place: int) -> UnitScore:
        """Give the score of a unit by its place in the design."""
        return self.scored.unit(place)

    def line(self, place: int) -> UnitSheet:
        """Give what the sheet says of a unit; the sheet lists units class by class."""
        code = self.content.design.units[place].code
        return next(unit for unit in self.sheet.units if unit.code == code)

    def leaf(self, place: int, code: Code) -> Leaf:
        """Give a leaf of a unit's class."""
        unit = self.content.design.units[place]
        return self.framework.unit_class(unit.unit_class).leaf(code)


def analyse(dataset: Dataset) -> Analysed:
    """Score a dataset once, for its sheet and its findings.

    Raises ProblemsError where the framework blocks publication below a minimum count.
    """
    scored = score_dataset(dataset.content)
    return Analysed(dataset=dataset, scored=scored, sheet=sheet_of(dataset, scored))

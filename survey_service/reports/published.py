"""What a report is made from: the published sheet, the published findings, and their proof."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.document import Findings
from survey_service.findings.standing import ClassStanding, UnitChange, UnitStanding
from survey_service.sheet.score_sheet import (
    ClassSheet,
    CriterionLine,
    Group,
    ProvinceFigure,
    ProvinceLine,
    Published,
    ScoreSheet,
    UnitSheet,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedWave:
    """A publication as its readers have it; `findings` is None where it was made without them.

    `files` are the SHA-256 of the files that the manifest lists; empty where they are not at
    hand.
    """

    sheet: ScoreSheet
    findings: Findings | None
    fingerprint: str
    files: Mapping[str, str]

    def unit(self, code: Code) -> UnitSheet:
        """Find a unit; raises KeyError."""
        for unit in self.sheet.units:
            if unit.code == code:
                return unit
        raise KeyError(code)

    def unit_class(self, code: Code) -> ClassSheet:
        """Find a class of units; raises KeyError."""
        for unit_class in self.sheet.classes:
            if unit_class.code == code:
                return unit_class
        raise KeyError(code)

    def listed(self, unit_class: ClassSheet) -> list[UnitSheet]:
        """Give a class's units: the ranked ones in their order, then the others."""
        return [self.unit(code) for code in (*unit_class.ranking, *unit_class.unranked)]

    def group(self, code: Code) -> Group:
        """Find a respondent group; raises KeyError."""
        for group in self.sheet.groups:
            if group.code == code:
                return group
        raise KeyError(code)

    def services(self) -> tuple[Code, ...]:
        """Give the public services that have results of their own."""
        found = self.findings.by_service() if self.findings else None
        return () if found is None else found.services()

    def item(self, code: Code, unit: Code | None = None) -> Text:
        """Give an item's wording as it is put about a unit, or its code where none is published."""
        items = self.findings.answers.items if self.findings else ()
        found = (self.filled(one.text, unit) for one in items if one.item == code)
        return next(found, Text(vi=code, en=code))

    def filled(self, text: Text, unit: Code | None = None) -> Text:
        """Fill what an item's wording leaves open: the unit, the year, the service."""
        year = str(self.sheet.wave.year)
        name = self.unit(unit).name if unit else Text(vi="đơn vị", en="the unit")
        return Text(
            vi=text.fill("vi", unit=name.vi, year=year, service="dịch vụ"),
            en=text.fill("en", unit=name.en, year=year, service="the service"),
        )

    def leaf(self, unit_class: Code, code: Code) -> Text:
        """Give a leaf's name, or its code where the class has none of it."""
        lines = self.unit_class(unit_class).province
        found = (line.name for line in lines if line.code == code and line.level == "leaf")
        return next(found, Text(vi=code, en=code))

    def class_standing(self, unit_class: Code) -> ClassStanding | None:
        """Give how far a class's ranking can be trusted, where that was found out."""
        classes = self.findings.trust.classes if self.findings else ()
        return next((one for one in classes if one.unit_class == unit_class), None)

    def standing(self, unit: UnitSheet) -> UnitStanding | None:
        """Give how far a unit's rank can be trusted, where that was found out."""
        within = self.class_standing(unit.unit_class)
        return (
            next((one for one in within.units if one.unit == unit.code), None) if within else None
        )

    def change(self, unit: Code) -> UnitChange | None:
        """Give a unit's change against the former wave, where one was given."""
        changes = self.findings.trust.changes if self.findings else None
        return next((one for one in changes.units if one.unit == unit), None) if changes else None


def leaves(unit: UnitSheet) -> Iterator[CriterionLine]:
    """Walk the scored leaves of a unit."""
    for component in unit.components:
        for criterion in component.criteria:
            yield from criterion.parts or (criterion,)


def province_percent(line: ProvinceLine) -> str | None:
    """Give the percent of the units as a whole, None where it is not shown."""
    return line.result.percent if isinstance(line.result, ProvinceFigure) else None


def has_interval(units: list[UnitSheet]) -> bool:
    """Tell whether a sampling interval is stated for any of the units."""
    return any(
        isinstance(unit.result, Published) and unit.result.interval is not None for unit in units
    )

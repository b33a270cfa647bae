"""A dataset as the columns that the analysis reads."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import Ballots, IndexColumns, LeafColumns, Stratum
from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Code, Framework, Leaf, UnitClass
from questionnaires.packing import columns as packed_columns
from survey_service.dataset.ballot_columns import ballot_columns
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.design import Design


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Ballots, strata and index as arrays; indices follow the order of the definitions."""

    ballots: Ballots
    strata: tuple[Stratum, ...]
    index: IndexColumns


def columns(content: DatasetContent) -> Columns:
    """Turn a dataset into columns; ballots stand in the order of their keys."""
    return Columns(
        ballots=_ballots(content),
        strata=tuple(
            Stratum(population=stratum.population, subset=stratum.subset)
            for stratum in content.design.strata
        ),
        index=index_columns(content.framework, content.questionnaires, content.design),
    )


def index_columns(
    framework: Framework, questionnaires: Questionnaires, design: Design
) -> IndexColumns:
    """Turn an index and its questionnaires into arrays for the units of a design."""
    place = {column.item: at for at, column in enumerate(packed_columns(questionnaires))}
    classes = [unit_class.code for unit_class in framework.unit_classes]
    return IndexColumns(
        leaves=tuple(
            tuple(
                _leaf(framework, questionnaires, unit_class, leaf, place)
                for leaf in unit_class.survey_leaves()
            )
            for unit_class in framework.unit_classes
        ),
        unit_class=tuple(classes.index(unit.unit_class) for unit in design.units),
        values=tuple(
            _values(framework, questionnaires, questionnaires.item(item)) for item in place
        ),
        half_rule=framework.rules.half_rule,
        below_minimum=framework.rules.below_minimum,
        minimum_cover=Fraction(framework.rules.minimum_cover),
        minimum_measured=Fraction(framework.rules.minimum_measured),
    )


def _leaf(
    framework: Framework,
    questionnaires: Questionnaires,
    unit_class: UnitClass,
    leaf: Leaf,
    place: dict[Code, int],
) -> LeafColumns:
    groups = [group.code for group in framework.groups]
    return LeafColumns(
        code=leaf.code,
        maximum=Fraction(leaf.max),
        weights=tuple(Fraction(leaf.weights.get(group, Decimal(0))) / 100 for group in groups),
        items=tuple(
            tuple(
                place[item.code]
                for item in questionnaires.items
                if group in item.groups and item.leaves.get(unit_class.code) == leaf.code
            )
            for group in groups
        ),
        minimum=tuple(
            leaf.minimum_counts.get(group, framework.rules.minimum_count) for group in groups
        ),
    )


def _values(
    framework: Framework, questionnaires: Questionnaires, item: Item
) -> tuple[Fraction, ...]:
    if not item.leaves:
        return ()
    options = questionnaires.options(item)
    if framework.rules.index_method == "top_two":
        return tuple(Fraction(at < 2) for at in range(len(options)))
    values = framework.rules.option_values[item.scale or ""]
    return tuple(Fraction(values[option.code]) / 100 for option in options)


def _ballots(content: DatasetContent) -> Ballots:
    ballots = ballot_columns(content)
    groups = {group.code: place for place, group in enumerate(content.framework.groups)}
    group = np.array([groups[one.group] for one in content.design.strata], dtype=np.int64)
    return Ballots(
        respondent=ballots.respondent,
        stratum=ballots.stratum,
        group=group[ballots.stratum],
        unit=ballots.unit,
        weight=ballots.weight,
        weights=tuple(Fraction(weight) for weight in ballots.weights),
        answers=ballots.answers,
    )

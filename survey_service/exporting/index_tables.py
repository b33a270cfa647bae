"""The index and the design as flat tables, for a language that reads no JSON."""

from collections.abc import Iterator, Sequence

from questionnaires.definition import Item
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.tables import write_csv
from survey_service.results.scored import Scored

Row = Sequence[str]


def index_tables(scored: Scored) -> dict[str, bytes]:
    """Give `leaves.csv`, `items.csv`, `options.csv`, `units.csv`, `strata.csv`, `rules.csv`."""
    content = scored.content
    tables = {
        "leaves.csv": _leaves(content),
        "items.csv": _items(content),
        "options.csv": _options(content),
        "units.csv": _units(content),
        "strata.csv": _strata(scored),
        "rules.csv": _rules(content),
    }
    return {name: write_csv(rows) for name, rows in tables.items()}


def _leaves(content: DatasetContent) -> Iterator[Row]:
    """Write a row per leaf and group that has weight on it."""
    yield (
        "unit_class", "leaf", "component", "criterion", "maximum", "group", "weight", "minimum",
    )  # fmt: skip
    rules = content.framework.rules
    for unit_class, leaf in content.framework.leaves():
        for group, weight in leaf.weights.items():
            minimum = leaf.minimum_counts.get(group, rules.minimum_count)
            yield (
                unit_class.code,
                leaf.code,
                leaf.component,
                leaf.criterion or "",
                f"{leaf.max:f}",
                group,
                f"{weight:f}",
                str(minimum),
            )


def _items(content: DatasetContent) -> Iterator[Row]:
    yield ("item", "unit_class", "leaf", "group")
    for item in content.questionnaires.items:
        for unit_class, leaf in item.leaves.items():
            for group in item.groups:
                yield (item.code, unit_class, leaf, group)


def _options(content: DatasetContent) -> Iterator[Row]:
    """Write what each option is worth, in percent of the maximum."""
    yield ("item", "code", "worth")
    for item in content.questionnaires.items:
        if item.leaves:
            for code, worth in _worths(content, item):
                yield (item.code, code, worth)


def _worths(content: DatasetContent, item: Item) -> Iterator[tuple[str, str]]:
    rules = content.framework.rules
    for place, option in enumerate(content.questionnaires.options(item)):
        if rules.index_method == "top_two":
            yield option.code, "100" if place < 2 else "0"
        else:
            yield option.code, f"{rules.option_values[item.scale or ''][option.code]:f}"


def _units(content: DatasetContent) -> Iterator[Row]:
    yield ("unit", "unit_class", "name_vi", "name_en")
    for unit in content.design.units:
        yield (unit.code, unit.unit_class, unit.name.vi, unit.name.en)


def _strata(scored: Scored) -> Iterator[Row]:
    """Write the strata, and the one that a stratum of one respondent was joined to."""
    yield ("stratum", "group", "population", "subset", "list_kind", "joined_to")
    strata = scored.content.design.strata
    joined = dict(scored.scores.merged_strata)
    for place, stratum in enumerate(strata):
        host = place
        while host in joined:
            host = joined[host]
        yield (
            stratum.code,
            stratum.group,
            "" if stratum.population is None else str(stratum.population),
            "1" if stratum.subset else "0",
            stratum.list_kind,
            strata[host].code,
        )


def _rules(content: DatasetContent) -> Iterator[Row]:
    rules = content.framework.rules
    yield ("rule", "value")
    yield ("half_rule", "1" if rules.half_rule else "0")
    yield ("below_minimum", rules.below_minimum)
    yield ("minimum_cover", f"{rules.minimum_cover:f}")
    yield ("minimum_measured", f"{rules.minimum_measured:f}")
    yield ("places", str(rules.rounding.places))
    yield ("stage", rules.rounding.stage)

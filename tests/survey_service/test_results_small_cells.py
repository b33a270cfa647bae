"""No small cell of a published sheet can be worked out from the rest of it."""

import csv
import io
from dataclasses import replace

import pytest
from attack import leaks
from generated import generated
from hand_made import frozen, with_rules
from seen_sheets import leaf_lines, to_be_seen, truth

from survey_service.dataset.content import DatasetContent
from survey_service.results.computing import compute
from survey_service.results.scored import score_dataset
from survey_service.sheet.documents import sheet_json
from survey_service.sheet.ranked import ranked_text
from survey_service.sheet.score_sheet import (
    Published,
    Turnout,
    TurnoutSuppressed,
)
from survey_service.sheet.spreadsheet_csv import sheet_csv


def with_threshold(name: str, seed: int, threshold: int, **rules: object) -> DatasetContent:
    content = generated(name, seed=seed)
    framework = with_rules(content.framework, disclosure_threshold=threshold, **rules)
    return replace(content, framework=framework)


CASES = [
    *(("two-units", seed, threshold) for seed in (1, 2) for threshold in (3, 10, 14, 20, 60)),
    *(("par-index-2022", 7, threshold) for threshold in (10, 25)),
]


@pytest.mark.parametrize("below_minimum", ["renormalise", "flag"])
@pytest.mark.parametrize(("name", "seed", "threshold"), CASES)
def test_no_small_cell_follows_from_the_sheet(
    name: str, seed: int, threshold: int, below_minimum: str
) -> None:
    content = with_threshold(name, seed, threshold, below_minimum=below_minimum)
    scored = score_dataset(content)
    sheet = compute(frozen(content))
    counts = scored.counts
    for place, unit in enumerate(content.design.units):
        line = next(one for one in sheet.units if one.code == unit.code)
        ballots = {group: counts.of_group(place, group) for group in counts.asked(place)}
        leaves, see = truth(scored, place), to_be_seen(line)
        assert list(leaks(leaves, ballots, see, threshold)) == []
        assert see.rows >= {("total", "")} or all(leaf.count.counted < threshold for leaf in leaves)


def test_what_is_hidden_bears_no_figure() -> None:
    sheet = compute(frozen(with_threshold("two-units", 1, 60)))
    for unit in sheet.units:
        assert isinstance(unit.turnout, TurnoutSuppressed)
        assert (unit.lost, unit.rank, unit.band, unit.rank_set) == (None, None, None, None)
        assert to_be_seen(unit).rows == frozenset()
    text = sheet_json(sheet).decode()
    for key in ("points", "percent", "standard_error", "interval_low", "n", "returned"):
        assert f'"{key}":' not in text
    table = list(csv.DictReader(io.StringIO(sheet_csv(sheet).decode("utf-8-sig"))))
    for row in table:
        assert {row[key] for key in ("points", "percent", "n", "returned", "valid", "rank")} == {""}
    assert sheet.classes[0].ranking == ()
    assert "/ẩn" in ranked_text(sheet)


@pytest.mark.parametrize("name", ["two-units", "par-index-2022"])
def test_the_numbers_of_ballots_are_those_that_the_attack_supposes(name: str) -> None:
    content = with_threshold(name, 3, 1)
    scored, sheet = score_dataset(content), compute(frozen(content))
    for place, unit in enumerate(content.design.units):
        line = next(one for one in sheet.units if one.code == unit.code)
        assert isinstance(line.turnout, Turnout)
        total = line.result
        assert isinstance(total, Published)
        assert total.n == line.turnout.valid == sum(
            row.turnout.valid for row in line.groups if isinstance(row.turnout, Turnout)
        )  # fmt: skip
        under = {leaf.count.leaf: leaf.count for leaf in truth(scored, place) if leaf.shares}
        for one in leaf_lines(line):
            if isinstance(one.result, Published):
                assert one.result.n == sum(under[one.code].groups.values())
        for group, valid in scored.counts.valid.items():
            on = [leaf.groups[group[1]] for leaf in under.values() if group[1] in leaf.groups]
            if group[0] == place and len(on) == 1:
                assert on == [valid]

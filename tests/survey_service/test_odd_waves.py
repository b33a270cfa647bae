"""Waves at the edge of what can be: the findings are there, and are those of the same bytes."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
from hand_made import frozen, hand_made, two_units, with_rules

from survey_service.analysing.computing import Sources, compute_results
from survey_service.dataset.content import DatasetContent
from survey_service.findings.document import findings_json, read_findings

ROUND = [
    ("CX", "XA1", 14, {"S1": "5", "S2": "4"}),
    ("CB", "XA1", 11, {"S1": "4", "S2": "4", "S4": "5"}),
    ("ND", "XA1", 35, {"S3": "5", "S4": "4"}),
    ("ND", "XA2", 36, {"S3": "1", "S4": "2"}),
]


def without_units() -> DatasetContent:
    content = hand_made(ROUND)
    empty = msgspec.structs.replace(content.design, units=(), strata=(), issued=())
    return replace(content, design=empty, ballots=[])


def weighted(weights: Sequence[str]) -> DatasetContent:
    content = hand_made(ROUND)
    return replace(
        content,
        ballots=[
            replace(row, weight=weights[place % len(weights)])
            for place, row in enumerate(content.ballots)
        ],
    )


ODD = {
    "no units": without_units,
    "no ballots": lambda: replace(hand_made(ROUND), ballots=[]),
    "one unit": lambda: hand_made(ROUND[:3], units=("XA1",)),
    "one group": lambda: hand_made(ROUND[2:]),
    "one ballot": lambda: hand_made([("ND", "XA1", 1, {"S3": "5"})]),
    "everything hidden": lambda: hand_made(
        ROUND, framework=with_rules(two_units().framework, disclosure_threshold=1000)
    ),
    "weights of any size": lambda: weighted(["0.001", "99999.5"]),
    "nominated lists": lambda: hand_made(
        ROUND, list_kinds={"CX": "nominated", "CB": "nominated", "ND": "nominated"}
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_wave_has_findings_that_can_be_read_back_and_computed_anew(odd: str) -> None:
    sources = Sources(dataset=frozen(ODD[odd]()))
    written = findings_json(compute_results(sources).findings)
    assert read_findings(written) is not None
    assert findings_json(compute_results(sources).findings) == written

"""What every ballot says on one leaf: the respondent's leaf score x in [0, 1]."""

from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import BoolArray, FloatArray
from analysis.scoring.counting import read_leaf
from analysis.understanding.cells import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafValues:
    """One value per ballot in the order of the layout; 0 where not `valid`."""

    value: FloatArray
    valid: BoolArray


def leaf_values(sample: Sample, unit_class: int, leaf: int) -> LeafValues:
    """Read a leaf (by its place in its class) from the ballots of the groups that it weighs."""
    columns = sample.index.leaves[unit_class][leaf]
    size = len(sample.ballots.unit)
    value, valid = np.zeros(size), np.zeros(size, dtype=np.bool_)
    for block in sample.layout.blocks:
        group = block.group
        if block.unit_class != unit_class or columns.weights[group] <= 0:
            continue
        if columns.items[group]:
            answers = read_leaf(
                sample.layout,
                block,
                columns,
                sample.index.values,
                half_rule=sample.index.half_rule,
            )
            value[block.rows], valid[block.rows] = answers.score, answers.valid
    return LeafValues(value=value, valid=valid)

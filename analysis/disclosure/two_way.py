"""What the margins of a two-way table tell of its cells, where some cells are empty.

Rows and columns are the nodes of a graph, cells with people its edges. A sum over a set of cells
follows from the margins where the set is a cut of the graph, and every set of which anything
follows contains one (Gusfield 1988, SIAM J. Comput. 17(3), 552-571).
"""

from collections.abc import Sequence

import numpy as np

from analysis.scoring.columns import BoolArray, IntArray

_PLACED = np.iinfo(np.int64).min // 2
"""Below any tie, however much is added to it."""


def margins_tell(cells: Sequence[Sequence[int]] | IntArray, threshold: int) -> bool:
    """Tell whether fewer people than the threshold follow from all row and column sums.

    `cells[r][c]` counts people. Looks for a cut of less weight as Nagamochi & Ibaraki (1992, SIAM
    J. Discrete Math. 5(1), 54-66) do: an order of maximum adjacency shows nodes that no such cut
    parts; they are put together until one node is left of each connected part, or a cut is found.
    """
    table = np.asarray(cells, dtype=np.int64)
    if not table.any():
        return False
    single = np.count_nonzero(table, axis=1) == 1
    if (table[single].sum(axis=1) < threshold).any():
        return True
    # A row of one cell is on the side of its column in every cut of less weight.
    weights = _adjacency(table[~single])
    while len(weights):
        order, tied = _maximum_adjacency(weights)
        if 0 < tied[-1] < threshold:
            return True
        weights = _put_together(weights, order, tied >= threshold)
    return False


def _adjacency(table: IntArray) -> IntArray:
    rows, columns = table.shape
    weights = np.zeros((rows + columns, rows + columns), dtype=np.int64)
    weights[:rows, rows:] = table
    return weights + weights.T


def _maximum_adjacency(weights: IntArray) -> tuple[IntArray, IntArray]:
    """Order the nodes so that each is tied the most to those before it; give these ties too."""
    order = np.zeros(len(weights), dtype=np.int64)
    ties, reached = np.zeros_like(order), np.zeros_like(order)
    for place in range(len(order)):
        node = int(reached.argmax())
        order[place], ties[place] = node, reached[node]
        reached += weights[node]
        reached[node] = _PLACED
    return order, ties


def _put_together(weights: IntArray, order: IntArray, tied: BoolArray) -> IntArray:
    """Merge each tied node with the one before it in the order; drop nodes without a tie."""
    starts = np.flatnonzero(~tied)
    ordered = weights[np.ix_(order, order)]
    smaller = np.add.reduceat(np.add.reduceat(ordered, starts, axis=0), starts, axis=1)
    np.fill_diagonal(smaller, 0)
    linked = smaller.any(axis=1)
    return smaller[np.ix_(linked, linked)]

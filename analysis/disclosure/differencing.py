"""What several publications of the same answers tell together, though none of them does alone."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from analysis.disclosure.suppression import LeafCount, Row


def telling_sums(
    leaves: Sequence[LeafCount], shown: Sequence[AbstractSet[Row]], *, threshold: int
) -> tuple[Row, ...]:
    """Give the rows from which thin leaves follow, once all that was ever shown is put together.

    `shown` are the rows that each publication shows of one unit. The sums are nested, so what a
    row leaves open is its leaves without those of the shown rows within it; where only thin
    leaves are left, their points follow by subtraction (Willenborg & de Waal 2001, ch. 6).
    A thin leaf that was shown itself is among them.
    """
    counted = [leaf for leaf in leaves if leaf.counted]
    thin = {leaf.row for leaf in counted if leaf.counted < threshold}
    under = {
        row: frozenset(leaf.row for leaf in counted if row in (*leaf.sums, leaf.row))
        for row in dict.fromkeys(chain.from_iterable((*leaf.sums, leaf.row) for leaf in counted))
    }
    known = [row for row in under if any(row in rows for rows in shown)]
    telling: list[Row] = []
    for row in known:
        within = (under[other] for other in known if under[other] < under[row])
        left_open = under[row].difference(*within)
        if left_open and left_open <= thin:
            telling.append(row)
    return tuple(telling)

"""Which of a unit's figures are hidden, so that none that rests on too few can be worked out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from questionnaires.index import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafCell:
    """A leaf of a unit: the valid ballots of each group, and of those its points rest on.

    `n` is 0 where the leaf is not measurable, so that no sum contains it.
    """

    leaf: Code
    component: Code
    n: int
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What is not shown of one unit; it still counts. `groups` are leaves without group rows."""

    groups: frozenset[Code]
    leaves: frozenset[Code]
    components: frozenset[Code]
    total: bool


def withhold(cells: Sequence[LeafCell], threshold: int) -> Withheld:
    """Hide small cells, and with them what they could be worked out from.

    The group rows of a leaf are hidden together where one group has fewer ballots than the
    threshold; a leaf that rests on fewer in all is thin and hidden whole. A component is the
    sum of its leaves and the total that of the components, so what a shown sum leaves open
    after all shown parts are taken away must hold a leaf that is not thin: else further leaves
    are hidden, those with the fewest ballots first, then the sum itself (complementary
    suppression; Willenborg & de Waal 2001, ch. 6). The sums are nested, so nothing more can be
    derived from several of them.
    """
    measured = [cell for cell in cells if cell.n]
    thin = {cell.leaf for cell in measured if cell.n < threshold}
    hidden = set(thin)
    components: set[Code] = set()
    for component in dict.fromkeys(cell.component for cell in measured):
        own = [cell for cell in measured if cell.component == component]
        if _is_open(own, hidden, thin):
            spare = _cheapest(own, hidden)
            hidden |= spare
            components |= set() if spare else {component}
    total = False
    if _is_open([cell for cell in measured if cell.component in components], hidden, thin):
        taken = _sum_to_hide(measured, hidden, components, thin)
        hidden |= {cell.leaf for cell in taken}
        components |= {cell.component for cell in taken}
        total = not taken
    return Withheld(
        groups=frozenset(
            cell.leaf for cell in cells if cell.leaf in hidden or min(cell.groups) < threshold
        ),
        leaves=frozenset(hidden),
        components=frozenset(components),
        total=total,
    )


def _is_open(cells: Iterable[LeafCell], hidden: set[Code], thin: set[Code]) -> bool:
    """Tell whether what a sum leaves open is made of thin leaves only."""
    left = {cell.leaf for cell in cells if cell.leaf in hidden}
    return bool(left) and left <= thin


def _cheapest(cells: Iterable[LeafCell], hidden: set[Code]) -> set[Code]:
    """Choose the leaf that costs least to hide, if any is left."""
    shown = sorted((cell.n, cell.leaf) for cell in cells if cell.leaf not in hidden)
    return {leaf for _, leaf in shown[:1]}


def _sum_to_hide(
    cells: Sequence[LeafCell], hidden: set[Code], components: set[Code], thin: set[Code]
) -> list[LeafCell]:
    """Choose a leaf that is not thin and whose component goes with it, hidden ones first."""
    spare = [cell for cell in cells if cell.component not in components and cell.leaf not in thin]
    return sorted(spare, key=lambda cell: (cell.leaf not in hidden, cell.n, cell.leaf))[:1]

"""Whether a total that is computed anew for a comparison may stand beside the published one.

A change is a figure of its own: both waves are scored anew on what they have in common. Where that
is not how the published total came about (a group counted in one wave only, other weights, a leaf
left out), the published total and the new one are two equations for the same cells. So the new one
is shown only where the sheet shows every cell that has another part in it: the group rows of a leaf
whose groups or weights differ, the points of a leaf that is left out. Otherwise a change is shown
by its direction alone, which is an inequality.
"""

from collections.abc import Set as AbstractSet
from fractions import Fraction

from analysis.scoring.scores import LeafScore, Scores
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.series import LeafOf


def adds_nothing(
    wave: Analysed,
    clearance: Clearance,
    again: Scores,
    place: int,
    unchanged: AbstractSet[LeafOf] | None = None,
) -> bool:
    """Tell whether the total of a unit in `again` tells nothing that the wave's sheet hides.

    `unchanged` are the leaves that `again` scores by the rules of the wave itself; None where
    that is all of them. A leaf that the common rescaling alone moves tells nothing.
    """
    unit_class = wave.content.design.units[place].unit_class
    others = {leaf.code: leaf for leaf in again.units[place].leaves}
    for leaf in wave.unit(place).leaves:
        other = others.get(leaf.code)
        if other is None or other.points is None:
            if leaf.points is not None and not clearance.shows_leaf(place, leaf.code):
                return False
        elif not clearance.shows_groups(place, leaf.code) and (
            _shares(leaf) != _shares(other)
            or (unchanged is not None and (unit_class, leaf.code) not in unchanged)
        ):
            return False
    return True


def _shares(leaf: LeafScore) -> dict[int, Fraction]:
    return {cell.group: cell.effective_weight for cell in leaf.groups if cell.effective_weight > 0}

"""Two waves scored alike: by this wave's index, on the leaves and the groups that both have."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import msgspec

from analysis.comparing.common_groups import comparable_index
from analysis.scoring.columns import IndexColumns
from analysis.scoring.scores import Scores
from analysis.scoring.scoring import score
from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Code, Framework, UnitClass
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.series import Series
from survey_service.results.columns import index_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Both waves as one index sees them; places of units and groups are each wave's own."""

    now: Scores
    former: Scores


def bridge(analysed: Analysed, former: Analysed, of: Series, twins: Mapping[int, int]) -> Bridge:
    """Score both waves by this wave's weights, points and rules, so that only answers differ.

    A leaf that is not comparable gets no weights and so is not measurable, on both sides; the
    points are rescaled to the maximum as they are where answers are missing. On each leaf of a
    unit only those groups count that do in both waves. `twins` maps a unit's place to that of
    the one unit it is compared with.
    """
    mine = analysed.scored.columns
    theirs = former.scored.columns
    own_index = _only(mine.index, analysed.framework, of)
    former_index = index_columns(
        _as_now(analysed.framework, former.framework, of),
        _asked_as_now(analysed.content.questionnaires, former.content.questionnaires, of),
        former.content.design,
    )
    own = score(mine.ballots, mine.strata, own_index)
    other = score(theirs.ballots, theirs.strata, former_index)
    groups = _groups(analysed.framework, former.framework)
    return Bridge(
        now=score(
            mine.ballots,
            mine.strata,
            comparable_index(own_index, own, other, twins, groups),
        ),
        former=score(
            theirs.ballots,
            theirs.strata,
            comparable_index(former_index, other, own, _turned(twins), _turned(groups)),
        ),
    )


def _only(index: IndexColumns, framework: Framework, of: Series) -> IndexColumns:
    return replace(
        index,
        leaves=tuple(
            tuple(
                leaf
                if (unit_class.code, leaf.code) in of.comparable
                else replace(leaf, weights=(Fraction(0),) * len(leaf.weights))
                for leaf in leaves
            )
            for unit_class, leaves in zip(framework.unit_classes, index.leaves, strict=True)
        ),
    )


def _as_now(now: Framework, former: Framework, of: Series) -> Framework:
    """Give this wave's index with the former's groups, in whose order its ballots are kept."""
    known = {unit_class.code for unit_class in now.unit_classes}
    return msgspec.structs.replace(
        now,
        groups=former.groups,
        unit_classes=(
            *(
                msgspec.structs.replace(
                    unit_class,
                    leaves=tuple(
                        leaf
                        if (unit_class.code, leaf.code) in of.comparable
                        else msgspec.structs.replace(leaf, weights={})
                        for leaf in unit_class.leaves
                    ),
                )
                for unit_class in now.unit_classes
            ),
            *(
                UnitClass(code=one.code, name=one.name, leaves=())
                for one in former.unit_classes
                if one.code not in known
            ),
        ),
    )


def _asked_as_now(now: Questionnaires, former: Questionnaires, of: Series) -> Questionnaires:
    """Give the former items, in whose order its answers are kept, with this wave's scales."""
    scales = {scale.code: scale for scale in (*former.scales, *now.scales)}
    return msgspec.structs.replace(
        former,
        scales=tuple(scales.values()),
        items=tuple(_item(item, of) for item in former.items),
    )


def _item(item: Item, of: Series) -> Item:
    twin = of.twins.get(item.code)
    leaves: dict[Code, Code] = {
        unit_class: leaf
        for unit_class, leaf in item.leaves.items()
        if (unit_class, leaf) in of.comparable
    }
    if twin is None or not leaves:
        return msgspec.structs.replace(item, leaves={})
    return msgspec.structs.replace(item, leaves=leaves, scale=twin.scale, options=twin.options)


def _groups(now: Framework, former: Framework) -> dict[int, int]:
    there = {group.code: place for place, group in enumerate(former.groups)}
    return {
        place: there[group.code] for place, group in enumerate(now.groups) if group.code in there
    }


def _turned(pairs: Mapping[int, int]) -> dict[int, int]:
    return {there: here for here, there in pairs.items()}

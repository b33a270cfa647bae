"""Any domains of people scored as the index scores units: services, channels, both, factors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import NOT_ASKED, IntArray
from analysis.scoring.scores import Scores
from analysis.scoring.scoring import score_parts
from questionnaires.index import Code
from survey_service.analysing.services_sample import ServiceSample

_FACTOR = "factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Domains scored both ways, and by factor; one entry per domain."""

    top_two: Scores
    mean: Scores
    factors: dict[Code, tuple[Scores, Scores]]


def score_domains(
    sample: ServiceSample,
    domain: IntArray,
    classes: Sequence[int],
    *,
    factors: Sequence[tuple[Code, frozenset[Code]]] = (),
    several_units: bool = False,
) -> Both:
    """Score any domains of the group's people as the index scores units, exactly.

    `domain` of shape (n,) gives each ballot's domain, −1 where it has none; `classes` the class
    of units of each. People outside stay in the design, whose n_h are those of all who answered
    (Lumley 2010, §2.2). `several_units` tells that domains go over more than one unit.
    """
    ballots, strata = sample.sampling_units(several_units=several_units)
    ballots = replace(ballots, unit=np.where(domain < 0, len(classes), domain))
    index = replace(
        sample.index,
        leaves=(*sample.index.leaves, ()),
        unit_class=(*classes, len(sample.index.leaves)),
    )
    two = replace(
        index,
        values=tuple(
            tuple(Fraction(place < 2) for place in range(len(options))) for options in index.values
        ),
    )
    parts = {
        (_FACTOR, code): dict.fromkeys(range(len(index.leaves)), leaves) for code, leaves in factors
    }
    mean, means = score_parts(ballots, strata, index, parts)
    top, tops = score_parts(ballots, strata, two, parts)
    return Both(
        top_two=top,
        mean=mean,
        factors={code: (tops[_FACTOR, code], means[_FACTOR, code]) for code, _ in factors},
    )


def valid_counts(sample: ServiceSample, domain: IntArray, size: int, place: int) -> IntArray:
    """Count the people who count on each leaf of a class, shape (leaves, domains).

    Whoever answered less than half of the items asked does not, under the half rule.
    """
    answers, leaves = sample.ballots.answers, sample.leaves(place)
    counts = np.zeros((len(leaves), size), dtype=np.int64)
    for row, leaf in enumerate(leaves):
        of_leaf = answers[:, list(leaf.items[sample.group])]
        asked, answered = (of_leaf != NOT_ASKED).sum(axis=1), (of_leaf > 0).sum(axis=1)
        counted = (answered > 0) & ((2 * answered >= asked) | (not sample.index.half_rule))
        counts[row] = np.bincount(domain[counted & (domain >= 0)], minlength=size)
    return counts

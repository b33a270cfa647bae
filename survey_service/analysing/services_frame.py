"""How people were drawn from transactions, as it is published: frame, draw, changes, weights."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from survey_service.analysing.basis import Basis
from survey_service.analysing.clearance import FEWEST_FOR_A_STATISTIC
from survey_service.analysing.services_sample import is_drawn
from survey_service.dataset.ballot_columns import ballot_columns
from survey_service.dataset.design import DatasetStratum, Sampling
from survey_service.findings.services import FrameStratum, SamplingReport, Weights
from survey_service.results.figures import written

WEIGHT_PLACES = 1
EFFECT_PLACES = 2


def sampling_report(basis: Basis) -> SamplingReport | None:
    """Give what is published of the draw; None where nobody was drawn from transactions.

    Counts of transactions and of people in a frame are administrative and are no answers; of
    those who answered nothing is told here but the range of the weights.
    """
    design = basis.analysed.dataset.content.design
    sampling = design.sampling
    if sampling is None:
        return None
    known = {one.code: one for one in design.strata}
    return SamplingReport(
        group=sampling.group,
        target=sampling.target,
        design=sampling.design,
        allocation=sampling.allocation,
        seed=sampling.seed,
        commitment=sampling.commitment,
        frame=sampling.frame,
        sample=sampling.sample,
        intact=sampling.intact,
        draws=sampling.draws,
        strata=_strata(sampling, known),
        excluded=sampling.excluded,
        coverage=sampling.coverage,
        changes=sampling.changes,
        weights=_weights(basis, sampling),
    )


def _strata(sampling: Sampling, known: dict[str, DatasetStratum]) -> tuple[FrameStratum, ...]:
    found: list[FrameStratum] = []
    for one in sampling.strata:
        stratum = known.get(one.stratum)
        found.append(
            FrameStratum(
                stratum=one.stratum,
                unit=stratum.unit if stratum else "",
                service=stratum.service if stratum else "",
                channel=stratum.channel if stratum else "",
                mode=stratum.mode if stratum else "web",
                transactions=one.transactions,
                people=one.people,
                drawn=one.drawn,
                called=one.called,
                replaced=one.replaced,
                probability=one.probability,
            )
        )
    return tuple(found)


def _weights(basis: Basis, sampling: Sampling) -> Weights | None:
    """Give the range of the weights of those drawn who answered, and Kish's factor."""
    content = basis.analysed.dataset.content
    rows = ballot_columns(content)
    own = np.array(
        [one.group == sampling.group and is_drawn(basis, one) for one in content.design.strata],
        dtype=np.bool_,
    )[rows.stratum]
    _, first = np.unique(rows.respondent[own], return_index=True)
    if len(first) < FEWEST_FOR_A_STATISTIC:
        return None
    places: list[int] = rows.weight[own][first].tolist()
    weights = Counter[Fraction]()
    for place, n in Counter(places).items():
        weights[Fraction(rows.weights[place])] += n
    return Weights(
        least=written(min(weights), WEIGHT_PLACES),
        greatest=written(max(weights), WEIGHT_PLACES),
        design_effect=written(design_effect(weights), EFFECT_PLACES),
    )


def design_effect(weights: Mapping[Fraction, int]) -> Fraction:
    """Give n·Σw²/(Σw)² of so many people per weight (Kish 1965, §11.7)."""
    total = sum((n * one for one, n in weights.items()), Fraction(0))
    squares = sum((n * one * one for one, n in weights.items()), Fraction(0))
    return sum(weights.values()) * squares / (total * total)

"""What people experienced at a service: trips, extra papers, an apology when it was late."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from analysis.intervals import LEVEL, interval
from analysis.scoring.columns import BoolArray, IntArray
from analysis.scoring.design import design_of
from analysis.scoring.variance import combined_spread, group_sums
from questionnaires.definition import Item
from survey_service.analysing.basis import Basis
from survey_service.analysing.percents import percent, percent_interval
from survey_service.analysing.services_hiding import marked
from survey_service.analysing.services_sample import ServiceSample
from survey_service.analysing.services_totals import Total, all_enough, told_number, totals
from survey_service.findings.services import FactLine, FactShare
from survey_service.findings.terms import Interval
from survey_service.results.figures import written

TABLE = "services.facts"
PLACES = 2
"""Places of a mean of numbers: trips, days, papers."""


def factual_items(basis: Basis) -> tuple[Item, ...]:
    """Give the items that ask for a fact: a number, yes or no, one of several options."""
    return tuple(
        item
        for item in basis.items
        if item.kind in {"number", "yes_no", "single"} and not item.leaves and item.about == "unit"
    )


def fact_lines(sample: ServiceSample, told: frozenset[int]) -> Iterator[FactLine]:
    """Give every fact by service, over those units told of that may be added up."""
    clearance = sample.basis.clearance
    group = sample.basis.groups[sample.group]
    for item in factual_items(sample.basis):
        codes = sample.ballots.answers[:, sample.basis.column[item.code]]
        if group not in item.groups or not codes.any():
            continue
        counts = answers_by_service(sample, codes > 0)
        made = fact_totals(sample, item, counts, told)
        for service in np.unique(sample.service[sample.service > 0]).tolist():
            having = int(np.count_nonzero(counts[:, service]))
            if made[service].units:
                valid = (codes > 0) & (sample.service == service)
                valid &= marked(sample.unit, made[service].units)
                yield _told(sample, item, made[service], codes.astype(np.int64), valid, of=having)
                continue
            thin = not clearance.is_enough(int(counts[:, service].sum()))
            clearance.hide(TABLE, "threshold" if thin else "complementary")
            yield _line(sample, item, service, of=having)


def answers_by_service(sample: ServiceSample, valid: BoolArray) -> IntArray:
    """Count the ballots that are marked, shape (units, services)."""
    counts = np.zeros((len(sample.basis.units), len(sample.services)), dtype=np.int64)
    np.add.at(counts, (sample.unit[valid], sample.service[valid]), 1)
    return counts


def fact_totals(
    sample: ServiceSample, item: Item, counts: IntArray, told: frozenset[int]
) -> Mapping[int, Total]:
    """Choose the units of each service's fact, as the totals of services are chosen.

    Only units that every group asked has told enough of, or nothing: their rows may be shown.
    """
    threshold = sample.basis.clearance.threshold
    answered = sample.basis.answered(item.code)
    fits = frozenset(
        unit
        for unit in told
        if answered[sample.group, unit] == counts[unit].sum()
        and all_enough(answered[np.newaxis, :, unit], threshold)
    )
    opened = frozenset(unit for unit in fits if all_enough(counts[np.newaxis, unit], threshold))
    made, _ = totals(counts[np.newaxis, :, :, np.newaxis], fits, opened, threshold)
    return made


def _line(sample: ServiceSample, item: Item, service: int, *, of: int) -> FactLine:
    return FactLine(
        item=item.code,
        group=sample.basis.groups[sample.group],
        service=sample.services[service],
        n=None,
        mean=None,
        mean_interval=None,
        shares=(),
        units=0,
        of=of,
        missing="suppressed",
    )


def _told(
    sample: ServiceSample, item: Item, total: Total, codes: IntArray, valid: BoolArray, *, of: int
) -> FactLine:
    n, service = int(valid.sum()), int(sample.service[valid][0])
    mean, ends, shares = None, None, ()
    if item.kind == "number":
        figure = _mean(sample, codes - 1, valid)
        mean, ends = written(figure, PLACES), _ends(sample, codes - 1, valid, figure)
    else:
        options = sample.basis.analysed.content.questionnaires.options(item)
        shares = tuple(
            FactShare(
                option=option.code,
                label=option.text,
                percent=percent(_mean(sample, codes == place, valid)),
                interval=_share_ends(sample, codes == place, valid),
            )
            for place, option in enumerate(options, 1)
        )
    return FactLine(
        item=item.code,
        group=sample.basis.groups[sample.group],
        service=sample.services[service],
        n=told_number(n, sample.basis.clearance.threshold, exact=total.exact),
        mean=mean,
        mean_interval=ends,
        shares=shares,
        units=len(total.units),
        of=of,
    )


def _mean(sample: ServiceSample, values: IntArray | BoolArray, valid: BoolArray) -> Fraction:
    """Give Σ w·y / Σ w exactly."""
    weights = sample.ballots.weights
    place = sample.ballots.weight[valid]
    sums = np.zeros(len(weights), dtype=np.int64)
    np.add.at(sums, place, values[valid].astype(np.int64))
    counts = np.bincount(place, minlength=len(weights)).tolist()
    above = sum((w * s for w, s in zip(weights, sums.tolist(), strict=True)), Fraction(0))
    return above / sum((w * c for w, c in zip(weights, counts, strict=True)), Fraction(0))


def _spread(
    sample: ServiceSample, values: IntArray | BoolArray, valid: BoolArray, figure: Fraction
) -> tuple[float, float]:
    """Give the standard error of a mean and its degrees of freedom, as the index has them."""
    ballots, strata = sample.sampling_units(several_units=True)
    weights = np.array([float(one) for one in ballots.weights])[ballots.weight]
    share = np.where(valid, weights, 0.0)
    influence = share * (values - float(figure)) / share.sum()
    design = design_of(replace(ballots, unit=np.zeros_like(ballots.unit)), strata, 1)
    whole = np.ones((int(design.domain_group.max()) + 1, 1))
    spread = combined_spread(design, group_sums(design, influence), whole)
    return float(np.sqrt(spread.variance[0])), float(spread.degrees_of_freedom[0])


def _ends(
    sample: ServiceSample, values: IntArray, valid: BoolArray, figure: Fraction
) -> Interval | None:
    """Give the t interval of a mean of numbers, which none can make less than 0."""
    error, freedom = _spread(sample, values, valid, figure)
    if not sample.is_sampled or error <= 0 or freedom <= 0:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415 - 0.2 s that most commands need not spend

    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    return Interval(
        low=written(Fraction(max(float(figure) - half, 0.0)), PLACES),
        high=written(Fraction(float(figure) + half), PLACES),
    )


def _share_ends(sample: ServiceSample, chosen: BoolArray, valid: BoolArray) -> Interval | None:
    if not sample.is_sampled:
        return None
    share = _mean(sample, chosen, valid)
    error, freedom = _spread(sample, chosen, valid, share)
    return percent_interval(
        interval(float(share), error, freedom, maximum=1.0, respondents=int(valid.sum()))
    )

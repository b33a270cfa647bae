"""Made-up samples of three stages, stratified at two of them, some with lonely clusters."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation import comparisons
from analysis.estimation.design import Lonely, SurveyDesign, survey_design
from analysis.estimation.estimates import Estimate, by_group
from analysis.estimation.independence import rao_scott_test, wald_independence
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.proportions import Method, proportion
from analysis.estimation.quantiles import Quantiles, quantiles
from analysis.estimation.rank_tests import Score, rank_test, two_group_rank_test
from analysis.estimation.variances import covariances
from benchmarks.r_survey.families import Column, Data, Family, Table, numbers

Parts = Mapping[str, ArrayLike]
Found = Iterator[tuple[str, Parts]]

RULES: tuple[Lonely, ...] = ("fail", "fail", "fail", "remove", "adjust", "average")
INTERVALS: tuple[Method, ...] = ("asin", "beta", "xlogit")
OF_TOTALS = ("svytotal", '"Wald"', '"adjWald"')
"""Survey 4.1 measures lonely totals under "adjust" from 0, not from the mean as 4.5 does."""

SCORES: tuple[tuple[Score, str], ...] = (
    ("rank", ""),
    ("normal", ', test = "vanderWaerden"'),
    ("median", ', test = "median"'),
)


def sampled(made: Table, lonely: Lonely) -> SurveyDesign:
    """Make the design of `three_stages.R`."""
    return survey_design(
        made["w"],
        strata=[made["s"], made["part"]],
        clusters=[made["c"], made["u"], made["e"]],
        populations=[made["N"], made["M"], made["K"]],
        lonely=lonely,
    )


def the_figures(data: Data) -> Mapping[str, Parts]:
    """Means to rank tests of each sample that is there."""
    found: dict[str, Parts] = {}
    for number, rule in enumerate(RULES, start=1):
        name = f"d{number}"
        if f"made{number}" in data:
            made = data[f"made{number}"]
            design = sampled(made, rule)
            for command, parts in (
                *_figures(made, design),
                *_shares(made, design),
                *_tests(made, design),
            ):
                if rule != "adjust" or not any(named in command for named in OF_TOTALS):
                    found[command.replace("DESIGN", name)] = parts
    return found


def _figures(made: Table, design: SurveyDesign) -> Found:
    y, z = numbers(made, "y"), numbers(made, "z")
    both = np.stack([y, z], axis=1)
    crossed = _crossed(made)
    domain = design.domain(crossed == "xa")
    spread, square = covariances(design, both), [0, 1, 1, 2]
    groups = by_group(design, crossed, lambda within: means(within, z))
    mean = means(design, both)
    yield (
        "svymean(~y + z, DESIGN, deff = TRUE)",
        {**_estimated(mean), "deff": mean.design_effects()},
    )
    yield "svytotal(~y + z, DESIGN)", _estimated(totals(design, both))
    yield "svyratio(~y, ~z, DESIGN)", _without_vcov(ratios(design, y, z))
    yield (
        "svyby(~z, ~g + h, DESIGN, svymean, covmat = TRUE)",
        {
            "coef": groups.joint.values,
            # R averages over the strata of each domain here, over all strata in vcov.
            "se": [each.standard_errors[0] for each in groups.each],
            "vcov": groups.joint.covariance,
        },
    )
    yield (
        'svymean(~z, subset(DESIGN, g == "a" & h == "x"))',
        _without_vcov(means(domain, z)),
    )
    yield 'degf(subset(DESIGN, g == "a" & h == "x"))', {"value": domain.degrees_of_freedom}
    yield (
        "svyvar(~y + z, DESIGN)",
        {"coef": spread.values[square], "se": spread.standard_errors[square]},
    )


def _shares(made: Table, design: SurveyDesign) -> Found:
    y, z = numbers(made, "y"), numbers(made, "z")
    points = quantiles(design, y, [0.2, 0.25, 0.5, 0.6, 0.75, 0.9])
    middle = quantiles(design, z, [0.3, 0.5, 0.7], scale="xlogit", rule="school")
    yield "svyquantile(~y, DESIGN, c(0.2, 0.25, 0.5, 0.6, 0.75, 0.9))", _points(points)
    yield (
        'svyquantile(~z, DESIGN, c(0.3, 0.5, 0.7), interval.type = "xlogit", qrule = "school")',
        _points(middle),
    )
    for method in INTERVALS:
        share = proportion(design, made["g"] == "a", method=method)
        yield (
            f'svyciprop(~I(g == "a"), DESIGN, method = "{method}")',
            {"coef": share.value, "se": share.standard_error, "ci": [share.low, share.high]},
        )


def _tests(made: Table, design: SurveyDesign) -> Found:
    y, z, g, h = numbers(made, "y"), numbers(made, "z"), made["g"], made["h"]
    table = rao_scott_test(design, g, h)
    yield "svychisq(~g + h, DESIGN)", _tested(table.second_order)
    yield (
        'svychisq(~g + h, DESIGN, statistic = "Chisq")',
        {"statistic": table.pearson, "parameter": table.cells, "p": table.first_order},
    )
    for adjusted, named in ((False, "Wald"), (True, "adjWald")):
        yield (
            f'svychisq(~g + h, DESIGN, statistic = "{named}")',
            _tested(wald_independence(design, g, h, adjusted=adjusted)),
        )
    yield "svyttest(z ~ h, DESIGN)", _tested(comparisons.difference_test(design, z, h))
    yield "svyttest(I(z - 5) ~ 0, DESIGN)", _tested(comparisons.mean_test(design, z, against=5))
    for score, named in SCORES:
        test = two_group_rank_test(design, y, h, score=score, ties="row order")
        yield f"svyranktest(y ~ h, DESIGN{named})", _tested(test)
    several = rank_test(design, y, g, ties="row order")
    # R names χ² the parameter and its degrees of freedom the statistic.
    yield (
        'svyranktest(y ~ g, DESIGN, test = "KruskalWallis")',
        {
            "statistic": several.numerator,
            "parameter": several.statistic * several.numerator,
            "p": several.p_value,
        },
    )


def _crossed(made: Table) -> Column:
    return np.char.add(made["h"].astype(np.str_), made["g"].astype(np.str_))


def _estimated(estimate: Estimate) -> Parts:
    return {**_without_vcov(estimate), "vcov": estimate.covariance}


def _without_vcov(estimate: Estimate) -> Parts:
    return {"coef": estimate.values, "se": estimate.standard_errors}


def _points(found: Quantiles) -> Parts:
    return {"coef": found.values, "ci": found.intervals, "se": found.standard_errors}


def _tested(test: comparisons.TTest | comparisons.FTest) -> Parts:
    free = (
        [test.degrees_of_freedom]
        if isinstance(test, comparisons.TTest)
        else [test.numerator, test.denominator]
    )
    return {"statistic": test.statistic, "parameter": free, "p": test.p_value}


FAMILIES = (Family(name="three stages", tolerance=1e-9, compute=the_figures),)

"""Totals, means, ratios and variances on R's own designs."""

from collections.abc import Mapping

import numpy as np

from analysis.estimation.means import means, ratios, totals
from analysis.estimation.variances import correlations, covariances, variances
from benchmarks.r_survey.designs import (
    Parts,
    designs,
    indicators,
    parts,
    stack,
    with_effects,
    without,
)
from benchmarks.r_survey.families import Data, Family, numbers


def the_means(data: Data) -> Mapping[str, Parts]:
    """Means with their design effects and intervals."""
    d = designs(data)
    found: dict[str, Parts] = {}
    for name, column in (
        ("dsrs", "api00"),
        ("dstrat", "api00"),
        ("dopen", "api00"),
        ("dclus1", "api00"),
        ("dclus2", "api00"),
        ("dhosp", "births"),
    ):
        table, design = d[name]
        estimate = means(design, table[column])
        found[f"svymean(~{column}, {name}, deff = TRUE)"] = with_effects(estimate)
    for name in ("dstrat", "dclus1"):
        table, design = d[name]
        estimate = means(design, table["api00"])
        found[f'svymean(~api00, {name}, deff = "replace")'] = with_effects(
            estimate, replacement=True
        )
    for name, column in (("dfpc", "x"), ("dopenfpc", "x"), ("dmu", "y1")):
        table, design = d[name]
        found[f"svymean(~{column}, {name})"] = parts(means(design, table[column]))
    strat, dstrat = d["dstrat"]
    clus1, dclus1 = d["dclus1"]
    clus2, dclus2 = d["dclus2"]
    pps, dpps = d["dpps"]
    several = stack(clus1, "api00", "api99", "enroll")
    enroll = numbers(clus2, "enroll")
    found |= {
        "svymean(~api00 + api99, dstrat)": parts(means(dstrat, stack(strat, "api00", "api99"))),
        "svymean(~api00 + api99 + enroll, subset(dclus1, !is.na(enroll)))": parts(
            means(dclus1.observed(several), several)
        ),
        "svymean(~stype, dclus1)": parts(means(dclus1, indicators(clus1["stype"]))),
        "svymean(~enroll, dclus2, na.rm = TRUE, deff = TRUE)": with_effects(
            means(dclus2.observed(enroll), enroll)
        ),
        "svymean(~Bush + Kerry + Nader, dpps)": parts(
            means(dpps, stack(pps, "Bush", "Kerry", "Nader"))
        ),
        "confint(svymean(~api00, dstrat), df = degf(dstrat))": {
            "value": means(dstrat, strat["api00"]).interval()
        },
        "confint(svymean(~api00, dclus1))": {
            "value": means(dclus1, clus1["api00"]).interval(degrees_of_freedom=np.inf)
        },
    }
    return found


def the_totals(data: Data) -> Mapping[str, Parts]:
    """Totals with their design effects."""
    d = designs(data)
    found: dict[str, Parts] = {}
    for name, column in (
        ("dsrs", "enroll"),
        ("dstrat", "enroll"),
        ("dclus1", "enroll"),
        ("dmu", "y1"),
    ):
        table, design = d[name]
        estimate = totals(design, table[column])
        found[f"svytotal(~{column}, {name}, deff = TRUE)"] = with_effects(estimate)
    for name, column in (("dhosp", "births"), ("dfpc", "x")):
        table, design = d[name]
        found[f"svytotal(~{column}, {name})"] = parts(totals(design, table[column]))
    clus2, dclus2 = d["dclus2"]
    pps, dpps = d["dpps"]
    enroll = numbers(clus2, "enroll")
    found |= {
        "svytotal(~enroll, dclus2, na.rm = TRUE)": parts(totals(dclus2.observed(enroll), enroll)),
        "svytotal(~stype, dstrat)": parts(
            totals(d["dstrat"][1], indicators(d["dstrat"][0]["stype"]))
        ),
        "svytotal(~Bush + Kerry + Nader, dpps)": parts(
            totals(dpps, stack(pps, "Bush", "Kerry", "Nader"))
        ),
    }
    return found


def the_ratios(data: Data) -> Mapping[str, Parts]:
    """Ratios, several at once with their covariance."""
    d = designs(data)
    strat, dstrat = d["dstrat"]
    clus2, dclus2 = d["dclus2"]
    pps, dpps = d["dpps"]
    found: dict[str, Parts] = {}
    for name, above, below in (
        ("dstrat", "api.stu", "enroll"),
        ("dclus1", "api.stu", "enroll"),
        ("dscd", "alive", "arrests"),
    ):
        table, design = d[name]
        one = ratios(design, table[above], table[below])
        found[f"svyratio(~{above}, ~{below}, {name})"] = without(parts(one), "vcov")
    effect = ratios(dstrat, strat["api.stu"], strat["enroll"])
    crossed = ratios(
        dstrat,
        stack(strat, "api.stu", "api00", "api.stu", "api00"),
        stack(strat, "enroll", "enroll", "api99", "api99"),
    )
    known = dclus2.observed(clus2["enroll"])
    found |= {
        "svyratio(~api.stu + api00, ~enroll + api99, dstrat, covmat = TRUE)": parts(crossed),
        "svyratio(~api.stu, ~enroll, subset(dclus2, !is.na(enroll)))": without(
            parts(ratios(known, clus2["api.stu"], clus2["enroll"])), "vcov"
        ),
        "svyratio(~api.stu, ~enroll, dstrat, deff = TRUE)": without(with_effects(effect), "vcov"),
        "svyratio(~Bush + Kerry, ~votes, dpps, covmat = TRUE)": parts(
            ratios(dpps, stack(pps, "Bush", "Kerry"), pps["votes"])
        ),
    }
    return found


def the_variances(data: Data) -> Mapping[str, Parts]:
    """Variances, covariances and a correlation of the population."""
    d = designs(data)
    table, design = d["dclus1"]
    strat, dstrat = d["dstrat"]
    scores = stack(table, "api00", "api99")
    matrix, correlation = covariances(design, scores), correlations(design, scores)
    square = [0, 1, 1, 2]
    return {
        "svyvar(~api00, dclus1)": without(parts(variances(design, table["api00"])), "vcov"),
        "svyvar(~api00, dstrat)": without(parts(variances(dstrat, strat["api00"])), "vcov"),
        "svyvar(~api00 + api99, dclus1)": {
            "coef": matrix.values[square],
            "se": matrix.standard_errors[square],
        },
        "svycontrast(svymean(~xx + xy + yy, dvar), quote(xy/sqrt(xx * yy)))": parts(correlation),
    }


FAMILIES = (
    Family(name="means", tolerance=1e-10, compute=the_means),
    Family(name="totals", tolerance=1e-10, compute=the_totals),
    Family(name="ratios", tolerance=1e-10, compute=the_ratios),
    Family(name="variances", tolerance=1e-10, compute=the_variances),
)

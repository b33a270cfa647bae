"""Post-stratified and raked designs."""

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.margins import crossed, margin
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.post_stratification import post_stratify
from analysis.estimation.raking import rake
from benchmarks.r_survey.cases.calibration import (
    IMPROVED,
    STYPE,
    WIDE,
    api,
    by_groups,
    designs,
    fitted,
    ratio,
    ratio_parts,
    shown,
    two_margins,
)
from benchmarks.r_survey.families import Data, Family, Figures, Table, numbers


def post_stratified(data: Data) -> Figures:
    """Compute the figures of postStratify."""
    design = designs(data)
    one, two, strata = data["apiclus1"], data["apiclus2"], data["apistrat"]
    scd, hospital = data["scd"], data["hospital"]
    first = fitted(
        design["dclus1"],
        post_stratify(design["dclus1"].weights, margin("stype", one["stype"], STYPE)),
    )
    second = fitted(
        design["dclus2"],
        post_stratify(design["dclus2"].weights, margin("stype", two["stype"], STYPE)),
    )
    wide = margin("sch.wide", strata["sch.wide"], WIDE)
    third = fitted(design["dstrat"], post_stratify(design["dstrat"].weights, wide))
    population = data["apipop"]
    cells, count = np.unique(
        np.char.add(np.char.add(words(population, "stype"), " × "), words(population, "sch.wide")),
        return_counts=True,
    )
    cross = crossed(
        "type × wide",
        [strata["stype"], strata["sch.wide"]],
        dict(zip(cells.tolist(), count.tolist(), strict=True)),
    )
    fourth = fitted(design["dstrat"], post_stratify(design["dstrat"].weights, cross))
    crews = margin("ambulance", words(scd, "ambulance"), {"1.0": 500, "2.0": 700})
    fifth = fitted(design["dscd"], post_stratify(design["dscd"].weights, crews))
    levels = margin("oblevel", words(hospital, "oblevel"), {"1.0": 45, "2.0": 95, "3.0": 16})
    sixth = fitted(design["dhosp"], post_stratify(design["dhosp"].weights, levels))
    better = first.domain(one["comp.imp"] == "Yes")
    arrests, births = numbers(scd, "arrests"), numbers(hospital, "births")
    return {
        "weights(post1)": {"value": first.weights},
        "svymean(~api00 + api99, post1)": shown(means(first, api(one, "api00", "api99"))),
        "svytotal(~enroll, post1)": shown(totals(first, numbers(one, "enroll"))),
        "svyratio(~api.stu, ~enroll, post1)": ratio(first, one),
        "svyby(~api00, ~sch.wide, post1, svymean)": by_groups(
            first, numbers(one, "api00"), one["sch.wide"]
        ),
        'svymean(~api00, subset(post1, comp.imp == "Yes"))': shown(
            means(better, numbers(one, "api00"))
        ),
        "weights(post2)": {"value": second.weights},
        "svymean(~api00 + api99, post2)": shown(means(second, api(two, "api00", "api99"))),
        "svymean(~api00 + api99, post3)": shown(means(third, api(strata, "api00", "api99"))),
        "svytotal(~api.stu, post3)": shown(totals(third, numbers(strata, "api.stu"))),
        "svymean(~api00 + api99, post4)": shown(means(fourth, api(strata, "api00", "api99"))),
        "svyratio(~alive, ~arrests, post5)": ratio_parts(
            ratios(fifth, numbers(scd, "alive"), arrests)
        ),
        "svymean(~alive + arrests, post5)": shown(means(fifth, api(scd, "alive", "arrests"))),
        "svymean(~births, post6)": shown(means(sixth, births)),
        "svytotal(~births, post6)": shown(totals(sixth, births)),
    }


def words(table: Table, name: str) -> NDArray[np.str_]:
    """Take a column as labels."""
    return np.asarray(table[name]).astype(np.str_)


def raked(data: Data) -> Figures:
    """Compute the figures of rake; its errors come from sweeps through the margins."""
    design, one, strata = designs(data), data["apiclus1"], data["apistrat"]
    base, other = design["dclus1"], design["dstrat"]
    first = fitted(base, rake(base.weights, two_margins(one), residuals="sweeps"))
    third_margin = margin("comp.imp", one["comp.imp"], IMPROVED)
    three = (*two_margins(one), third_margin)
    second = fitted(base, rake(base.weights, three, residuals="sweeps"))
    third = fitted(other, rake(other.weights, two_margins(strata), residuals="sweeps"))
    return {
        "weights(rake1)": {"value": first.weights},
        "svymean(~api00 + api99, rake1)": shown(means(first, api(one, "api00", "api99"))),
        "svytotal(~enroll, rake1)": shown(totals(first, numbers(one, "enroll"))),
        "svyby(~api00, ~stype, rake1, svymean)": by_groups(
            first, numbers(one, "api00"), one["stype"]
        ),
        "weights(rake2)": {"value": second.weights},
        "svymean(~api00 + api99, rake2)": shown(means(second, api(one, "api00", "api99"))),
        "weights(rake3)": {"value": third.weights},
        "svymean(~api00 + api99, rake3)": shown(means(third, api(strata, "api00", "api99"))),
        "svytotal(~enroll, rake3)": shown(totals(third, numbers(strata, "enroll"))),
    }


# Fitted weights of hundreds of rows are one array of a command: each counts as a figure.
FAMILIES: tuple[Family, ...] = (
    Family(name="post-stratification", tolerance=1e-9, compute=post_stratified),
    Family(name="raking", tolerance=1e-9, compute=raked),
)

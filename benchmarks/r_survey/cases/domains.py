"""Domains, their contrasts and degrees of freedom, and lonely strata."""

from collections.abc import Mapping

import numpy as np

from analysis.estimation.design import Lonely, SurveyDesign, survey_design
from analysis.estimation.estimates import Grouped, by_group
from analysis.estimation.means import means, ratios, totals
from benchmarks.r_survey.designs import (
    Parts,
    designs,
    parts,
    stack,
    without,
)
from benchmarks.r_survey.families import Column, Data, Family, Table


def the_domains(data: Data) -> Mapping[str, Parts]:
    """Domains, groups with their covariance, and contrasts."""
    d = designs(data)
    strat, dstrat = d["dstrat"]
    clus1, dclus1 = d["dclus1"]
    clus2, dclus2 = d["dclus2"]
    pps, dpps = d["dpps"]
    both = np.char.add(clus1["sch.wide"].astype(np.str_), clus1["stype"].astype(np.str_))

    def scores(table: Table, design: SurveyDesign, labels: Column) -> Grouped:
        return by_group(design, labels, lambda domain: means(domain, table["api00"]))

    def pupils(table: Table, design: SurveyDesign, labels: Column) -> Grouped:
        return by_group(design, labels, lambda domain: totals(domain, table["enroll"]))

    wide = scores(strat, dstrat, strat["sch.wide"])
    effects = scores(clus1, dclus1, clus1["sch.wide"])
    types = scores(clus1, dclus1, clus1["stype"])
    high = dstrat.domain(strat["stype"] == "H")
    return {
        "svyby(~api00, ~sch.wide, dstrat, svymean, covmat = TRUE)": parts(wide.joint),
        "svyby(~api00, ~stype, dclus1, svymean, covmat = TRUE)": parts(types.joint),
        "svyby(~api00, ~stype, dclus2, svymean, covmat = TRUE)": parts(
            scores(clus2, dclus2, clus2["stype"]).joint
        ),
        "svyby(~api00, ~stype + sch.wide, dclus1, svymean, covmat = TRUE)": parts(
            scores(clus1, dclus1, both).joint
        ),
        "svyby(~enroll, ~stype, dstrat, svytotal)": without(
            parts(pupils(strat, dstrat, strat["stype"]).joint), "vcov"
        ),
        "svyby(~enroll, ~sch.wide, dclus1, svytotal, covmat = TRUE)": parts(
            pupils(clus1, dclus1, clus1["sch.wide"]).joint
        ),
        "svyby(~api00, ~sch.wide, dclus1, svymean, deff = TRUE)": {
            **without(parts(effects.joint), "vcov"),
            "deff": [float(each.design_effects()[0]) for each in effects.each],
        },
        'svymean(~api00, subset(dstrat, comp.imp == "Yes"))': parts(
            means(dstrat.domain(strat["comp.imp"] == "Yes"), strat["api00"])
        ),
        'svytotal(~enroll, subset(dclus1, stype == "E"))': parts(
            totals(dclus1.domain(clus1["stype"] == "E"), clus1["enroll"])
        ),
        'svymean(~api00, subset(dclus2, stype == "H"))': parts(
            means(dclus2.domain(clus2["stype"] == "H"), clus2["api00"])
        ),
        'svyratio(~api.stu, ~enroll, subset(dstrat, stype == "H"))': without(
            parts(ratios(high, strat["api.stu"], strat["enroll"])), "vcov"
        ),
        "svycontrast(svyby(~api00, ~sch.wide, dstrat, svymean, covmat = TRUE), c(-1, 1))": parts(
            wide.joint.contrast([-1, 1])
        ),
        "svycontrast(svyby(~api00, ~stype, dclus1, svymean, covmat = TRUE), "
        "list(EH = c(1, -1, 0), EM = c(1, 0, -1)))": parts(
            types.joint.contrast([[1, -1, 0], [1, 0, -1]])
        ),
        "svycontrast(svymean(~api00 + api99, dclus1), c(1, -1))": parts(
            means(dclus1, stack(clus1, "api00", "api99")).contrast([1, -1])
        ),
        "svycontrast(svytotal(~Bush + Kerry + Nader, dpps), c(1, -1, 0))": parts(
            totals(dpps, stack(pps, "Bush", "Kerry", "Nader")).contrast([1, -1, 0])
        ),
    }


def the_freedom(data: Data) -> Mapping[str, Parts]:
    """Degrees of freedom of designs and domains."""
    d = designs(data)
    clus1, dclus1 = d["dclus1"]
    strat, dstrat = d["dstrat"]
    found: dict[str, Parts] = {
        f"degf({name})": {"value": d[name][1].degrees_of_freedom}
        for name in ("dstrat", "dclus1", "dclus2", "dfpc")
    }
    high, others = clus1["stype"] == "H", strat["stype"] != "H"
    found['degf(subset(dclus1, stype == "H"))'] = {"value": dclus1.domain(high).degrees_of_freedom}
    found['degf(subset(dstrat, stype != "H"))'] = {
        "value": dstrat.domain(others).degrees_of_freedom
    }
    return found


def the_lonely(data: Data) -> Mapping[str, Parts]:
    """A stratum of one cluster, by every rule; of "adjust" the means, where 4.1 is right too."""
    table = {name: column[:6] for name, column in data["fpc"].items()}

    def lone(rule: Lonely, *, listed: bool = False) -> SurveyDesign:
        return survey_design(
            table["weight"],
            strata=[table["stratid"]],
            clusters=[table["psuid"]],
            populations=[table["Nh"]] if listed else (),
            nested=True,
            lonely=rule,
        )

    x = table["x"]
    return {
        'lonely("certainty", svymean(~x, lone))': parts(means(lone("certainty"), x)),
        'lonely("remove", svytotal(~x, lone))': parts(totals(lone("remove"), x)),
        'lonely("adjust", svymean(~x, lone))': parts(means(lone("adjust"), x)),
        'lonely("adjust", svymean(~x, lonefpc))': parts(means(lone("adjust", listed=True), x)),
        'lonely("average", svymean(~x, lone))': parts(means(lone("average"), x)),
        'lonely("average", svytotal(~x, lonefpc))': parts(totals(lone("average", listed=True), x)),
    }


FAMILIES = (
    Family(name="domains and contrasts", tolerance=1e-10, compute=the_domains),
    Family(name="degrees of freedom", tolerance=0.0, compute=the_freedom),
    Family(name="lonely strata", tolerance=1e-10, compute=the_lonely),
)

"""Replicate weights, also with adjustments done again in each replicate."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimation.bootstrap import bootstrap
from analysis.estimation.calibration import calibrate
from analysis.estimation.design import SurveyDesign, survey_design
from analysis.estimation.distances import Distance, logit, raking
from analysis.estimation.half_samples import half_samples
from analysis.estimation.jackknife import jackknife
from analysis.estimation.margins import margin
from analysis.estimation.post_stratification import post_stratify
from analysis.estimation.raking import rake
from analysis.estimation.replicates import ReplicateEstimate, Replicates, given_replicates
from benchmarks.r_survey.cases.calibration import STYPE, api, designs, model, two_margins
from benchmarks.r_survey.families import Data, Family, Figures, Table, numbers

FloatArray = NDArray[np.float64]
Step = Callable[[FloatArray], FloatArray]

SLOPE = (
    "withReplicates(jk1, function(w, data) sum(w * data$api00 * data$api99)/sum(w * data$api99^2))"
)
GIVEN = "withReplicates(given, quote(sum(.weights * alive)/sum(.weights * arrests)))"
BOOT = "c(boot$scale * 200, unique(boot$rscales), range(colSums(boot$repweights$weights)))"
HALVES = ((1, 0, 1, 0, 1, 0), (1, 0, 0, 1, 0, 1), (0, 1, 1, 0, 0, 1), (0, 1, 0, 1, 1, 0))


def shown(result: ReplicateEstimate) -> dict[str, ArrayLike]:
    """Give the parts of svymean, svytotal and withReplicates."""
    return {"coef": result.values, "se": result.standard_errors, "vcov": result.covariance}


def scores(replicates: Replicates, table: Table) -> dict[str, ArrayLike]:
    """Give the means of the scores of two years."""
    return shown(replicates.means(api(table, "api00", "api99")))


def ratio(
    replicates: Replicates, table: Table, above: str = "api.stu", below: str = "enroll"
) -> dict[str, ArrayLike]:
    """Give the parts of svyratio."""
    result = replicates.ratios(numbers(table, above), numbers(table, below))
    return {"coef": result.values, "se": result.standard_errors}


def open_design(data: Data) -> SurveyDesign:
    """Make the one-stage cluster sample without a finite population correction."""
    one = data["apiclus1"]
    return survey_design(one["pw"], clusters=[one["dnum"]])


def jackknifed(data: Data) -> Figures:
    """Compute the figures of JK1 and JKn."""
    design = designs(data)
    one, two, strata = data["apiclus1"], data["apiclus2"], data["apistrat"]
    hospital, scd, small = data["hospital"], data["scd"], data["fpc"]
    jk1, jk2, jkn = (jackknife(design[name]) for name in ("dclus1", "dclus2", "dstrat"))
    centred = jackknife(design["dclus1"], mse=True)
    jkhosp, jkscd = jackknife(design["dhosp"]), jackknife(design["dscd"])
    jkfpc = jackknife(
        survey_design(
            small["weight"],
            strata=[small["stratid"]],
            clusters=[small["psuid"]],
            populations=[small["Nh"]],
            nested=True,
        )
    )
    now, before = numbers(one, "api00"), numbers(one, "api99")
    births, x = numbers(hospital, "births"), numbers(small, "x")
    better = jk1.domain(one["comp.imp"] == "Yes")

    def slope(weights: FloatArray) -> float:
        return float((weights * now * before).sum() / (weights * before**2).sum())

    return {
        "c(jk1$scale, unique(jk1$rscales), degf(jk1))": {
            "value": [jk1.scale, *np.unique(jk1.scales), jk1.degrees_of_freedom]
        },
        "svymean(~api00 + api99, jk1)": scores(jk1, one),
        "svytotal(~enroll, jk1)": shown(jk1.totals(numbers(one, "enroll"))),
        "svyratio(~api.stu, ~enroll, jk1)": ratio(jk1, one),
        'svymean(~api00, subset(jk1, comp.imp == "Yes"))': shown(better.means(now)),
        SLOPE: shown(jk1.estimate(slope)),
        "svymean(~api00 + api99, jk1mse)": scores(centred, one),
        "svyratio(~api.stu, ~enroll, jk1mse)": ratio(centred, one),
        "svymean(~api00 + api99, jk1open)": scores(jackknife(open_design(data)), one),
        "svymean(~api00 + api99, jk2)": scores(jk2, two),
        "degf(jk2)": {"value": jk2.degrees_of_freedom},
        "c(jkn$scale, range(jkn$rscales), degf(jkn))": {
            "value": [jkn.scale, jkn.scales.min(), jkn.scales.max(), jkn.degrees_of_freedom]
        },
        "svymean(~api00 + api99, jkn)": scores(jkn, strata),
        "svytotal(~enroll, jkn)": shown(jkn.totals(numbers(strata, "enroll"))),
        "svyratio(~api.stu, ~enroll, jkn)": ratio(jkn, strata),
        "svymean(~births, jkhosp)": shown(jkhosp.means(births)),
        "svytotal(~births, jkhosp)": shown(jkhosp.totals(births)),
        "degf(jkhosp)": {"value": jkhosp.degrees_of_freedom},
        "svymean(~x, jkfpc)": shown(jkfpc.means(x)),
        "svytotal(~x, jkfpc)": shown(jkfpc.totals(x)),
        "svyratio(~alive, ~arrests, jkscd)": ratio(jkscd, scd, "alive", "arrests"),
    }


def halved(data: Data) -> Figures:
    """Compute the figures of half-samples, given weights and the bootstrap's structure."""
    scd, design = data["scd"], designs(data)["dscd"]
    brr, fay = half_samples(design), half_samples(design, rho=0.3)
    given = given_replicates(
        np.ones(6), 2.0 * np.array(HALVES).T, scale=1 / len(HALVES), combined=False
    )
    alive, arrests = numbers(scd, "alive"), numbers(scd, "arrests")
    both = np.stack([alive, arrests], axis=1)
    boot = bootstrap(open_design(data), seed=7, replicates=200)
    sums = boot.factors.sum(axis=0)
    return {
        "svymean(~alive + arrests, brr)": shown(brr.means(both)),
        "svytotal(~arrests, brr)": shown(brr.totals(arrests)),
        "svyratio(~alive, ~arrests, brr)": ratio(brr, scd, "alive", "arrests"),
        "degf(brr)": {"value": brr.degrees_of_freedom},
        "svymean(~alive + arrests, fay)": shown(fay.means(both)),
        "svyratio(~alive, ~arrests, fay)": ratio(fay, scd, "alive", "arrests"),
        "svymean(~alive + arrests, given)": shown(given.means(both)),
        "svyratio(~alive, ~arrests, given)": ratio(given, scd, "alive", "arrests"),
        GIVEN: shown(given.estimate(lambda w: (w * alive).sum() / (w * arrests).sum())),
        BOOT: {"value": [boot.scale * 200, *np.unique(boot.scales), sums.min(), sums.max()]},
    }


def adjusted(data: Data) -> Figures:
    """Compute the figures of adjustments done again in each replicate."""
    design, one, strata = designs(data), data["apiclus1"], data["apistrat"]
    jk1, jkn = jackknife(design["dclus1"]), jackknife(design["dstrat"])
    kinds = margin("stype", one["stype"], STYPE)

    def calibrating(table: Table, name: str, distance: Distance | None = None) -> Step:
        x, sums = model(table, name)
        return lambda weights: calibrate(weights, x, sums, distance=distance).weights

    post = jk1.adjusted(lambda weights: post_stratify(weights, kinds).weights)
    raked = jk1.adjusted(lambda weights: rake(weights, two_margins(one)).weights)
    rakedn = jkn.adjusted(lambda weights: rake(weights, two_margins(strata)).weights)
    greg = jk1.adjusted(calibrating(one, "api99"))
    gregn = jkn.adjusted(calibrating(strata, "api99"))
    expo = jk1.adjusted(calibrating(one, "sch.wide", raking()))
    bound = jkn.adjusted(calibrating(strata, "sch.wide", logit()))
    enroll, now = numbers(one, "enroll"), numbers(one, "api00")
    return {
        "svymean(~api00 + api99, post)": scores(post, one),
        "svytotal(~enroll, post)": shown(post.totals(enroll)),
        "degf(post)": {"value": post.degrees_of_freedom},
        "svymean(~api00 + api99, raked)": scores(raked, one),
        "svyratio(~api.stu, ~enroll, raked)": ratio(raked, one),
        "svymean(~api00 + api99, rakedn)": scores(rakedn, strata),
        "svymean(~api00, greg)": shown(greg.means(now)),
        "svytotal(~enroll, greg)": shown(greg.totals(enroll)),
        "svymean(~api00, gregn)": shown(gregn.means(numbers(strata, "api00"))),
        "svymean(~api00 + api99, expo)": scores(expo, one),
        "svymean(~api00 + api99, bound)": scores(bound, strata),
    }


FAMILIES: tuple[Family, ...] = (
    Family(name="jackknife", tolerance=1e-10, compute=jackknifed),
    Family(name="half-samples and given weights", tolerance=1e-10, compute=halved),
    Family(name="replicates adjusted", tolerance=1e-9, compute=adjusted),
)

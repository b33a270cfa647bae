"""Calibrated and trimmed designs."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimation.calibration import Calibrated, calibrate, cluster_means
from analysis.estimation.design import SurveyDesign, survey_design
from analysis.estimation.distances import Distance, bounded_linear, linear, logit, raking
from analysis.estimation.estimates import Estimate
from analysis.estimation.margins import Margin, margin
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.post_stratification import PostStratified
from analysis.estimation.raking import Raked, rake
from analysis.estimation.trimming import trim
from benchmarks.r_survey.families import Data, Family, Figures, Table, numbers

FloatArray = NDArray[np.float64]
Parts = Mapping[str, ArrayLike]
Fitted = Calibrated | PostStratified | Raked

STYPE = {"E": 4421.0, "H": 755.0, "M": 1018.0}
WIDE = {"No": 1072.0, "Yes": 5122.0}
IMPROVED = {"No": 1712.0, "Yes": 4482.0}
API99 = 3914069.0
TABLES = {"dclus1": "apiclus1", "dclus2": "apiclus2", "dstrat": "apistrat", "dhosp": "hospital"}


def designs(data: Data) -> dict[str, SurveyDesign]:
    """Make the designs that the R file makes."""
    one, two, strata = data["apiclus1"], data["apiclus2"], data["apistrat"]
    scd, hospital = data["scd"], data["hospital"]
    return {
        "dclus1": survey_design(one["pw"], clusters=[one["dnum"]], populations=[one["fpc"]]),
        "dclus2": survey_design(
            clusters=[two["dnum"], two["snum"]], populations=[two["fpc1"], two["fpc2"]]
        ),
        "dstrat": survey_design(
            strata["pw"], strata=[strata["stype"]], populations=[strata["fpc"]]
        ),
        "dscd": survey_design(
            np.ones(6), strata=[scd["ESA"]], clusters=[scd["ambulance"]], nested=True
        ),
        "dhosp": survey_design(
            hospital["weighta"],
            strata=[hospital["oblevel"]],
            clusters=[hospital["hospno"]],
            populations=[hospital["tothosp"]],
        ),
    }


def fitted(design: SurveyDesign, by: Fitted) -> SurveyDesign:
    """Take fitted weights into a design."""
    return design.adjusted(by.weights, by.step)


def shown(result: Estimate) -> Parts:
    """Give the parts of svymean, svytotal and the like."""
    return {
        "coef": result.values,
        "se": result.standard_errors,
        "vcov": result.covariance,
    }


def by_groups(design: SurveyDesign, values: FloatArray, groups: ArrayLike) -> Parts:
    """Give the parts of svyby without covariances."""
    labels = np.asarray(groups)
    each = [means(design.domain(labels == label), values) for label in np.unique(labels)]
    return {
        "coef": [float(one.values[0]) for one in each],
        "se": [float(one.standard_errors[0]) for one in each],
    }


def api(table: Table, *names: str) -> FloatArray:
    """Take columns of scores, shape (n, k)."""
    return np.stack([numbers(table, name) for name in names], axis=1)


def two_margins(table: Table) -> tuple[Margin, Margin]:
    """Make the margins of school type and school-wide target."""
    return margin("stype", table["stype"], STYPE), margin("sch.wide", table["sch.wide"], WIDE)


def model(table: Table, *names: str) -> tuple[FloatArray, FloatArray]:
    """Make the columns and totals of ~ stype + the names, as R's model matrix does."""
    kind = table["stype"]
    known: dict[str, tuple[FloatArray, float]] = {
        "sch.wide": ((table["sch.wide"] == "Yes").astype(np.float64), WIDE["Yes"]),
        "api99": (numbers(table, "api99"), API99),
    }
    columns = [np.ones(len(kind)), kind == "H", kind == "M", *(known[name][0] for name in names)]
    sums = [sum(STYPE.values()), STYPE["H"], STYPE["M"], *(known[name][1] for name in names)]
    return np.stack(columns, axis=1).astype(np.float64), np.array(sums)


def ratio(design: SurveyDesign, table: Table) -> Parts:
    """Give the parts of students tested over students enrolled."""
    return ratio_parts(ratios(design, numbers(table, "api.stu"), numbers(table, "enroll")))


def ratio_parts(result: Estimate) -> Parts:
    """Give the parts of svyratio."""
    return {"coef": result.values, "se": result.standard_errors}


def calibrated(
    data: Data, name: str, *auxiliary: str, distance: Distance | None = None
) -> SurveyDesign:
    """Calibrate one of the designs to school type and the named auxiliaries."""
    design = designs(data)[name]
    x, sums = model(data[TABLES[name]], *auxiliary)
    return fitted(design, calibrate(design.weights, x, sums, distance=distance))


def regressed(data: Data) -> Figures:
    """Compute the figures of linear calibration."""
    one, two, strata = data["apiclus1"], data["apiclus2"], data["apistrat"]
    by_wide = calibrated(data, "dclus1", "sch.wide")
    by_score = calibrated(data, "dclus1", "api99")
    stratified = calibrated(data, "dstrat", "api99")
    design = designs(data)
    score = numbers(strata, "api99")
    proportional = fitted(
        design["dstrat"],
        calibrate(design["dstrat"].weights, score[:, None], [API99], variance=score),
    )
    x, sums = model(one, "api99")
    alike = fitted(
        design["dclus1"],
        calibrate(design["dclus1"].weights, cluster_means(x, one["dnum"]), sums),
    )
    return {
        "svymean(~api00 + api99, lin1)": shown(
            means(calibrated(data, "dclus1"), api(one, "api00", "api99"))
        ),
        "weights(lin2)": {"value": by_wide.weights},
        "svymean(~api00 + api99, lin2)": shown(means(by_wide, api(one, "api00", "api99"))),
        "weights(lin3)": {"value": by_score.weights},
        "svymean(~api00, lin3)": shown(means(by_score, numbers(one, "api00"))),
        "svytotal(~enroll, lin3)": shown(totals(by_score, numbers(one, "enroll"))),
        "svyby(~api00, ~sch.wide, lin3, svymean)": by_groups(
            by_score, numbers(one, "api00"), one["sch.wide"]
        ),
        "weights(lin4)": {"value": stratified.weights},
        "svymean(~api00, lin4)": shown(means(stratified, numbers(strata, "api00"))),
        "svyratio(~api.stu, ~enroll, lin4)": ratio(stratified, strata),
        "svymean(~api00, lin5)": shown(
            means(calibrated(data, "dclus2", "api99"), numbers(two, "api00"))
        ),
        "weights(lin6)": {"value": proportional.weights},
        "svytotal(~api00, lin6)": shown(totals(proportional, numbers(strata, "api00"))),
        "weights(lin7)": {"value": alike.weights},
        "svymean(~api00, lin7)": shown(means(alike, numbers(one, "api00"))),
    }


def exponential(data: Data) -> Figures:
    """Compute the figures of the raking distance, the last by raking the margins themselves."""
    one, two, strata = data["apiclus1"], data["apiclus2"], data["apistrat"]
    wide = calibrated(data, "dclus1", "sch.wide", distance=raking())
    stratified = calibrated(data, "dstrat", "sch.wide", distance=raking())
    scored = calibrated(data, "dclus1", "api99", distance=raking())
    staged = calibrated(data, "dclus2", "sch.wide", distance=raking())
    base = designs(data)["dstrat"]
    margins = (*two_margins(strata), margin("comp.imp", strata["comp.imp"], IMPROVED))
    three = fitted(base, rake(base.weights, margins))
    return {
        "weights(exp1)": {"value": wide.weights},
        "svymean(~api00 + api99, exp1)": shown(means(wide, api(one, "api00", "api99"))),
        "weights(exp2)": {"value": stratified.weights},
        "svymean(~api00 + api99, exp2)": shown(means(stratified, api(strata, "api00", "api99"))),
        "svymean(~api00, exp3)": shown(means(scored, numbers(one, "api00"))),
        "svytotal(~enroll, exp3)": shown(totals(scored, numbers(one, "enroll"))),
        "weights(exp5)": {"value": three.weights},
        "svymean(~api00 + api99, exp5)": shown(means(three, api(strata, "api00", "api99"))),
        "svytotal(~enroll, exp5)": shown(totals(three, numbers(strata, "enroll"))),
        "svymean(~api00 + api99, exp4)": shown(means(staged, api(two, "api00", "api99"))),
    }


def bounded(data: Data) -> Figures:
    """Compute the figures of bounded calibration, logit and linear."""
    one, strata = data["apiclus1"], data["apistrat"]
    first = calibrated(data, "dclus1", "sch.wide", distance=logit())
    second = calibrated(data, "dclus1", "api99", distance=logit((0.5, 2.0)))
    third = calibrated(data, "dstrat", "api99", distance=logit((0.7, 1.7)))
    cut = calibrated(data, "dclus1", "api99", distance=bounded_linear((0.6, 1.6)))
    other = calibrated(data, "dstrat", "sch.wide", distance=linear((0.8, 1.6)))
    return {
        "weights(logit1)": {"value": first.weights},
        "svymean(~api00 + api99, logit1)": shown(means(first, api(one, "api00", "api99"))),
        "weights(logit2)": {"value": second.weights},
        "svymean(~api00, logit2)": shown(means(second, numbers(one, "api00"))),
        "svytotal(~enroll, logit2)": shown(totals(second, numbers(one, "enroll"))),
        "weights(logit3)": {"value": third.weights},
        "svymean(~api00, logit3)": shown(means(third, numbers(strata, "api00"))),
        "weights(cut1)": {"value": cut.weights},
        "svymean(~api00, cut1)": shown(means(cut, numbers(one, "api00"))),
        "weights(cut2)": {"value": other.weights},
        "svymean(~api00 + api99, cut2)": shown(means(other, api(strata, "api00", "api99"))),
    }


def trimmed(data: Data) -> Figures:
    """Compute the figures of trimWeights, once through."""
    design, strata = designs(data), data["apistrat"]
    base = design["dstrat"]
    first = trim(base.weights, upper=40, strict=False).weights
    fitted_weights = calibrated(data, "dclus1", "api99").weights

    def once(weights: FloatArray, upper: float, lower: float = 0.0) -> Parts:
        return {"value": trim(weights, upper=upper, lower=lower, strict=False).weights}

    return {
        "weights(trim1)": {"value": first},
        "svymean(~api00, trim1)": shown(
            means(
                survey_design(first, strata=[strata["stype"]], populations=[strata["fpc"]]),
                numbers(strata, "api00"),
            )
        ),
        "weights(trim2)": once(base.weights, 40, 18),
        "weights(trim3)": once(fitted_weights, 45, 20),
        "weights(trim4)": once(design["dhosp"].weights, 3),
    }


# Fitted weights of hundreds of rows are one array of a command: each counts as a figure.
FAMILIES: tuple[Family, ...] = tuple(
    Family(name=name, tolerance=1e-9, compute=compute)
    for name, compute in (
        ("linear calibration", regressed),
        ("raking distance", exponential),
        ("bounded calibration", bounded),
        ("trimming", trimmed),
    )
)

"""R's own designs, made of R's data sets, and the parts of a result as `run.R` names them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.comparisons import FTest, TTest
from analysis.estimation.design import BoolArray, SurveyDesign, survey_design
from analysis.estimation.estimates import Estimate
from benchmarks.r_survey.families import Column, Data, Table, numbers

Parts = Mapping[str, ArrayLike]


def designs(data: Data) -> dict[str, tuple[Table, SurveyDesign]]:
    """Make the designs of `designs.R`, each beside its data set."""
    srs, strat, clus1, clus2 = (
        data[name] for name in ("apisrs", "apistrat", "apiclus1", "apiclus2")
    )
    scd, hospital, fpc, mu284, pps = (
        data[name] for name in ("scd", "hospital", "fpc", "mu284", "election_pps")
    )
    people = [fpc["psuid"]]
    return {
        "dsrs": (srs, survey_design(populations=[numbers(srs, "fpc")])),
        "dstrat": (
            strat,
            survey_design(strat["pw"], strata=[strat["stype"]], populations=[strat["fpc"]]),
        ),
        "dopen": (strat, survey_design(strat["pw"], strata=[strat["stype"]])),
        "dclus1": (
            clus1,
            survey_design(clus1["pw"], clusters=[clus1["dnum"]], populations=[clus1["fpc"]]),
        ),
        "dclus2": (
            clus2,
            survey_design(
                clusters=[clus2["dnum"], clus2["snum"]], populations=[clus2["fpc1"], clus2["fpc2"]]
            ),
        ),
        "dscd": (
            scd,
            survey_design(
                np.ones(6), strata=[scd["ESA"]], clusters=[scd["ambulance"]], nested=True
            ),
        ),
        "dhosp": (
            hospital,
            survey_design(
                hospital["weighta"],
                strata=[hospital["oblevel"]],
                populations=[hospital["tothosp"]],
            ),
        ),
        "dfpc": (
            fpc,
            survey_design(
                fpc["weight"],
                strata=[fpc["stratid"]],
                clusters=people,
                populations=[fpc["Nh"]],
                nested=True,
            ),
        ),
        "dopenfpc": (
            fpc,
            survey_design(fpc["weight"], strata=[fpc["stratid"]], clusters=people, nested=True),
        ),
        "dmu": (
            mu284,
            survey_design(
                clusters=[mu284["id1"], mu284["id2"]], populations=[mu284["n1"], mu284["n2"]]
            ),
        ),
        "dpps": (pps, survey_design(1 / numbers(pps, "p"))),
    }


def stack(table: Table, *names: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Put columns of numbers side by side, shape (n, k)."""
    return np.stack([numbers(table, name) for name in names], axis=1)


def indicators(labels: Column) -> BoolArray:
    """Give each class a column, in the order of their names."""
    return labels[:, None] == np.unique(labels)


def parts(estimate: Estimate) -> Parts:
    """Name the parts of an estimate as R's svystat has them."""
    return {
        "coef": estimate.values,
        "se": estimate.standard_errors,
        "vcov": estimate.covariance,
    }


def with_effects(estimate: Estimate, *, replacement: bool = False) -> Parts:
    """Add the design effects."""
    return {**parts(estimate), "deff": np.diag(estimate.design_effects(replacement=replacement))}


def without(named: Parts, part: str) -> Parts:
    """Leave out a part that R does not give."""
    return {name: value for name, value in named.items() if name != part}


def tested(test: TTest | FTest) -> Parts:
    """Name the parts of a test as R's htest has them."""
    if isinstance(test, TTest):
        freedom: ArrayLike = [test.degrees_of_freedom]
    else:
        freedom = [test.numerator, test.denominator]
    return {"statistic": test.statistic, "parameter": freedom, "p": test.p_value}

"""Proportions and quantiles, with their intervals, on R's own designs."""

from collections.abc import Mapping

from analysis.estimation import proportions
from analysis.estimation.quantiles import Rule, Scale, quantiles
from benchmarks.r_survey.designs import (
    Parts,
    designs,
)
from benchmarks.r_survey.families import Data, Family


def the_quantiles(data: Data) -> Mapping[str, Parts]:
    """Quantiles with Woodruff's intervals, on every scale and by both rules."""
    d = designs(data)

    def of(
        name: str,
        column: str,
        probabilities: list[float],
        *,
        scale: Scale = "mean",
        rule: Rule = "math",
        within: str = "",
    ) -> Parts:
        table, design = d[name]
        if within:
            design = design.domain(table["stype"] == within)
        found = quantiles(design, table[column], probabilities, scale=scale, rule=rule)
        return {"coef": found.values, "se": found.standard_errors, "ci": found.intervals}

    quartiles = [0.25, 0.5, 0.75]
    return {
        "svyquantile(~api00, dsrs, c(0.1, 0.25, 0.5, 0.75, 0.9))": of(
            "dsrs", "api00", [0.1, *quartiles, 0.9]
        ),
        **{
            f"svyquantile(~api00, {name}, c(0.25, 0.5, 0.75))": of(name, "api00", quartiles)
            for name in ("dstrat", "dclus1", "dclus2")
        },
        'svyquantile(~enroll, dclus1, c(0.25, 0.5, 0.75), interval.type = "xlogit")': of(
            "dclus1", "enroll", quartiles, scale="xlogit"
        ),
        'svyquantile(~enroll, dstrat, c(0.1, 0.5, 0.9), interval.type = "beta")': of(
            "dstrat", "enroll", [0.1, 0.5, 0.9], scale="beta"
        ),
        'svyquantile(~api99, dclus1, c(0.1, 0.5, 0.9), interval.type = "asin")': of(
            "dclus1", "api99", [0.1, 0.5, 0.9], scale="asin"
        ),
        'svyquantile(~api00, dstrat, c(0.2, 0.5, 0.8), qrule = "school")': of(
            "dstrat", "api00", [0.2, 0.5, 0.8], rule="school"
        ),
        "svyquantile(~births, dhosp, 0.5)": of("dhosp", "births", [0.5]),
        'svyquantile(~api00, subset(dclus1, stype == "E"), c(0.25, 0.5, 0.75))': of(
            "dclus1", "api00", quartiles, within="E"
        ),
    }


PROPORTIONS: tuple[tuple[str, str, str, str, proportions.Method], ...] = (
    ("sch.wide", "Yes", "dclus1", "", "logit"),
    ("sch.wide", "Yes", "dclus1", "", "xlogit"),
    ("sch.wide", "Yes", "dclus1", "", "likelihood"),
    ("sch.wide", "Yes", "dclus1", "", "asin"),
    ("sch.wide", "Yes", "dclus1", "", "beta"),
    ("sch.wide", "Yes", "dclus1", "", "mean"),
    ("stype", "H", "dstrat", "", "logit"),
    ("comp.imp", "Yes", "dstrat", "", "likelihood"),
    ("comp.imp", "Yes", "dstrat", "", "beta"),
    ("stype", "M", "dclus2", "", "logit"),
    ("stype", "M", "dclus2", "", "likelihood"),
    ("stype", "M", "dclus2", "", "asin"),
    ("stype", "M", "dclus2", "", "beta"),
    ("sch.wide", "No", "dstrat", "E", "beta"),
)


def the_proportions(data: Data) -> Mapping[str, Parts]:
    """Proportions by the closed methods, xlogit among them."""
    found = {
        command: value
        for command, value in _proportions(data).items()
        if '"likelihood"' not in command and '"logit"' not in command
    }
    table, design = designs(data)["dstrat"]
    ninety = proportions.proportion(design, table["comp.imp"] == "Yes", level=0.9)
    found['svyciprop(~I(comp.imp == "Yes"), dstrat, method = "xlogit", level = 0.9)'] = {
        "coef": ninety.value,
        "se": ninety.standard_error,
        "ci": [ninety.low, ninety.high],
    }
    return found


def the_logits(data: Data) -> Mapping[str, Parts]:
    """Proportions whose interval R takes from an iterated logistic fit."""
    return {c: value for c, value in _proportions(data).items() if '"logit"' in c}


def the_likelihoods(data: Data) -> Mapping[str, Parts]:
    """Likelihood intervals, their equation solved in R too."""
    d = designs(data)
    found: dict[str, Parts] = {}
    for column, value, name, _, method in PROPORTIONS:
        if method == "likelihood":
            table, design = d[name]
            share = proportions.proportion(design, table[column] == value, method=method)
            command = f'likelihood_bounds(I({column} == "{value}") ~ 1, {name})'
            found[command] = {"value": [share.low, share.high]}
    return found


def the_profiles(data: Data) -> Mapping[str, Parts]:
    """Likelihood intervals as svyciprop reads them, off lines between points of a profile."""
    return {c: value for c, value in _proportions(data).items() if '"likelihood"' in c}


def _proportions(data: Data) -> dict[str, Parts]:
    d = designs(data)
    found: dict[str, Parts] = {}
    for column, value, name, within, method in PROPORTIONS:
        table, design = d[name]
        shown = name
        if within:
            design = design.domain(table["stype"] == within)
            shown = f'subset({name}, stype == "{within}")'
        share = proportions.proportion(design, table[column] == value, method=method)
        found[f'svyciprop(~I({column} == "{value}"), {shown}, method = "{method}")'] = {
            "coef": share.value,
            "se": share.standard_error,
            "ci": [share.low, share.high],
        }
    return found


FAMILIES = (
    Family(name="quantiles", tolerance=1e-10, compute=the_quantiles),
    Family(name="proportions", tolerance=1e-10, compute=the_proportions),
    Family(name="proportions, logistic fit", tolerance=1e-8, compute=the_logits),
    Family(name="proportions, likelihood", tolerance=1e-10, compute=the_likelihoods),
    Family(name="proportions, likelihood off a line", tolerance=2e-5, compute=the_profiles),
)

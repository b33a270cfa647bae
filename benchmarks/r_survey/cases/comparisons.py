"""Tests of means, of tables and of ranks on R's own designs."""

from collections.abc import Mapping

from analysis.estimation import comparisons
from analysis.estimation.estimates import by_group
from analysis.estimation.independence import rao_scott_test, wald_independence
from analysis.estimation.means import means
from analysis.estimation.rank_tests import Score, rank_test, two_group_rank_test
from benchmarks.r_survey.designs import (
    Parts,
    designs,
    tested,
)
from benchmarks.r_survey.families import Data, Family, numbers


def the_tests(data: Data) -> Mapping[str, Parts]:
    """Tests of means, of differences and of several figures at once."""
    d = designs(data)
    found: dict[str, Parts] = {}
    for column, groups, name in (
        ("api00", "comp.imp", "dstrat"),
        ("enroll", "comp.imp", "dstrat"),
        ("api00", "sch.wide", "dclus1"),
        ("api00", "awards", "dclus2"),
    ):
        table, design = d[name]
        found[f"svyttest({column} ~ {groups}, {name})"] = tested(
            comparisons.difference_test(design, table[column], table[groups])
        )
    clus1, dclus1 = d["dclus1"]
    strat, dstrat = d["dstrat"]
    rise = numbers(clus1, "api00") - numbers(clus1, "api99")
    types = by_group(dclus1, clus1["stype"], lambda domain: means(domain, clus1["api00"]))
    found |= {
        "svyttest(I(api00 - api99) ~ 0, dclus1)": tested(comparisons.mean_test(dclus1, rise)),
        "svyttest(I(api00 - 650) ~ 0, dstrat)": tested(
            comparisons.mean_test(dstrat, strat["api00"], against=650)
        ),
        "regTermTest(svyglm(api00 ~ stype, dclus1), ~stype)": tested(
            comparisons.wald_test(
                types.joint.contrast([[-1, 1, 0], [-1, 0, 1]]),
                denominator=dclus1.degrees_of_freedom - 2,
            )
        ),
    }
    return found


def the_tables(data: Data) -> Mapping[str, Parts]:
    """Tests of independence in two-way tables."""
    d = designs(data)
    found: dict[str, Parts] = {}
    for name in ("dstrat", "dclus1"):
        table, design = d[name]
        rows, columns = table["sch.wide"], table["stype"]
        both = rao_scott_test(design, rows, columns)
        stem = f"svychisq(~sch.wide + stype, {name}"
        found[f"{stem})"] = tested(both.second_order)
        found[f'{stem}, statistic = "Chisq")'] = {
            "statistic": both.pearson,
            "parameter": both.cells,
            "p": both.first_order,
        }
        found[f'{stem}, statistic = "Wald")'] = tested(wald_independence(design, rows, columns))
        found[f'{stem}, statistic = "adjWald")'] = tested(
            wald_independence(design, rows, columns, adjusted=True)
        )
    clus1, dclus1 = d["dclus1"]
    clus2, dclus2 = d["dclus2"]
    first = dclus1.domain(clus1["stype"] == "E")
    found |= {
        "svychisq(~comp.imp + awards, dclus2)": tested(
            rao_scott_test(dclus2, clus2["comp.imp"], clus2["awards"]).second_order
        ),
        "svychisq(~comp.imp + sch.wide, dclus1)": tested(
            rao_scott_test(dclus1, clus1["comp.imp"], clus1["sch.wide"]).second_order
        ),
        'svychisq(~comp.imp + sch.wide, subset(dclus1, stype == "E"))': tested(
            rao_scott_test(first, clus1["comp.imp"], clus1["sch.wide"]).second_order
        ),
    }
    return found


def the_ranks(data: Data) -> Mapping[str, Parts]:
    """Rank tests; ties in the order of the rows, as R has them."""
    d = designs(data)
    found: dict[str, Parts] = {}
    strat, dstrat = d["dstrat"]
    clus1, dclus1 = d["dclus1"]
    names: tuple[tuple[Score, str], ...] = (
        ("rank", ""),
        ("normal", ', test = "vanderWaerden"'),
        ("median", ', test = "median"'),
    )
    for score, shown in names:
        found[f"svyranktest(api00 ~ comp.imp, dstrat{shown})"] = tested(
            two_group_rank_test(
                dstrat, strat["api00"], strat["comp.imp"], score=score, ties="row order"
            )
        )
    for column, groups in (("api00", "sch.wide"), ("enroll", "awards")):
        found[f"svyranktest({column} ~ {groups}, dclus1)"] = tested(
            two_group_rank_test(dclus1, clus1[column], clus1[groups], ties="row order")
        )
    for name in ("dclus1", "dstrat"):
        table, design = d[name]
        test = rank_test(design, table["api00"], table["stype"], ties="row order")
        # R names χ² the parameter and its degrees of freedom the statistic.
        found[f'svyranktest(api00 ~ stype, {name}, test = "KruskalWallis")'] = {
            "statistic": test.numerator,
            "parameter": test.statistic * test.numerator,
            "p": test.p_value,
        }
    return found


FAMILIES = (
    Family(name="t and Wald tests", tolerance=1e-9, compute=the_tests),
    Family(name="tests of independence", tolerance=1e-9, compute=the_tables),
    Family(name="rank tests", tolerance=1e-9, compute=the_ranks),
)

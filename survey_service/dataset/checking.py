"""A design against the index: every code known and given once."""

from collections import Counter
from collections.abc import Iterable, Iterator

from questionnaires.index import Framework
from questionnaires.problems import Problem, problem
from survey_service.dataset.design import Design

FILE = "design.json"


def design_problems(design: Design, framework: Framework) -> Iterator[Problem]:
    """Find every contradiction between the design and the index."""
    classes = {unit_class.code for unit_class in framework.unit_classes}
    groups = {group.code for group in framework.groups}
    units = {unit.code for unit in design.units}
    yield from _twice("units", (unit.code for unit in design.units))
    yield from _twice("strata", (stratum.code for stratum in design.strata))
    yield from _twice("issued", (f"{one.unit} × {one.group}" for one in design.issued))
    for unit in design.units:
        if unit.unit_class not in classes:
            yield _unknown(f"units[{unit.code}].class", unit.unit_class)
    for stratum in design.strata:
        if stratum.group not in groups:
            yield _unknown(f"strata[{stratum.code}].group", stratum.group)
        population = stratum.population
        if stratum.invited < 0 or (population is not None and population < stratum.invited):
            yield problem(
                f"{FILE}: strata[{stratum.code}]",
                f"mời {stratum.invited} người trong danh sách {population} người",
                f"{stratum.invited} people were invited out of a list of {population}",
            )
    for one in design.issued:
        if one.unit not in units:
            yield _unknown(f"issued[{one.unit}].unit", one.unit)
        if one.group not in groups:
            yield _unknown(f"issued[{one.unit}].group", one.group)


def _twice(path: str, codes: Iterable[str]) -> Iterator[Problem]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield problem(f"{FILE}: {path}[{code}]", "mã bị lặp lại", "the code is given twice")


def _unknown(path: str, code: str) -> Problem:
    return problem(f"{FILE}: {path}", f"không có mã “{code}”", f"there is no code “{code}”")

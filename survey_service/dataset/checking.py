"""A design against the index: every code known and given once."""

from collections import Counter
from collections.abc import Iterable, Iterator

from questionnaires.index import Framework
from questionnaires.problems import Problem, problem
from survey_service.dataset.design import Design, StratumDispositions

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
    yield from _disposition_problems(design)


def _disposition_problems(design: Design) -> Iterator[Problem]:
    """Find what is wrong with the dispositions, where any were kept: one row for each stratum."""
    if not design.dispositions:
        return
    strata = {stratum.code: stratum.invited for stratum in design.strata}
    counted = {row.stratum for row in design.dispositions}
    yield from _twice("dispositions", (row.stratum for row in design.dispositions))
    for code in sorted(strata.keys() - counted):
        yield problem(
            f"{FILE}: dispositions",
            f"thiếu kết quả mời của lớp “{code}”",
            f"the dispositions of the stratum “{code}” are missing",
        )
    for row in design.dispositions:
        where = f"dispositions[{row.stratum}]"
        if row.stratum not in strata:
            yield _unknown(f"{where}.stratum", row.stratum)
        elif min(_counts(row)) < 0:
            yield problem(f"{FILE}: {where}", "có số âm", "a count is below zero")
        elif row.invited != strata[row.stratum]:
            yield problem(
                f"{FILE}: {where}",
                f"cộng lại được {row.invited} người, nhưng lớp mời {strata[row.stratum]} người",
                f"they add up to {row.invited} people, but {strata[row.stratum]} were invited",
            )


def _counts(row: StratumDispositions) -> tuple[int, ...]:
    return (
        *(row.complete, row.partial, row.refusal, row.non_contact, row.other),
        *(row.unknown, row.unknown_other, row.not_eligible),
    )


def _twice(path: str, codes: Iterable[str]) -> Iterator[Problem]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield problem(f"{FILE}: {path}[{code}]", "mã bị lặp lại", "the code is given twice")


def _unknown(path: str, code: str) -> Problem:
    return problem(f"{FILE}: {path}", f"không có mã “{code}”", f"there is no code “{code}”")

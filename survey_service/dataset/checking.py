"""A design against the index: every code known and given once."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from questionnaires.index import Code, Framework
from questionnaires.problems import Problem, problem
from survey_service.dataset.design import DatasetStratum, Design, Sampling, StratumDispositions

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
        yield from _stratum_problems(stratum, groups, units)
    for one in design.issued:
        if one.unit not in units:
            yield _unknown(f"issued[{one.unit}].unit", one.unit)
        if one.group not in groups:
            yield _unknown(f"issued[{one.unit}].group", one.group)
    yield from _disposition_problems(design)
    if design.sampling is not None:
        yield from _sampling_problems(design, design.sampling)


def _stratum_problems(
    stratum: DatasetStratum, groups: Collection[Code], units: Collection[Code]
) -> Iterator[Problem]:
    if stratum.group not in groups:
        yield _unknown(f"strata[{stratum.code}].group", stratum.group)
    population = stratum.population
    if stratum.invited < 0 or (population is not None and population < stratum.invited):
        yield problem(
            f"{FILE}: strata[{stratum.code}]",
            f"mời {stratum.invited} người trong danh sách {population} người",
            f"{stratum.invited} people were invited out of a list of {population}",
        )
    if stratum.unit and stratum.unit not in units:
        yield _unknown(f"strata[{stratum.code}].unit", stratum.unit)
    if (stratum.mode == "receipt") != (stratum.list_kind == "volunteers"):
        yield problem(
            f"{FILE}: strata[{stratum.code}]",
            f"cách mời “{stratum.mode}” không đi với loại danh sách “{stratum.list_kind}”",
            f"the mode “{stratum.mode}” does not go with the list kind “{stratum.list_kind}”",
        )


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


def _sampling_problems(design: Design, sampling: Sampling) -> Iterator[Problem]:
    """Find what is wrong with the drawn strata: one row for each of the dataset's, and sums."""
    strata = {one.code: one for one in design.strata if one.list_kind == "drawn"}
    own = {code for code, one in strata.items() if one.group == sampling.group}
    yield from _twice("sampling.strata", (row.stratum for row in sampling.strata))
    for code in sorted(own - {row.stratum for row in sampling.strata}):
        yield problem(
            f"{FILE}: sampling",
            f"thiếu lớp mẫu “{code}”",
            f"the drawn stratum “{code}” is missing",
        )
    for row in sampling.strata:
        asked = row.drawn + row.called - row.replaced
        # A stratum of the frame in which nobody was asked is none of the dataset.
        if row.stratum not in own and row.answered:
            yield _unknown(f"sampling.strata[{row.stratum}]", row.stratum)
        elif not 0 <= row.answered <= asked <= row.people:
            yield problem(
                f"{FILE}: sampling.strata[{row.stratum}]",
                f"{row.answered} người trả lời, {asked} người được hỏi trong {row.people} người: "
                "số sau phải không nhỏ hơn số trước",
                f"{row.answered} people answered and {asked} were asked, of {row.people}: none may "
                "be below the one before",
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

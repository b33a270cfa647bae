"""How many people each stratum gives: the plan's rule in its cells, shared out with floors."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.planning.allocation import PlannedStratum, allocate
from analysis.planning.sizes import sample_size, slovin_size
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.sampling.strata import Place, cell_at, stratum_at
from survey_service.waves.sample_plan import SamplePlan

Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaSizes:
    """One cell's two sizes side by side: n = N/(1 + N·e²), and that of an interval of ± e.

    Both count invitations where the plan allows for a response rate; at most everybody.
    """

    cell: Cell
    people: int
    slovin: int
    width: int


def formula_sizes(
    plan: SamplePlan, strata: Sequence[Place], people: Sequence[int]
) -> tuple[FormulaSizes, ...]:
    """Work out both rules in each cell of the plan, whichever of them it uses."""
    cells: dict[Cell, int] = defaultdict(int)
    for place, count in zip(strata, people, strict=True):
        cells[cell_at(place, plan.size.each)] += count
    return tuple(
        FormulaSizes(
            cell=cell, people=count, slovin=_slovin(plan, count), width=_width(plan, count)
        )
        for cell, count in sorted(cells.items())
    )


def sample_sizes(
    plan: SamplePlan,
    strata: Sequence[Place],
    people: Sequence[int],
    chances: Sequence[Fraction] | None = None,
) -> tuple[int, ...]:
    """Say how many of each stratum's people to draw.

    In a two-stage sample `chances` are those of each stratum's unit. Where the rule holds in the
    units, it gives the size in each; else each unit's is f·M/π, with f the share that the rule
    takes of everybody: no size depends on which other units are drawn. A stratum smaller than the
    floor is taken whole. Raises ProblemsError where the strata cannot give what is asked.
    """
    whole = sum(people)
    by_unit = chances is not None and "unit" not in plan.size.each
    fields = ("unit",) if by_unit else plan.size.each
    members: dict[Cell, list[int]] = defaultdict(list)
    for number, place in enumerate(strata):
        members[cell_at(place, fields)].append(number)
    sizes = [0] * len(strata)
    for cell, rows in sorted(members.items()):
        count = sum(people[row] for row in rows)
        if chances is not None and by_unit:
            share = Fraction(_wanted(plan, whole), whole) / chances[rows[0]] if whole else 0
            wanted = min(math.ceil(share * count), count)
        else:
            wanted = _wanted(plan, count)
        planned = [_planned(plan, strata[row], people[row]) for row in rows]
        # A floor asks for more where the rule would leave a stratum below it.
        wanted = max(wanted, sum(one.floor for one in planned))
        try:
            given = allocate(planned, wanted, plan.allocation)
        except ValueError as error:
            raise ProblemsError(_impossible(cell, wanted, count)) from error
        for row, size in zip(rows, given, strict=True):
            sizes[row] = size
    return tuple(sizes)


def _wanted(plan: SamplePlan, people: int) -> int:
    match plan.size.rule:
        case "slovin":
            return _slovin(plan, people)
        case "width":
            return _width(plan, people)
        case "total":
            return plan.size.total or 0
        case "all":
            return people


def _slovin(plan: SamplePlan, people: int) -> int:
    answers = slovin_size(people, Fraction(plan.size.error)) if people else 0
    return _invitations(plan, answers, people)


def _width(plan: SamplePlan, people: int) -> int:
    if not people:
        return 0
    size = plan.size
    found = sample_size(half_width=float(size.error), sigma=float(size.sigma), population=people)
    return _invitations(plan, found.answers, people)


def _invitations(plan: SamplePlan, answers: int, people: int) -> int:
    return min(-(-answers * 100 // plan.size.response_rate), people)


def _planned(plan: SamplePlan, place: Place, people: int) -> PlannedStratum:
    sigma = plan.sigmas.get(stratum_at(plan, place))
    return PlannedStratum(
        population=people,
        sigma=Fraction(1) if sigma is None else Fraction(sigma),
        floor=min(plan.floor, people),
    )


def _impossible(cell: Cell, wanted: int, people: int) -> Problem:
    where = "/".join(cell) or "sample.size"
    return problem(
        where,
        f"không rút được {wanted} người từ khung {people} người; giảm size.total hoặc nới khoảng "
        "ngày của [sample] trong tệp đợt điều tra rồi chạy lại wave create.",
        f"{wanted} people cannot be drawn from a frame of {people}; lower size.total, or widen "
        "the days of [sample] in the wave file, and run wave create again.",
    )

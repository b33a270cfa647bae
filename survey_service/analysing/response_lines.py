"""Who was invited and what became of them, stratum by stratum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import unquote

import numpy as np

from analysis.quality.response_rates import Dispositions
from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.analysing.analysed import Analysed
from survey_service.dataset.design import DatasetStratum, StratumDispositions


@dataclass(frozen=True, slots=True)
class Line:
    """A stratum, with what became of its people; `kept` tells whether that was kept.

    `units` are those that its respondents rated one by one (their own, or of a transaction).
    """

    stratum: DatasetStratum
    name: Text
    people: Dispositions
    kept: bool
    units: frozenset[int]

    @property
    def complete(self) -> int:
        """People who answered."""
        return int(self.people.complete)

    def weight(self) -> Fraction | None:
        """Give how many people each person invited stands for; None without a list."""
        if self.stratum.population is None or not self.stratum.invited:
            return None
        return Fraction(self.stratum.population, self.stratum.invited)


def stratum_lines(analysed: Analysed) -> tuple[Line, ...]:
    """Give a line for each stratum, in the order of the groups, then of the design."""
    content = analysed.content
    ballots = analysed.scored.columns.ballots
    _, first = np.unique(ballots.respondent, return_index=True)
    answered = np.bincount(ballots.stratum[first], minlength=len(content.design.strata)).tolist()
    kept = {row.stratum: row for row in content.design.dispositions}
    names = {unit.code: unit.name for unit in content.design.units}
    order = {
        group.code: (place, group.name) for place, group in enumerate(content.framework.groups)
    }
    one_by_one = {
        relation.group
        for relation in content.questionnaires.relations
        if relation.rates.units in {"own", "transaction"}
    }
    lines: list[Line] = []
    for place, stratum in enumerate(content.design.strata):
        rated = np.unique(ballots.unit[ballots.stratum == place]).tolist()
        lines.append(
            Line(
                stratum,
                _name(stratum.code, order[stratum.group][1], names),
                _people(stratum, answered[place], kept.get(stratum.code)),
                stratum.code in kept,
                frozenset(rated) if stratum.group in one_by_one else frozenset(),
            )
        )
    return tuple(sorted(lines, key=lambda line: order[line.stratum.group][0]))


def add_up(lines: Sequence[Line], weight: Callable[[Line], Fraction | int]) -> Dispositions:
    """Add up what became of the people of some lines, each line times its weight."""

    def total(name: str) -> Fraction | int:
        return sum((weight(line) * getattr(line.people, name) for line in lines), 0)

    return Dispositions(
        complete=total("complete"),
        partial=total("partial"),
        refusal=total("refusal"),
        non_contact=total("non_contact"),
        other=total("other"),
        unknown=total("unknown"),
        unknown_other=total("unknown_other"),
        not_eligible=total("not_eligible"),
    )


def _people(
    stratum: DatasetStratum, answered: int, kept: StratumDispositions | None
) -> Dispositions:
    if kept is None:
        return Dispositions(complete=answered, unknown=stratum.invited - answered)
    return Dispositions(
        complete=kept.complete,
        partial=kept.partial,
        refusal=kept.refusal,
        non_contact=kept.non_contact,
        other=kept.other,
        unknown=kept.unknown,
        unknown_other=kept.unknown_other,
        not_eligible=kept.not_eligible,
    )


def _name(code: Code, group: Text, units: dict[Code, Text]) -> Text:
    """Put a stratum's name together: the group's, its unit's, and its label."""
    parts = [unquote(part) for part in code.split("/")[1:] if part]
    named = [units.get(part, Text(vi=part, en=part)) for part in parts]
    return Text(
        vi=", ".join([group.vi, *(one.vi for one in named)]),
        en=", ".join([group.en, *(one.en for one in named)]),
    )

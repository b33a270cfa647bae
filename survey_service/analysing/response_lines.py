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

_LETTER = Text(vi="thư giấy", en="printed letter")


@dataclass(frozen=True, slots=True)
class Line:
    """A stratum, with what became of its people; `kept` tells whether that was kept.

    `listed` are the people of its list, of a frame those before the lot's correction; None without.

    `units` are those that its respondents rated one by one (their own, or of a transaction);
    `place` is the stratum's among those of the design.
    """

    stratum: DatasetStratum
    listed: int | None
    name: Text
    people: Dispositions
    kept: bool
    units: frozenset[int]
    place: int

    @property
    def complete(self) -> int:
        """People who answered."""
        return int(self.people.complete)

    def weight(self) -> Fraction | None:
        """Give how many people each person invited stands for; None without a list."""
        if self.listed is None or not self.stratum.invited:
            return None
        return Fraction(self.listed, self.stratum.invited)


def stratum_lines(analysed: Analysed) -> tuple[Line, ...]:
    """Give a line for each stratum, in the order of the groups, then of the design.

    Nobody knows how many might have come by themselves: volunteers have no rates, and no line.
    """
    content = analysed.content
    ballots = analysed.scored.columns.ballots
    _, first = np.unique(ballots.respondent, return_index=True)
    answered = np.bincount(ballots.stratum[first], minlength=len(content.design.strata)).tolist()
    kept = {row.stratum: row for row in content.design.dispositions}
    names = {unit.code: unit.name for unit in content.design.units}
    names |= {service.code: service.name for service in content.questionnaires.offered()}
    order = {
        group.code: (place, group.name) for place, group in enumerate(content.framework.groups)
    }
    one_by_one = {
        relation.group
        for relation in content.questionnaires.relations
        if relation.rates.units in {"own", "transaction"}
    }
    sampling = content.design.sampling
    # The lot's correction counts more than the people whom anybody stands for.
    listed = {} if sampling is None else {one.stratum: one.people for one in sampling.strata}
    lines: list[Line] = []
    for place, stratum in enumerate(content.design.strata):
        if stratum.list_kind == "volunteers":
            continue
        rated = np.unique(ballots.unit[ballots.stratum == place]).tolist()
        lines.append(
            Line(
                stratum,
                listed.get(stratum.code, stratum.population),
                _name(stratum, order[stratum.group][1], names),
                _people(stratum, answered[place], kept.get(stratum.code)),
                stratum.code in kept,
                frozenset(rated) if stratum.group in one_by_one else frozenset(),
                place,
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


def _name(stratum: DatasetStratum, group: Text, known: dict[Code, Text]) -> Text:
    """Put a stratum's name together: the group's, its unit's and service's, label and mode."""
    parts = [unquote(part) for part in stratum.code.split("/")[1:] if part]
    named = [known.get(part, Text(vi=part, en=part)) for part in parts]
    named += [_LETTER] if stratum.mode == "letter" else []
    return Text(
        vi=", ".join([group.vi, *(one.vi for one in named)]),
        en=", ".join([group.en, *(one.en for one in named)]),
    )

"""The strata of a frame put together as the dataset's are, so that their people can be weighted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from questionnaires.index import Code
from survey_service.dataset.design import DatasetStratum
from survey_service.freezing.coarsening import finest_code
from survey_service.freezing.narrowing import InvitedPerson
from survey_service.freezing.weighting import DrawnStratum, pooled
from survey_service.sampling.strata import Place
from survey_service.sampling.summary import StratumSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameStratum:
    """A stratum of the frame, and how many reserves were called in it for people replaced."""

    counted: StratumSummary
    called: int = 0
    replaced: int = 0


def drawn_strata(
    group: Code,
    frame: Sequence[FrameStratum],
    into: Mapping[str, Code],
    strata: Sequence[DatasetStratum],
) -> tuple[DrawnStratum, ...]:
    """Give the strata of a group as they were drawn, in order of their codes.

    `into` says, by the frame's strata, in which of the dataset's `strata` their people stand. One
    that is not there, for nobody in it was asked, is given by itself.
    """
    members: dict[Code, list[DrawnStratum]] = defaultdict(list)
    for one in frame:
        alone = _alone(group, one)
        members[into.get(one.counted.stratum, alone.code)].append(alone)
    known = {one.code: one for one in strata}
    return tuple(
        pooled(code, _place(known.get(code, parts[0])), parts)
        for code, parts in sorted(members.items())
    )


def fpc_population(stratum: StratumSummary) -> int:
    """Give N_h for the finite population correction: the lot leaves more than the people.

    `analysis.sampling.lot` has the rule.
    """
    return stratum.fpc_population


def _place(stratum: DatasetStratum | DrawnStratum) -> Place:
    return Place(
        unit=stratum.unit, service=stratum.service, channel=stratum.channel, mode=stratum.mode
    )


def _alone(group: Code, stratum: FrameStratum) -> DrawnStratum:
    counted = stratum.counted
    place = InvitedPerson(
        group=group,
        eligible=frozenset(),
        assigned=frozenset(),
        unit=counted.unit,
        service=counted.service,
        channel=counted.channel,
        mode=counted.mode,
    )
    return DrawnStratum(
        code=finest_code(place),
        unit=counted.unit,
        service=counted.service,
        channel=counted.channel,
        mode=counted.mode,
        transactions=counted.transactions,
        people=counted.people,
        drawn=counted.drawn,
        called=stratum.called,
        replaced=stratum.replaced,
        probability=Fraction(counted.probability),
        first_stage=Fraction(counted.first_stage or 1),
    )

"""People asked about a public service: whom they rated, about what, and by which door they came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import (
    Ballots,
    BoolArray,
    IndexColumns,
    IntArray,
    LeafColumns,
    Stratum,
)
from questionnaires.index import Code, UnitClass
from survey_service.analysing.basis import Basis
from survey_service.analysing.service_users import satisfaction_leaves, service_users
from survey_service.dataset.ballot_columns import ballot_columns
from survey_service.dataset.design import NOT_SAMPLED, DatasetStratum


@dataclass(frozen=True, slots=True)
class Framed:
    """A stratum drawn from so many transactions of so many people."""

    stratum: DatasetStratum
    transactions: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSample:
    """The ballots of one group, n of them, of every door.

    `unit` of shape (n,) is the place of the rated unit; `service` and `channel` are places among
    `services` and `channels`, where "" stands for what is not known. `drawn` marks the ballots
    that make the points: those of the framework's modes, volunteers left out. `clustered` tells
    of a two-stage sample, `is_sampled` whether lot had a part in every list, so that there is a
    sampling error; `framed` are the strata drawn from transactions by their unit.
    """

    basis: Basis
    group: int
    ballots: Ballots
    strata: tuple[Stratum, ...]
    designed: tuple[DatasetStratum, ...]
    services: tuple[Code, ...]
    channels: tuple[Code, ...]
    service: IntArray
    channel: IntArray
    drawn: BoolArray
    index: IndexColumns
    clustered: bool
    is_sampled: bool
    framed: Mapping[Code, tuple[Framed, ...]]

    def among(self, chosen: BoolArray) -> "ServiceSample":
        """Keep the ballots that are marked, for good: the design forgets the others."""
        of = self.ballots
        return replace(
            self,
            ballots=replace(
                of,
                respondent=of.respondent[chosen],
                stratum=of.stratum[chosen],
                group=of.group[chosen],
                unit=of.unit[chosen],
                weight=of.weight[chosen],
                answers=of.answers[chosen],
            ),
            service=self.service[chosen],
            channel=self.channel[chosen],
            drawn=self.drawn[chosen],
        )

    @property
    def unit(self) -> IntArray:
        """The place of each ballot's unit."""
        return self.ballots.unit

    @property
    def unit_class(self) -> IntArray:
        """The place of the class of each ballot's unit."""
        return np.asarray(self.basis.sample.index.unit_class, dtype=np.int64)[self.unit]

    def sampling_units(self, *, several_units: bool) -> tuple[Ballots, tuple[Stratum, ...]]:
        """Give the ballots by what was drawn: people within strata.

        For figures over several units of a two-stage sample its units are the sampling units, as
        if drawn with replacement (ultimate clusters; Hansen, Hurwitz & Madow 1953, §6.7).
        """
        if not (several_units and self.clustered):
            return self.ballots, self.strata
        one = np.zeros(len(self.unit), dtype=np.int64)
        return replace(self.ballots, respondent=self.unit, stratum=one), (Stratum(population=None),)

    def leaves(self, place: int) -> tuple[LeafColumns, ...]:
        """Give the leaves of a class that the group's satisfaction is made of."""
        return self.index.leaves[place]

    def classes(self) -> Iterator[tuple[int, UnitClass]]:
        """Walk the classes of units whose satisfaction the group is asked about."""
        for place, unit_class in self.basis.classes():
            if self.leaves(place):
                yield place, unit_class


def service_samples(basis: Basis) -> Iterator[ServiceSample]:
    """Give each group of which some stratum has a service."""
    strata = basis.analysed.dataset.content.design.strata
    for place, group in enumerate(basis.groups):
        own = [one for one in strata if one.group == group]
        if any(one.service for one in own):
            yield _sample(basis, place)


def is_drawn(basis: Basis, stratum: DatasetStratum) -> bool:
    """Tell whether a stratum's ballots make the points; the others stand apart."""
    modes = basis.analysed.framework.rules.modes
    return stratum.mode in modes and stratum.list_kind != "volunteers"


def _sample(basis: Basis, group: int) -> ServiceSample:
    content = basis.analysed.dataset.content
    strata, rows = content.design.strata, ballot_columns(content)
    code = basis.groups[group]
    own = np.array([one.group == code for one in strata], dtype=np.bool_)[rows.stratum]
    known = [one for one in strata if one.group == code]
    named = [one.code for one in content.questionnaires.offered()]
    services = (
        "",
        *dict.fromkeys([*named, *sorted({one.service for one in known if one.service})]),
    )
    channels = ("", *sorted({one.channel for one in known if one.channel}))
    stratum = rows.stratum[own]
    sampling = content.design.sampling
    return ServiceSample(
        basis=basis,
        group=group,
        ballots=Ballots(
            respondent=rows.respondent[own],
            stratum=stratum,
            group=np.full(len(stratum), group, dtype=np.int64),
            unit=rows.unit[own],
            weight=rows.weight[own],
            weights=tuple(Fraction(weight) for weight in rows.weights),
            answers=rows.answers[own],
        ),
        strata=tuple(Stratum(population=one.population, subset=one.subset) for one in strata),
        designed=strata,
        services=services,
        channels=channels,
        service=_places(services, [one.service for one in strata])[stratum],
        channel=_places(channels, [one.channel for one in strata])[stratum],
        drawn=np.array([is_drawn(basis, one) for one in strata], dtype=np.bool_)[stratum],
        index=_satisfaction_index(basis, group),
        is_sampled=all(one.list_kind not in NOT_SAMPLED for one in known if is_drawn(basis, one)),
        framed=_framed(basis, code),
        clustered=sampling is not None
        and sampling.group == code
        and any(one.first_stage is not None for one in sampling.strata),
    )


def _framed(basis: Basis, group: Code) -> dict[Code, tuple[Framed, ...]]:
    design = basis.analysed.dataset.content.design
    if design.sampling is None or design.sampling.group != group:
        return {}
    known = {one.code: one for one in design.strata if is_drawn(basis, one)}
    by_unit: dict[Code, tuple[Framed, ...]] = {}
    for one in design.sampling.strata:
        stratum = known.get(one.stratum)
        if stratum is not None:
            framed = Framed(stratum, one.transactions, one.people)
            by_unit[stratum.unit] = (*by_unit.get(stratum.unit, ()), framed)
    return by_unit


def _places(known: Sequence[Code], codes: Sequence[Code]) -> IntArray:
    place = {code: at for at, code in enumerate(known)}
    return np.array([place.get(code, 0) for code in codes], dtype=np.int64)


def _satisfaction_index(basis: Basis, group: int) -> IndexColumns:
    """Cut the index down to what users are asked on satisfaction scales, one group having it all.

    Options are worth their values over the greatest; a factor counts from one answer on, since
    the disclosure rule asks for more than any minimum count does.
    """
    index = basis.sample.index
    users = service_users(basis) | {group}
    worth = {basis.column[item.code]: basis.worth(item) for item in basis.items if item.leaves}
    return replace(
        index,
        leaves=tuple(
            tuple(
                _alone(leaf, group)
                for leaf in index.leaves[place]
                if leaf.code in satisfaction_leaves(basis, unit_class, users)
                and leaf.weights[group] > 0
                and leaf.items[group]
            )
            for place, unit_class in basis.classes()
        ),
        values=tuple(worth.get(column) or own for column, own in enumerate(index.values)),
        below_minimum="renormalise",
    )


def _alone(leaf: LeafColumns, group: int) -> LeafColumns:
    return replace(
        leaf,
        weights=tuple(Fraction(place == group) for place in range(len(leaf.weights))),
        minimum=tuple(1 for _ in leaf.minimum),
    )

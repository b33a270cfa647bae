"""The services of one class of units, as one group judges them: every line and every factor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import BoolArray, IntArray
from questionnaires.index import Code, UnitClass
from questionnaires.text import Text
from survey_service.analysing.services_hiding import ShownServices, marked
from survey_service.analysing.services_lines import (
    About,
    Measured,
    line,
    measured,
    measured_factor,
)
from survey_service.analysing.services_sample import ServiceSample
from survey_service.analysing.services_scoring import Both, score_domains
from survey_service.analysing.services_totals import told_number
from survey_service.findings.services import FactorLine, ServiceLine

TABLE = "services"
FACTORS = "services.factors"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesOfClass:
    """The people drawn about units of one class, and what may be shown of them."""

    sample: ServiceSample
    place: int
    unit_class: UnitClass
    shown: ShownServices

    def lines(self) -> Iterator[ServiceLine]:
        """Give the services, the units, both, the channels, and the services by channel."""
        yield from self._by_service()
        yield from self._by_unit()
        yield from self._by_unit_and_service()
        if len(self.sample.channels) > 1:
            yield from self._by_channel()
            yield from self._by_service_and_channel()

    def factors(self) -> Iterator[FactorLine]:
        """Give every factor of every service, over the units of the service's own line."""
        factors = self._factors()
        both = self._scored(
            self._by_services(),
            len(self.sample.services),
            factors=[(code, leaves) for code, _, leaves in factors],
            several=True,
        )
        for service in self._services():
            for code, name, _ in factors:
                total, found = self.shown.totals[service], None
                if total.units:
                    found = measured_factor(self.sample, both, service, code)
                if found is None:
                    self.sample.basis.clearance.hide(FACTORS, "complementary")
                yield FactorLine(
                    group=self.sample.basis.groups[self.sample.group],
                    unit_class=self.unit_class.code,
                    service=self.sample.services[service],
                    factor=code,
                    name=name,
                    n=found and self._number(found, exact=total.exact),
                    top_two=found and found.top_two,
                    top_two_interval=found and found.top_two_interval,
                    mean_of_maximum=found and found.mean_of_maximum,
                    mean_interval=found and found.mean_interval,
                    missing=None if found else "suppressed",
                )

    def _by_service(self) -> Iterator[ServiceLine]:
        both = self._scored(self._by_services(), len(self.sample.services), several=True)
        for service in self._services():
            total = self.shown.totals[service]
            about = About(
                level="service",
                unit_class=self.unit_class.code,
                service=self.sample.services[service],
                units=total.units,
                of=len(self._having(service)),
            )
            found = measured(self.sample, both, service) if total.units else None
            yield self._line(about, found, exact=total.exact)

    def _by_unit(self) -> Iterator[ServiceLine]:
        units = np.flatnonzero(self.shown.people.any(axis=1)).tolist()
        both = self._scored(self._numbered(units, self.sample.unit), len(units))
        for at, unit in enumerate(units):
            about = About(
                level="unit",
                unit_class=self.unit_class.code,
                unit=self.sample.basis.units[unit],
            )
            found = measured(self.sample, both, at) if unit in self.shown.units else None
            yield self._line(about, found, n=int(self.shown.people[unit].sum()))

    def _by_unit_and_service(self) -> Iterator[ServiceLine]:
        for service in self._services():
            units = self._having(service)
            # The figures' covariance grows by the square of the rows: a service at a time.
            own = np.where(self.sample.service == service, self.sample.unit, -1)
            both = self._scored(self._numbered(units, own), len(units))
            for at, unit in enumerate(units):
                about = About(
                    level="unit_service",
                    unit_class=self.unit_class.code,
                    service=self.sample.services[service],
                    unit=self.sample.basis.units[unit],
                )
                found = measured(self.sample, both, at) if unit in self.shown.open else None
                yield self._line(about, found, n=int(self.shown.people[unit, service]))

    def _by_channel(self) -> Iterator[ServiceLine]:
        """Give the channels over the services that tell them apart."""
        cells, channels = self._by_channels(), len(self.sample.channels)
        both = self._scored(np.where(cells < 0, -1, cells % channels), channels, several=True)
        told = [one for one in self.shown.channelled.values() if one.units]
        for channel in range(1, channels):
            everywhere = self._units_of(self.sample.channel == channel)
            units = self._units_of((cells >= 0) & (cells % channels == channel))
            if everywhere:
                about = About(
                    level="channel",
                    unit_class=self.unit_class.code,
                    channel=self.sample.channels[channel],
                    units=units,
                    of=len(everywhere),
                )
                found = measured(self.sample, both, channel) if units else None
                yield self._line(about, found, exact=all(one.exact for one in told))

    def _by_service_and_channel(self) -> Iterator[ServiceLine]:
        cells, channels = self._by_channels(), len(self.sample.channels)
        both = self._scored(cells, len(self.sample.services) * channels, several=True)
        for service in self._services():
            for channel in range(1, channels):
                own = (self.sample.service == service) & (self.sample.channel == channel)
                everywhere = self._units_of(own)
                units = self._units_of(own & (cells >= 0))
                if not everywhere:
                    continue
                about = About(
                    level="service_channel",
                    unit_class=self.unit_class.code,
                    service=self.sample.services[service],
                    channel=self.sample.channels[channel],
                    units=units,
                    of=len(everywhere),
                )
                cell = service * channels + channel
                found = measured(self.sample, both, cell) if units else None
                yield self._line(about, found, exact=self.shown.channelled[service].exact)

    def _line(
        self, about: About, found: Measured | None, *, exact: bool = True, n: int | None = None
    ) -> ServiceLine:
        """Write a line; `n` are the people behind one that may be too thin by itself."""
        clearance = self.sample.basis.clearance
        if found is None:
            thin = n is not None and not clearance.is_enough(n)
            clearance.hide(TABLE, "threshold" if thin else "complementary")
            return line(self.sample, about, None)
        return line(self.sample, about, found, n=self._number(found, exact=exact))

    def _number(self, found: Measured, *, exact: bool) -> int:
        return told_number(found.n, self.sample.basis.clearance.threshold, exact=exact)

    def _services(self) -> list[int]:
        own = self.shown.people[:, 1:].any(axis=0)
        return [1 + service for service in np.flatnonzero(own).tolist()]

    def _having(self, service: int) -> list[int]:
        return np.flatnonzero(self.shown.people[:, service]).tolist()

    def _units_of(self, chosen: BoolArray) -> frozenset[int]:
        own = chosen & (self.sample.unit_class == self.place)
        return frozenset(np.unique(self.sample.unit[own]).tolist())

    def _by_services(self) -> IntArray:
        """Put people into the domain of their service where its total is made of their unit."""
        sample = self.sample
        domain = np.full(len(sample.unit), -1, dtype=np.int64)
        for service, one in self.shown.totals.items():
            domain[marked(sample.unit, one.units) & (sample.service == service)] = service
        return domain

    def _by_channels(self) -> IntArray:
        """Put people into the domain of service and channel where these are told apart."""
        sample, channels = self.sample, len(self.sample.channels)
        domain = np.full(len(sample.unit), -1, dtype=np.int64)
        for service, one in self.shown.channelled.items():
            apart = marked(sample.unit, one.units) & (sample.service == service)
            apart &= sample.channel > 0
            domain[apart] = service * channels + sample.channel[apart]
        return domain

    def _numbered(self, units: Sequence[int], unit: IntArray) -> IntArray:
        """Number the units from 0 in their order; −1 for the ballots of others."""
        place = np.full(len(self.sample.basis.units) + 1, -1, dtype=np.int64)
        place[list(units)] = np.arange(len(units))
        return place[unit]

    def _scored(
        self,
        domain: IntArray,
        size: int,
        *,
        factors: Sequence[tuple[Code, frozenset[Code]]] = (),
        several: bool = False,
    ) -> Both:
        return score_domains(
            self.sample, domain, [self.place] * size, factors=factors, several_units=several
        )

    def _factors(self) -> list[tuple[Code, Text, frozenset[Code]]]:
        """Give the components that users are asked about; of one component alone its leaves."""
        own = [self.unit_class.leaf(leaf.code) for leaf in self.sample.leaves(self.place)]
        components = {leaf.component for leaf in own}
        if len(components) == 1:
            return [(leaf.code, leaf.name, frozenset({leaf.code})) for leaf in own]
        return [
            (
                one.code,
                one.name,
                frozenset(leaf.code for leaf in own if leaf.component == one.code),
            )
            for one in self.sample.basis.analysed.framework.components
            if one.code in components
        ]

"""People who came by another door than the drawn sample's, apart from every other figure."""

from collections.abc import Iterator

import numpy as np

from survey_service.analysing.services_hiding import enough_left
from survey_service.analysing.services_lines import measured
from survey_service.analysing.services_sample import ServiceSample
from survey_service.analysing.services_scoring import score_domains, valid_counts
from survey_service.findings.services import DoorLine

TABLE = "services.doors"


def door_lines(sample: ServiceSample) -> Iterator[DoorLine]:
    """Give each door, class of units and service; `sample` has the ballots of these doors alone.

    There is no interval: volunteers are no sample, and letters beside the index are not its own.
    """
    doors = sorted({(one.mode, one.list_kind == "volunteers") for one in sample.designed})
    for mode, volunteers in doors:
        of_door = np.array(
            [
                one.mode == mode and (one.list_kind == "volunteers") == volunteers
                for one in sample.designed
            ],
            dtype=np.bool_,
        )
        chosen = of_door[sample.ballots.stratum]
        if chosen.any():
            yield from _of_door(sample.among(chosen), volunteers=volunteers)


def _of_door(sample: ServiceSample, *, volunteers: bool) -> Iterator[DoorLine]:
    clearance, services = sample.basis.clearance, len(sample.services)
    mode = sample.designed[int(sample.ballots.stratum[0])].mode
    for place, unit_class in sample.classes():
        domain = np.where(sample.unit_class == place, sample.service, -1)
        counts = valid_counts(sample, domain, services, place)
        people = {
            service: int(counts[:, service].max())
            for service in range(services)
            if counts[:, service].any()
        }
        shown = frozenset(people)
        for leaf in counts:
            own = {service: int(leaf[service]) for service in people}
            shown &= enough_left(own, clearance.threshold)
        both = score_domains(sample, domain, [place] * services)
        for service in sorted(people.keys() - {0}):
            found = measured(sample, both, service) if service in shown else None
            if found is None:
                thin = not clearance.is_enough(people[service])
                clearance.hide(TABLE, "threshold" if thin else "complementary")
            yield DoorLine(
                mode=mode,
                volunteers=volunteers,
                group=sample.basis.groups[sample.group],
                unit_class=unit_class.code,
                service=sample.services[service],
                n=found and found.n,
                top_two=found and found.top_two,
                mean_of_maximum=found and found.mean_of_maximum,
                missing=None if found else "suppressed",
            )

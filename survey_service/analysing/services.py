"""The section on public services: both indices by service, unit, channel and factor.

People are scored as the index scores units: a factor is the mean of the items that a person was
asked and answered (half rule), a service the mean of its factors by the framework's points. So a
unit of one service has the figures of its sheet. The scoring engine does it, with its exact means
and its errors from the strata with N_h; ultimate clusters where units were drawn first.
"""

from collections.abc import Iterator

import msgspec

from questionnaires.text import Text
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.basis import Basis, basis_of
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.services_class import ServicesOfClass
from survey_service.analysing.services_doors import door_lines
from survey_service.analysing.services_facts import fact_lines, factual_items
from survey_service.analysing.services_frame import sampling_report
from survey_service.analysing.services_hiding import shown_services
from survey_service.analysing.services_sample import ServiceSample, service_samples
from survey_service.findings.answers import ItemText
from survey_service.findings.services import ServiceName, Services


def services(analysed: Analysed, clearance: Clearance) -> Services | msgspec.UnsetType:
    """Compute the section; unset where nobody was asked about a service or drawn from a list."""
    design = analysed.dataset.content.design
    if design.sampling is None and not any(one.service for one in design.strata):
        return msgspec.UNSET
    basis = basis_of(analysed, clearance)
    samples = tuple(service_samples(basis))
    classes = [one for sample in samples for one in _of_classes(sample)]
    units = frozenset(unit for one in classes for unit in one.shown.units)
    facts = [one for sample in samples for one in fact_lines(sample.among(sample.drawn), units)]
    told = {one.item for one in facts}
    return Services(
        names=_names(basis),
        lines=tuple(line for one in classes for line in one.lines()),
        factors=tuple(line for one in classes for line in one.factors()),
        facts=tuple(facts),
        items=tuple(
            ItemText(item=item.code, text=item.text, leaves=item.leaves)
            for item in factual_items(basis)
            if item.code in told
        ),
        doors=tuple(line for sample in samples for line in door_lines(sample.among(~sample.drawn))),
        sampling=sampling_report(basis),
    )


def _names(basis: Basis) -> tuple[ServiceName, ...]:
    content = basis.analysed.dataset.content
    used = {one.service for one in content.design.strata if one.service}
    known = {one.code: one.name for one in content.questionnaires.offered()}
    ordered = [*(code for code in known if code in used), *sorted(used - known.keys())]
    return tuple(
        ServiceName(service=code, name=known.get(code, Text(vi=code, en=code))) for code in ordered
    )


def _of_classes(sample: ServiceSample) -> Iterator[ServicesOfClass]:
    drawn = sample.among(sample.drawn)
    if not len(drawn.unit):
        return
    for place, unit_class in drawn.classes():
        shown = shown_services(drawn, place, drawn.basis.clearance)
        if shown.people.any():
            yield ServicesOfClass(sample=drawn, place=place, unit_class=unit_class, shown=shown)

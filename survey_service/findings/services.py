"""What people who used public services found: by service, unit, channel and factor."""

from typing import Literal

from questionnaires.index import Code, Mode
from questionnaires.text import Text
from survey_service.dataset.design import Coverage, Exclusion, SampleChange
from survey_service.findings.answers import ItemText
from survey_service.findings.terms import Count, Figure, Interval, Missing, Part

ServiceLevel = Literal["service", "unit", "unit_service", "channel", "service_channel"]


class ServiceName(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public service and what it is called."""

    service: Code
    name: Text


class ServiceLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The satisfaction index of people drawn from transactions, computed both ways, in percent.

    `top_two` is the share of the two best options, `mean_of_maximum` the mean of the option values
    over the greatest; both weigh factors as the framework does. `transactions` and `people` are
    those of the frame behind the line. A line over several units is made of `units` of `of`: those
    that may be added up; its `n` is rounded down to tens where an exact one would tell.
    """

    level: ServiceLevel
    group: Code
    unit_class: Code
    service: Code | None
    unit: Code | None
    channel: Code | None
    n: Count | None
    transactions: Count | None
    people: Count | None
    top_two: Figure | None
    top_two_interval: Interval | None
    mean_of_maximum: Figure | None
    mean_interval: Interval | None
    units: Count | None = None
    of: Count | None = None
    missing: Missing | None = None


class FactorLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One factor of a service, over the same units as the service's own line.

    Factors are the components of the index that users are asked about, or where there is one
    component alone its leaves.
    """

    group: Code
    unit_class: Code
    service: Code
    factor: Code
    name: Text
    n: Count | None
    top_two: Figure | None
    top_two_interval: Interval | None
    mean_of_maximum: Figure | None
    mean_interval: Interval | None
    missing: Missing | None = None


class FactShare(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer to a factual question, and its share of those who answered, in percent."""

    option: Code
    label: Text
    percent: Figure
    interval: Interval | None


class FactLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people of a service experienced: the mean of a number, or the shares of answers.

    It is made of `units` of `of`, those that may be added up; `n` is rounded as a line's is.
    """

    item: Code
    group: Code
    service: Code
    n: Count | None
    mean: Figure | None
    mean_interval: Interval | None
    shares: tuple[FactShare, ...]
    units: Count | None = None
    of: Count | None = None
    missing: Missing | None = None


class DoorLine(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People who came by another door than the drawn sample's; never added to any other figure.

    They are no sample: where they came by themselves no sampling error can be stated (AAPOR Task
    Force on Non-probability Sampling, 2013), and there is no interval.
    """

    mode: Mode
    volunteers: bool
    group: Code
    unit_class: Code
    service: Code
    n: Count | None
    top_two: Figure | None
    mean_of_maximum: Figure | None
    missing: Missing | None = None


class FrameStratum(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stratum of the frame: transactions and people in it, drawn, called and replaced.

    `probability` is that with which each person was drawn.
    """

    stratum: Code
    unit: Code
    service: Code
    channel: Code
    mode: Mode
    transactions: Count
    people: Count
    drawn: Count
    called: Count
    replaced: Count
    probability: str


class Weights(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weights of those who answered: the least, the greatest, and Kish's factor.

    `design_effect` is n·Σw²/(Σw)²: how many times more people an estimate needs for the same
    error than with equal weights (Kish 1965, §11.7).
    """

    least: Figure
    greatest: Figure
    design_effect: Figure


class SamplingReport(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people were drawn from transactions, and what the lists do not reach.

    `frame` and `sample` are SHA-256 fingerprints; who has the frame draws the same people again
    with the `seed`. `intact` tells that the people asked are those drawn and called.
    """

    group: Code
    target: Literal["people", "transactions"]
    design: Literal["simple", "stratified", "systematic", "two-stage", "rolling"]
    allocation: Literal["proportional", "neyman", "fixed"]
    seed: str
    commitment: str
    frame: str
    sample: str
    intact: bool
    draws: Count
    strata: tuple[FrameStratum, ...]
    excluded: tuple[Exclusion, ...]
    coverage: tuple[Coverage, ...]
    changes: tuple[SampleChange, ...]
    weights: Weights | None


class Services(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about public services, and about the sample of their users."""

    names: tuple[ServiceName, ...]
    lines: tuple[ServiceLine, ...]
    factors: tuple[FactorLine, ...]
    facts: tuple[FactLine, ...]
    items: tuple[ItemText, ...]
    doors: tuple[DoorLine, ...]
    sampling: SamplingReport | None

    def name(self, service: Code) -> Text:
        """Give what a service is called, or its code where nothing is stated."""
        found = (one.name for one in self.names if one.service == service)
        return next(found, Text(vi=service, en=service))

    def services(self) -> tuple[Code, ...]:
        """Give the services that have a line, in the order of the lines."""
        return tuple(
            dict.fromkeys(
                one.service for one in self.lines if one.level == "service" and one.service
            )
        )

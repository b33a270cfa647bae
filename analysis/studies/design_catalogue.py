"""The studies of sampling designs by name: each design, target and kind of response."""

from collections.abc import Iterator
from itertools import product
from typing import Literal, get_args

from analysis.planning.allocation import Method
from analysis.sampling.first_stage import Chances
from analysis.studies.catalogue import Study
from analysis.studies.design_studies import DesignStudy
from analysis.studies.populations import Target
from analysis.studies.two_stage_studies import COMMUNES, WITH_A_TOWN, TwoStageStudy

Responding = Literal["all", "by class"]

DRAWN, HALF, MOST = 360, 600, 960
"""Three, five and eight in ten of the 1,200 people of two units."""
FLOOR = 20
_AT_ONCE, _STAGES_AT_ONCE = 50, 20
_TARGETS: tuple[Target, ...] = get_args(Target)
_RESPONDING: tuple[Responding, ...] = get_args(Responding)


def _named(design: str, target: Target, responding: Responding) -> str:
    return f"{design}-{target}-{'all' if responding == 'all' else 'classes'}"


def _one_stage() -> Iterator[Study]:
    for target, responding in product(_TARGETS, _RESPONDING):
        for design in ("simple", "systematic", "rolling"):
            yield Study(
                name=_named(design, target, responding),
                kind=design,
                design=DesignStudy(design=design, target=target, responding=responding, size=DRAWN),
                at_once=_AT_ONCE,
            )
        methods: tuple[Method, ...] = get_args(Method)
        for method in methods:
            yield Study(
                name=_named(method, target, responding),
                kind="stratified",
                design=DesignStudy(
                    design="stratified",
                    target=target,
                    responding=responding,
                    size=DRAWN,
                    method=method,
                    floor=FLOOR,
                ),
                at_once=_AT_ONCE,
            )


def _two_stage() -> Iterator[Study]:
    ways: tuple[Chances, ...] = get_args(Chances)
    for chances, target, responding in product(ways, _TARGETS, _RESPONDING):
        yield Study(
            name=_named("two-stage-" + chances, target, responding),
            kind="two-stage",
            design=TwoStageStudy(
                chances=chances,
                target=target,
                responding=responding,
                units=WITH_A_TOWN if chances == "proportional" else COMMUNES,
            ),
            at_once=_STAGES_AT_ONCE,
        )


def _large_parts() -> Iterator[Study]:
    for (name, size), target, responding in product(
        (("half", HALF), ("most", MOST)), _TARGETS, _RESPONDING
    ):
        yield Study(
            name=_named(name, target, responding),
            kind="large",
            design=DesignStudy(
                design="stratified", target=target, responding=responding, size=size
            ),
            at_once=_AT_ONCE,
        )
    for target in _TARGETS:
        yield Study(
            name=_named("people-fpc", target, "all"),
            kind="people-fpc",
            design=DesignStudy(
                design="stratified",
                target=target,
                responding="all",
                size=HALF,
                correction="people",
            ),
            at_once=_AT_ONCE,
        )


DESIGN_STUDIES: tuple[Study, ...] = (
    *_one_stage(),
    *_two_stage(),
    *_large_parts(),
    Study(
        name="one-class-people-classes",
        kind="one-class",
        design=DesignStudy(
            design="simple",
            target="people",
            responding="by class",
            size=DRAWN,
            within="all",
            classes="one",
        ),
        at_once=_AT_ONCE,
    ),
)

"""The strata of a frame: what each case stands in, by the fields that the plan stratifies by."""

from typing import Final, NamedTuple

from questionnaires.index import Code, Mode
from survey_service.sampling.frame import Case
from survey_service.waves.sample_plan import SamplePlan, StratumField

IN_ORDER: Final[tuple[StratumField, ...]] = ("unit", "service", "channel")
LETTER: Final = "letter:"
"""What stands before the code of a stratum of people who are asked by printed letters."""
_FROM_ONE_LIST: Final = ("simple", "systematic")


class Place(NamedTuple):
    """Where a case stands before any fields are left out: its codes, and how its person is asked.

    Places sort by unit, service, channel and mode.
    """

    unit: Code
    service: Code
    channel: Code
    mode: Mode


def fields_of(plan: SamplePlan) -> tuple[StratumField, ...]:
    """Give the fields of the plan's strata in their fixed order.

    By these people are weighted, also where the design draws from one list of all.
    """
    return tuple(field for field in IN_ORDER if field in plan.strata)


def mode_of(case: Case) -> Mode:
    """Tell by which door the person of a case is asked."""
    return "web" if case.email else "letter"


def place_of(case: Case) -> Place:
    """Give the place of a case."""
    return Place(unit=case.unit, service=case.service, channel=case.channel, mode=mode_of(case))


def stratum_of(plan: SamplePlan, case: Case) -> str:
    """Give the code of a case's stratum: "XA1/KS/online", and "letter:XA1/KS/online" on paper."""
    return stratum_at(plan, place_of(case))


def stratum_at(plan: SamplePlan, place: Place) -> str:
    """Give the code of the stratum of a place."""
    joined = _joined(place, fields_of(plan))
    return joined if place.mode == "web" else f"{LETTER}{joined}"


def is_drawn_by_strata(plan: SamplePlan) -> bool:
    """Tell whether lot decides in each stratum, and not over the whole frame."""
    return plan.rolling is not None or plan.design not in _FROM_ONE_LIST


def list_at(plan: SamplePlan, place: Place) -> tuple[str, Place]:
    """Give the list that lot decides in, by its code and fields: a stratum, or all of a mode."""
    if is_drawn_by_strata(plan):
        return stratum_at(plan, place), kept_at(plan, place)
    whole = Place(unit="", service="", channel="", mode=place.mode)
    return "" if place.mode == "web" else LETTER, whole


def label_at(plan: SamplePlan, place: Place) -> str | None:
    """Give what tells the strata of one unit and mode apart; None where nothing does."""
    return _joined(place, tuple(one for one in fields_of(plan) if one != "unit")) or None


def kept_at(plan: SamplePlan, place: Place) -> Place:
    """Give a stratum's own fields: "" stands for those that it does not go by."""
    kept = {one: _field(place, one) if one in fields_of(plan) else "" for one in IN_ORDER}
    return Place(
        unit=kept["unit"], service=kept["service"], channel=kept["channel"], mode=place.mode
    )


def cell_at(place: Place, fields: tuple[StratumField, ...]) -> tuple[str, ...]:
    """Give the cell of a place in which the plan's size holds."""
    return tuple(_field(place, one) for one in IN_ORDER if one in fields)


def _joined(place: Place, fields: tuple[StratumField, ...]) -> str:
    # A slash inside a code is escaped, so that two strata never share a name.
    codes = (_field(place, one).replace("%", "%25").replace("/", "%2F") for one in fields)
    return "/".join(code for code in codes if code)


def _field(place: Place, field: StratumField) -> Code:
    match field:
        case "unit":
            return place.unit
        case "service":
            return place.service
        case "channel":
            return place.channel

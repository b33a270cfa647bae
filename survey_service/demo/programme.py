"""A programme: the folder of files that a demo is played from, and what it decides beside them."""

from importlib.resources import files
from pathlib import Path

import msgspec

from questionnaires.index import Code
from questionnaires.loading import load
from questionnaires.problems import ProblemsError, problem
from questionnaires.text import Text
from survey_service.demo.opinions import Habits
from survey_service.frame.units import parse_units
from survey_service.store.people import Unit

FILE = "programme.toml"
DEFAULT = "par-index-2022"
_HERE = Path(str(files("survey_service.demo").joinpath("programmes")))


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People of a group who are named on a list, as an office would hand it in.

    `role` names them, with {n} and {unit}. They work in units of the classes `own`, in turn, or
    had one of the `services` settled by a unit of the classes `served`, or belong to the `sectors`
    that units have. `population` is the fewest and the most people that they were drawn from, per
    unit.
    """

    group: Code
    count: int
    role: str
    own: tuple[Code, ...] = ()
    served: tuple[Code, ...] = ()
    services: tuple[str, ...] = ()
    sectors: bool = False
    population: tuple[int, ...] = ()


class OneStop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the one-stop software of a round has in its lists, spelt as its `mapping` file says.

    `handled` counts the transactions of the sample's days by unit and service, `channels` their
    percents. They were handed in by so many `people`, of whom `without_email` percent have no
    address and `through_agents` percent of the transactions give an agent's instead of theirs.
    """

    mapping: str
    handled: dict[Code, dict[Code, int]]
    channels: dict[Code, int]
    people: int
    without_email: int = 30
    through_agents: int = 2


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wave of a programme: the office's register of units, its wave file and its people.

    People are named on a list, or are drawn from what the `one_stop` software handed over; where
    the wave file asks them day by day, it hands over every `feed_days`. `receipts` counts the
    receipts with a code that units hand out, by unit and service. `fill` replaces $names in the
    wave file. With `former` its changes are stated against the round before. `trial` is a list of
    people whose letters a visitor may answer afterwards.
    """

    units: str
    plan: str
    fill: dict[str, str] = {}
    people: tuple[People, ...] = ()
    one_stop: OneStop | None = None
    receipts: dict[Code, dict[Code, int]] = {}
    feed_days: int = 7
    former: bool = False
    trial: str = ""


class Programme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A programme with its rounds in the order of their dates.

    `by_pages` is the percent of people who open the real pages over HTTP; the others' answers go
    the same way behind the pages, which is quicker.
    """

    title: Text
    shows: Text
    rounds: tuple[Round, ...]
    habits: Habits = Habits()
    by_pages: int = 2


def programmes() -> tuple[str, ...]:
    """Name the programmes that can be played."""
    return tuple(sorted(file.parent.name for file in _HERE.glob(f"*/{FILE}")))


def folder(name: str) -> Path:
    """Give the folder of a programme; raises ProblemsError for an unknown name."""
    known = programmes()
    if name not in known:
        raise ProblemsError(
            problem(
                name,
                f"không có chương trình này; có: {', '.join(known)}.",
                f"there is no such programme; there are: {', '.join(known)}.",
            )
        )
    return _HERE / name


def read_programme(name: str) -> Programme:
    """Read a programme; raises ProblemsError."""
    return load(Programme, folder(name) / FILE)


def read_units(name: str, round_number: int = 0) -> list[Unit]:
    """Read the register of a programme's round, in the order of its file; raises ProblemsError."""
    return parse_units(folder(name) / read_programme(name).rounds[round_number].units, {})

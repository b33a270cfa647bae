"""The preflight: everything that bars a wave from opening or that staff should know first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from questionnaires.load import LoadTable
from questionnaires.problems import Problem
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.frame.register import units_in_force
from survey_service.store.database import Database
from survey_service.store.people import Unit
from survey_service.waves.assignment import assign_people
from survey_service.waves.preflighting.bars import (
    check_dates,
    check_definitions,
    check_drawn,
    check_people,
    check_settings,
)
from survey_service.waves.preflighting.expectation import ExpectedBallots, expect_ballots
from survey_service.waves.preflighting.forecasts import (
    forecast_groups,
    forecast_minutes,
    forecast_units,
)
from survey_service.waves.preflighting.prospects import ExpectedUnit, expect_units
from survey_service.waves.preflighting.tally import Tally
from survey_service.waves.reading import LoadedWave, load_wave
from survey_service.waves.transitions import WaveStateError


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What was found: problems, ballots expected per unit, leaf and group, and the load table.

    `units` says what each unit risks when too few of them come back.
    """

    problems: tuple[Problem, ...]
    expected: tuple[ExpectedBallots, ...]
    units: tuple[ExpectedUnit, ...]
    load: LoadTable

    @property
    def ready(self) -> bool:
        """Tell whether nothing bars the wave from opening."""
        return all(found.severity != "error" for found in self.problems)


def preflight(database: Database, clock: Clock, settings: Settings, *, code: str) -> Preflight:
    """Check a draft wave as it would open, and change nothing.

    Raises WaveUnknownError, and WaveStateError where it is no draft.
    """
    with database.reading() as session:
        wave = load_wave(session, code)
        if wave.state != "draft":
            raise WaveStateError(wave.state, "preflight", code=code)
        units = units_in_force(session, wave.plan.opens)
        tally = tally_of(wave, units)
        for _ in tally.watch(assign_people(session, wave, units, seed=wave.plan.seed)):
            pass
        return judge(wave, rated_units(wave, units), tally, settings, clock.now())


def rated_units(wave: LoadedWave, units: Sequence[Unit]) -> list[Unit]:
    """Keep the units of the index's own classes; others only say where people work."""
    classes = {unit_class.code for unit_class in wave.framework.unit_classes}
    return [unit for unit in units if unit.unit_class in classes]


def tally_of(wave: LoadedWave, units: Sequence[Unit]) -> Tally:
    """Start an empty tally for a wave's rated units."""
    return Tally({unit.code: unit.unit_class for unit in rated_units(wave, units)})


def judge(
    wave: LoadedWave, rated: Sequence[Unit], tally: Tally, settings: Settings, now: datetime
) -> Preflight:
    """Find everything there is to say about a wave whose people were all tallied."""
    classes = {unit.code: unit.unit_class for unit in rated}
    expected = expect_ballots(wave.framework, wave.questionnaires, classes, tally.issued)
    load = tally.load(wave.framework, wave.questionnaires)
    units = expect_units(wave.framework, classes, expected)
    problems = [
        *check_definitions(wave),
        *check_dates(wave, now),
        *check_settings(settings),
        *check_people(wave, rated, tally),
        *check_drawn(wave, tally),
    ]
    if tally.groups():
        # Of people who join day by day nothing can be foretold from the lists of today.
        joining = sample.group if (sample := wave.plan.sample) and sample.rolling else None
        listed = [row for row in expected if row.group != joining]
        problems += [
            *forecast_groups(wave.framework, listed),
            *(forecast_units(units) if joining is None else ()),
            *forecast_minutes(load),
        ]
    problems.sort(key=lambda found: found.severity)
    return Preflight(problems=tuple(problems), expected=expected, units=units, load=load)

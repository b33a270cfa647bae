from datetime import UTC, datetime
from pathlib import Path

import pytest

from questionnaires.problems import ProblemsError
from survey_service.clock import SteppedClock
from survey_service.frame.units import import_units
from survey_service.store.database import Database
from survey_service.waves.drafting import create_wave
from survey_service.waves.people import import_contacts

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CLOCK = SteppedClock(datetime(2025, 3, 1, tzinfo=UTC))


def test_the_documented_files_are_sound_and_the_mistaken_one_is_not(database: Database) -> None:
    import_units(database, CLOCK, EXAMPLES / "units.csv", actor="thử")
    drafted = create_wave(database, CLOCK, EXAMPLES / "wave.toml", actor="thử")
    sound = EXAMPLES / "contacts.csv"
    done = import_contacts(database, CLOCK, sound, code=drafted.code, actor="thử")
    assert (done.added, done.warnings) == (6, ())
    wrong = EXAMPLES / "contacts-with-mistakes.csv"
    with pytest.raises(ProblemsError) as caught:
        import_contacts(database, CLOCK, wrong, code=drafted.code, actor="thử")
    lines = [found.where.partition(", dòng/line ")[2] for found in caught.value.problems]
    assert sorted({line.partition(",")[0] for line in lines}) == list("2345679")
    assert len(lines) == 9

"""100,000 contacts from a CSV file to invitations, against 10,000 in the same run."""

import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.memory import peak_memory
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.demo.contact_lists import contact_list
from survey_service.demo.programme import DEFAULT, folder, read_programme, read_units
from survey_service.entropy import SystemEntropy
from survey_service.frame.units import import_units
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade
from survey_service.waves.drafting import create_wave
from survey_service.waves.opening import open_wave
from survey_service.waves.people import import_contacts

SMALL, LARGE = 10_000, 100_000
OPENS = datetime(2023, 2, 20, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
PROGRAMME = folder(DEFAULT)


def run() -> list[tuple[str, float, str]]:
    """Give seconds and peak megabytes of each size, and the ratio of the peaks."""
    small_seconds, small_peak = _measure(SMALL)
    large_seconds, large_peak = _measure(LARGE)
    return [
        (f"import {SMALL} contacts and invite them", small_seconds, "s"),
        (f"import {LARGE} contacts and invite them", large_seconds, "s (gate 30)"),
        (f"peak memory at {SMALL}", small_peak, "MB"),
        (f"peak memory at {LARGE}", large_peak, "MB"),
        ("peak memory, large ÷ small", large_peak / small_peak, "× (gate 1.3)"),
    ]


def _measure(people: int) -> tuple[float, float]:
    # A process of its own, so that its peak is its own.
    words = [sys.executable, "-m", "benchmarks.importing", str(people)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def _write_contacts(path: Path, people: int) -> None:
    """Write the list of the round, and as many more citizens as are wanted."""
    units = read_units(DEFAULT)
    (played,) = read_programme(DEFAULT).rounds
    path.write_bytes(contact_list(played.people, units, year=2022, seed=1))
    served = [unit.code for unit in units if unit.unit_class == "SBN"]
    with path.open("a", encoding="utf-8") as file:
        for number in range(people):
            unit = served[number % len(served)]
            file.write(f"Người dân {number};nd{number}@hop-thu.example;ND;;vi;{unit};Cấp phép;;;\n")


def _play(people: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        settings = read_settings({"SURVEY_DATA": folder})
        database = Database(settings.database_url)
        upgrade(database)
        clock = SteppedClock(OPENS)
        import_units(database, clock, PROGRAMME / "units.csv", actor="bench")
        created = create_wave(database, clock, PROGRAMME / "wave.toml", actor="bench")
        _write_contacts(base / "contacts.csv", people)
        begun = time.perf_counter()
        import_contacts(database, clock, base / "contacts.csv", code=created.code, actor="bench")
        opened = open_wave(
            database, clock, SystemEntropy(), settings, code=created.code, actor="bench"
        )
        seconds = time.perf_counter() - begun
        if opened.invitations < people:
            raise RuntimeError(f"only {opened.invitations} invitations")
        database.close()
    peak = peak_memory()
    sys.stdout.write(f"{seconds} {peak}\n")


if __name__ == "__main__":
    _play(int(sys.argv[1]))

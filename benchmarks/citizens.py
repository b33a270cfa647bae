"""1,000,000 transactions from a CSV file to invitations, against 100,000 in the same run."""

import random
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.memory import peak_memory
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.frame.units import import_units
from survey_service.keys import open_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.sampling.drawing import draw_sample
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade
from survey_service.transactions.importing import import_transactions
from survey_service.transactions.mapping import read_mapping
from survey_service.waves.drafting import create_wave
from survey_service.waves.opening import open_wave

SMALL, LARGE = 100_000, 1_000_000
OPENS = datetime(2025, 4, 7, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FIRST_DAY = date(2025, 1, 1)
DAYS = 90
UNITS = tuple(f"XA{number:02}" for number in range(40))
SERVICES = ("DAT-DAI", "MAI-TANG-PHI", "CHUNG-THUC")
SHARE_WITH_ADDRESS, PER_PERSON = 0.6, 1.25
MAPPING = """
source = "mot-cua"
columns = { number = "Số hồ sơ", service = "Thủ tục", unit = "Nơi giải quyết", channel = "Kênh", \
received = "Ngày nhận", returned = "Ngày trả", name = "Người nộp", email = "Email", \
telephone = "Điện thoại" }
"""
WAVE = """
code = "dan-2025"
definitions = "sipas"
opens = 2025-04-07
closes = 2025-04-20
seed = 1
title = { vi = "Hài lòng về dịch vụ công", en = "Satisfaction with public services" }
letter = { number = "1/UBND", date = 2025-04-01, signatory = "Chủ tịch" }
[sender]
organisation = { vi = "Sở Nội vụ", en = "Home Affairs" }
telephone = "0213 3000 000"
page = "https://noivu.tinh.example"
reply_to = "hotro@khaosat.example"
[privacy]
kept_until = 2025-12-31
contact = "hotro@khaosat.example"
legal_basis = { vi = "nhiệm vụ công", en = "public task" }
[sample]
group = "ND"
from = 2025-01-01
to = 2025-03-31
size = { rule = "slovin", error = "0.05", each = ["unit"] }
"""


def run() -> list[tuple[str, float, str]]:
    """Give the seconds of each step, peak megabytes of each size, and the ratio of the peaks."""
    small, large = _measure(SMALL), _measure(LARGE)
    steps = ("import and deduplicate", "draw", "open and invite")
    return [
        *((f"{LARGE} transactions: {step}", large[place], "s") for place, step in enumerate(steps)),
        (f"{LARGE} transactions: from file to invitations", sum(large[:3]), "s (gate 180)"),
        (f"{SMALL} transactions: from file to invitations", sum(small[:3]), "s"),
        (f"people invited from {LARGE}", large[4], ""),
        (f"peak memory at {SMALL}", small[3], "MB"),
        (f"peak memory at {LARGE}", large[3], "MB"),
        ("peak memory, large ÷ small", large[3] / small[3], "× (gate 1.3)"),
    ]


def _measure(transactions: int) -> list[float]:
    # A process of its own, so that its peak is its own.
    words = [sys.executable, "-m", "benchmarks.citizens", str(transactions)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return [float(figure) for figure in done.stdout.split()]


def _write_transactions(path: Path, count: int) -> None:
    """Write a list in which people have several transactions and many have no address."""
    chance = random.Random(1)
    people = int(count / PER_PERSON)
    days = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "Số hồ sơ;Thủ tục;Nơi giải quyết;Kênh;Ngày nhận;Ngày trả;Người nộp;Email;Điện thoại\n"
        )
        for number in range(count):
            person = chance.randrange(people)
            returned = days[number % DAYS]
            received = returned - timedelta(days=person % 20)
            address = f"nd{person}@hop-thu.example"
            file.write(
                f"H{number:08};{SERVICES[number % 3]};{UNITS[person % 40]};"
                f"{'online' if number % 4 else 'counter'};{received:%d/%m/%Y};"
                f"{returned:%d/%m/%Y};Người nộp {person};"
                f"{address if person % 10 < 10 * SHARE_WITH_ADDRESS else ''};"
                f"09{person:08}\n"
            )


def _play(transactions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        settings = read_settings({"SURVEY_DATA": folder})
        keys = open_key_ring(settings.keys, SystemEntropy())
        database = Database(settings.database_url)
        upgrade(database)
        clock = SteppedClock(OPENS)
        units = "".join(f"{code};UBND xã {code};XA\n" for code in UNITS)
        (base / "units.csv").write_text("Mã đơn vị;Tên đơn vị;Loại đơn vị\n" + units, "utf-8")
        (base / "mapping.toml").write_text(MAPPING, "utf-8")
        (base / "wave.toml").write_text(WAVE, "utf-8")
        _write_transactions(base / "list.csv", transactions)
        import_units(database, clock, base / "units.csv", actor="bench")
        wave = create_wave(database, clock, base / "wave.toml", actor="bench").code
        marks = [time.perf_counter()]
        import_transactions(
            database,
            clock,
            Pseudonyms(keys),
            base / "list.csv",
            read_mapping(base / "mapping.toml"),
            actor="bench",
        )
        marks.append(time.perf_counter())
        drawn = draw_sample(database, clock, SystemEntropy(), keys, code=wave, actor="bench")
        marks.append(time.perf_counter())
        opened = open_wave(database, clock, SystemEntropy(), settings, code=wave, actor="bench")
        marks.append(time.perf_counter())
        if opened.invitations != drawn.invited:
            raise RuntimeError(f"{opened.invitations} invitations for {drawn.invited} people")
        database.close()
    steps = [after - before for before, after in pairwise(marks)]
    sys.stdout.write(" ".join(map(str, [*steps, peak_memory(), drawn.invited])))


if __name__ == "__main__":
    _play(int(sys.argv[1]))

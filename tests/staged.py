"""A draft wave of the two-unit example, staged by the same steps that staff take."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from survey_service.clock import SteppedClock
from survey_service.config import Settings, read_settings
from survey_service.entropy import SeededEntropy
from survey_service.frame.units import import_units
from survey_service.store.database import Database
from survey_service.waves.drafting import create_wave
from survey_service.waves.opening import Opened, open_wave
from survey_service.waves.people import ListImported, import_contacts

CODE = "hai-xa"
ACTOR = "Phòng Nội vụ"
BEFORE = datetime(2025, 3, 1, 2, tzinfo=UTC)
FIRST_DAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
"""Eight in the morning in Viet Nam."""
AFTER = datetime(2025, 3, 14, 17, tzinfo=UTC)
"""Midnight in Viet Nam at the end of the last day."""

UNITS = """Mã đơn vị;Tên đơn vị;Tên tiếng Anh;Loại đơn vị;Hiệu lực từ
XA1;UBND xã Một;Commune One;XA;01/01/2020
XA2;UBND xã Hai;Commune Two;XA;
"""

WAVE = """
code = "hai-xa"
definitions = "two-units"
opens = 2025-03-03
closes = 2025-03-14
seed = 7
reminders = [3, 7]
title = { vi = "Đánh giá hai xã", en = "Rating of two communes" }
letter = { number = "12/UBND", date = 2025-02-20, signatory = "Chủ tịch UBND" }

[sender]
organisation = { vi = "Phòng Nội vụ", en = "Office of Home Affairs" }
telephone = "0213 300 000"
page = "https://noivu.example/thong-bao"
reply_to = "hotro@khaosat.example"

[privacy]
legal_basis = { vi = "nhiệm vụ công", en = "public task" }
kept_until = 2025-12-31
contact = "hotro@khaosat.example"
"""

HEADING = "Họ và tên;Thư điện tử;Nhóm đối tượng;Đơn vị công tác;Đơn vị giải quyết;Thủ tục;Tháng\n"


def contacts(each: int = 6) -> str:
    """Write a sound list with so many people of each group for each unit."""
    lines = [HEADING]
    for unit in ("XA1", "XA2"):
        for number in range(each):
            name = f"{unit.lower()}.{number}"
            lines += [
                f"Lãnh đạo số {number};cx.{name}@xa.example;CX;{unit};;;\n",
                f"Cán bộ số {number};cb.{name}@xa.example;CB;{unit};;;\n",
                f"Người dân số {number};nd.{name}@dan.example;ND;;{unit};Khai sinh;02/2025\n",
            ]
    return "".join(lines)


def write_workbook(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write rows to the first sheet of a workbook; a second sheet holds something else."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        first = book.add_worksheet()  # pyright: ignore[reportUnknownMemberType]
        for line, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                first.write(line, place, cell)  # pyright: ignore[reportUnknownMemberType]
        second = book.add_worksheet("khác")  # pyright: ignore[reportUnknownMemberType]
        second.write(0, 0, "không đọc trang này")  # pyright: ignore[reportUnknownMemberType]


class Stage:
    """A database, a clock and a folder, with the staff's steps as methods."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.clock = SteppedClock(BEFORE)
        self.entropy = SeededEntropy(1)
        self.settings: Settings = read_settings(
            {
                "SURVEY_DATA": str(folder),
                "SURVEY_PUBLIC_URL": "https://khaosat.example",
                "SURVEY_SMTP_URL": "smtps://thu.example",
                "SURVEY_MAIL_FROM": "khaosat@coquan.gov.vn",
            }
        )

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file and give its path."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def create(self, wave: str = WAVE, units: str = UNITS) -> None:
        """Import the register and create the draft wave."""
        import_units(self.database, self.clock, self.file("units.csv", units), actor=ACTOR)
        create_wave(self.database, self.clock, self.file("wave.toml", wave), actor=ACTOR)

    def invite(
        self, content: str | bytes, *, name: str = "c.csv", replace: bool = False
    ) -> ListImported:
        """Import a contact list."""
        path = self.file(name, content)
        return import_contacts(
            self.database, self.clock, path, code=CODE, actor=ACTOR, replace=replace
        )

    def open(self) -> Opened:
        """Open the wave on the clock's day."""
        return open_wave(
            self.database, self.clock, self.entropy, self.settings, code=CODE, actor=ACTOR
        )

    def opened(self) -> Opened:
        """Take every step up to the opening on the first day."""
        self.create()
        self.invite(contacts())
        self.clock.move_to(FIRST_DAY)
        return self.open()

"""Lists of transactions as a made source of one-stop software delivers them."""

import csv
from collections.abc import Mapping as Fields
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from survey_service.clock import SteppedClock
from survey_service.entropy import SeededEntropy
from survey_service.keys import new_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.people import Unit
from survey_service.store.transactions import Transaction
from survey_service.transactions.importing import TransactionsImported, import_transactions
from survey_service.transactions.mapping import Mapping, read_mapping

NOW = datetime(2026, 3, 20, 3, tzinfo=UTC)
KEYS = new_key_ring(SeededEntropy(7))
PSEUDONYMS = Pseudonyms(KEYS)
HEADINGS = {
    "number": "Mã hồ sơ",
    "service": "Thủ tục",
    "unit": "Cơ quan",
    "channel": "Hình thức",
    "received": "Ngày nhận",
    "due": "Hẹn trả",
    "returned": "Ngày trả",
    "name": "Người nộp",
    "email": "Thư điện tử",
    "telephone": "Điện thoại",
}
USUAL = {
    "service": "Đất đai",
    "unit": "UBND xã Một",
    "channel": "Trực tuyến",
    "received": "01/03/2026 08:00",
    "due": "15/03/2026",
    "returned": "10/03/2026 16:30:12",
    "name": "Nguyễn Văn An",
}
MAPPING = "\n".join(
    (
        'source = "mot-cua"',
        "[columns]",
        *(f'{field} = "{heading}"' for field, heading in HEADINGS.items()),
        "[services]",
        '"Đất đai" = "DD"',
        '"Hộ tịch" = "HT"',
        "[units]",
        '"UBND xã Một" = "XA1"',
        '"UBND xã Hai" = "XA2"',
        "[channels]",
        '"Trực tuyến" = "online"',
        '"Trực tiếp" = "direct"',
    )
)

Row = Fields[str, str]


def clock() -> SteppedClock:
    return SteppedClock(NOW)


def made_mapping(folder: Path, text: str = MAPPING) -> Mapping:
    return read_mapping(written(folder / "mapping.toml", text))


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def register(database: Database) -> None:
    with database.writing() as session:
        for code in ("XA1", "XA2"):
            session.add(Unit(code=code, name_vi=code, name_en=code, unit_class="XA"))


def made_file(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows by field; what a row does not say is as usual."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow([*HEADINGS.values(), "Cán bộ thụ lý"])
        for row in rows:
            whole = {**USUAL, **row}
            table.writerow([*(whole.get(field, "") for field in HEADINGS), "Trần Thị Bình"])
    return path


def deliver(
    database: Database,
    folder: Path,
    *rows: Row,
    name: str = "list.csv",
    mapping: str = MAPPING,
    **more: Any,
) -> TransactionsImported:
    """Import rows as a file of their own."""
    return import_transactions(
        database,
        clock(),
        PSEUDONYMS,
        made_file(folder / name, rows),
        made_mapping(folder, mapping),
        actor="test",
        **more,
    )


def kept(database: Database) -> dict[str, Transaction]:
    """Give every transaction by its number."""
    with database.reading() as session:
        return {row.number: row for row in session.scalars(select(Transaction))}

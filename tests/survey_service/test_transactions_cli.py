import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kinds import SQLITE_ALONE
from made_lists import MAPPING, clock, made_file, register, written

from survey_service.cli.transactions import transactions
from survey_service.cli.wiring import Wiring
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.store.database import Database
from survey_service.transactions.coverage import coverage, frame_report
from survey_service.transactions.importing import digest_of
from survey_service.transactions.mapping import read_mapping
from survey_service.transactions.sources import is_token_of

DOCS = Path(__file__).parents[2] / "docs" / "examples"
AN = {"number": "1", "email": "an@gmail.com", "telephone": "0912345678"}
ROWS = [
    AN,
    {**AN, "number": "2", "returned": "05/02/2026", "received": "", "unit": "UBND xã Hai"},
    {"number": "3", "telephone": "0912345678", "service": "Hộ tịch"},
    {"number": "4", "telephone": "0987654321", "channel": "Trực tiếp"},
    {"number": "5"},
    {"number": "6", "email": "chi@gmail.com", "returned": ""},
    *({"number": f"d{n}", "email": "dich-vu@gmail.com"} for n in range(21)),
]


@pytest.fixture
def wiring(database: Database, tmp_path: Path) -> Wiring:
    register(database)
    settings = replace(read_settings({}), data=tmp_path / "data")
    return Wiring(settings=settings, database=database, clock=clock(), entropy=SeededEntropy(1))


def run(wiring: Wiring, *words: str | Path) -> Result:
    return CliRunner().invoke(transactions, [str(word) for word in words], obj=wiring)


def imported(wiring: Wiring, folder: Path) -> Result:
    path = made_file(folder / "list.csv", ROWS)
    mapping = written(folder / "mapping.toml", MAPPING)
    return run(wiring, "import", path, "--mapping", mapping)


@SQLITE_ALONE
def test_an_import_is_told_in_both_languages_and_only_once_done(
    wiring: Wiring, tmp_path: Path
) -> None:
    first = imported(wiring, tmp_path)
    assert first.exit_code == 0
    assert "27 dòng: thêm 27, sửa 0" in first.output
    assert "27 rows: added 27, changed 0" in first.output
    assert "nothing was changed" in imported(wiring, tmp_path).output


@SQLITE_ALONE
def test_mistakes_are_told_on_stderr_with_exit_code_1(wiring: Wiring, tmp_path: Path) -> None:
    path = made_file(tmp_path / "list.csv", [{"number": "", "unit": "?"}])
    mapping = written(tmp_path / "mapping.toml", MAPPING)
    told = run(wiring, "import", path, "--mapping", mapping)
    assert told.exit_code == 1
    assert "LỖI / ERROR: list.csv, dòng/line 2, cột/column A “Mã hồ sơ”" in told.stderr
    skipped = run(wiring, "import", path, "--mapping", mapping, "--skip-errors", "--json")
    assert skipped.exit_code == 0
    assert json.loads(skipped.output)["refused"] == 1


def test_a_report_says_how_far_the_lists_reach(wiring: Wiring, tmp_path: Path) -> None:
    imported(wiring, tmp_path)
    march = ("--from", "2026-03-01", "--to", "31/03/2026", "--source", "mot-cua")
    found = json.loads(run(wiring, "report", *march, "--json").output)
    assert (found["transactions"], found["email"], found["telephone"]) == (25, 22, 2)
    assert found["people"] == {
        "persons": 3,
        "with_one": 1,
        "with_two": 1,
        "with_more": 1,
        "most": 21,
        "shared": 1,
        "shared_transactions": 21,
    }
    rows = {(row["field"], row["value"]): row for row in found["coverage"]}
    assert rows["month", "2026-03"]["transactions"] == 25
    assert ("unit", "XA2") not in rows
    assert (rows["service", "HT"]["email"], rows["service", "HT"]["telephone"]) == (0, 1)
    told = run(wiring, "report", "--lang", "en").output
    assert "26 transactions: 23 with an e-mail address, 2 with a telephone only" in told
    assert "1 addresses or telephones stand behind more than 20" in told
    lines = [line.split() for line in told.splitlines()]
    assert ["2026-02", "1", "1", "100.0", "0"] in lines
    assert ["direct", "1", "0", "0.0", "1"] in lines


@SQLITE_ALONE
def test_a_report_of_no_list_is_empty(wiring: Wiring) -> None:
    with wiring.database.reading() as session:
        day = clock().now().date()
        assert coverage(session, ("mot-cua",), day, day) == ()
        assert frame_report(session, (), day, day).people.most == 0


def test_old_transactions_are_purged_by_command(wiring: Wiring, tmp_path: Path) -> None:
    imported(wiring, tmp_path)
    told = run(wiring, "purge", "--before", "01/03/2026")
    assert "Đã xóa 1 giao dịch" in told.output
    again = json.loads(run(wiring, "purge", "--before", "2026-03-01", "--json").output)
    assert again == {"deleted": 0, "kept": 0}


@SQLITE_ALONE
def test_a_feed_is_opened_looked_at_and_taken(wiring: Wiring, tmp_path: Path) -> None:
    opened = run(wiring, "source", written(tmp_path / "m.toml", MAPPING), "--json")
    incoming = Path(json.loads(opened.output)["incoming"])
    assert "There are no files" in run(wiring, "feed").output
    path = made_file(incoming / "day.csv", [AN, {"number": "9", "unit": "?"}])
    long_ago = (clock().now() - timedelta(days=1)).timestamp()
    os.utime(path, (long_ago, long_ago))
    stuck = run(wiring, "feed", "--look")
    assert stuck.exit_code == 1
    assert "mot-cua/day.csv: CHƯA ĐỦ ĐÃ LÂU" in stuck.output
    path.with_name("day.csv.sha256").write_text(digest_of(path))
    assert json.loads(run(wiring, "feed", "--source", "khac", "--json").output) == []
    taken = run(wiring, "feed", "--source", "mot-cua")
    assert taken.exit_code == 0
    assert "2 rows: added 1" in taken.output
    assert "“?” is not in [units]" in taken.stderr


@SQLITE_ALONE
def test_a_token_is_shown_once(wiring: Wiring, tmp_path: Path) -> None:
    assert "không mở được tệp" in run(wiring, "token", "mot-cua").stderr
    run(wiring, "source", written(tmp_path / "m.toml", MAPPING))
    token = run(wiring, "token", "mot-cua").output.splitlines()[-1]
    assert is_token_of(wiring.settings, "mot-cua", token)


@SQLITE_ALONE
def test_the_documented_example_reads_and_its_mistakes_are_told(wiring: Wiring) -> None:
    mapping = DOCS / "transactions-mapping.toml"
    assert read_mapping(mapping).source == "mot-cua"
    whole = run(wiring, "import", DOCS / "transactions.csv", "--mapping", mapping)
    assert whole.exit_code == 0, whole.output
    wrong = run(wiring, "import", DOCS / "transactions-with-mistakes.csv", "--mapping", mapping)
    assert wrong.exit_code == 1
    assert len(wrong.stderr.splitlines()) == 7

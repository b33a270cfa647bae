import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from kinds import SQLITE_ALONE
from made_lists import KEYS, MAPPING, clock, kept, made_file, register, written
from sqlalchemy import func, select

from questionnaires.problems import ProblemsError
from survey_service.config import Settings, read_settings
from survey_service.entropy import SeededEntropy
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.transactions import Delivery
from survey_service.transactions.feed import FeedFile, look_at_feeds, take_feeds
from survey_service.transactions.importing import digest_of
from survey_service.transactions.sources import (
    SourceFolder,
    install_mapping,
    is_token_of,
    new_token,
    source_folder,
)

AN = {"number": "1", "email": "an@gmail.com"}
BINH = {"number": "2", "email": "binh@gmail.com"}


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    return replace(read_settings({}), data=tmp_path / "data")


@pytest.fixture
def folder(database: Database, place: Settings, tmp_path: Path) -> SourceFolder:
    register(database)
    return install_mapping(place, written(tmp_path / "mapping.toml", MAPPING))


def put(folder: SourceFolder, name: str, *rows: dict[str, str], whole: bool = True) -> Path:
    path = made_file(folder.incoming / name, rows)
    now = clock().now().timestamp()
    os.utime(path, (now, now))
    if whole:
        beside = path.with_name(f"{name}.sha256")
        beside.write_text(f"{digest_of(path)}  {name}\n")
    return path


def take(database: Database, place: Settings) -> list[tuple[str, str]]:
    return [(file.name, file.state) for file in taken(database, place)]


def taken(database: Database, place: Settings) -> tuple[FeedFile, ...]:
    return take_feeds(database, clock(), KEYS, place)


def test_whole_files_are_taken_in_order_and_moved_away(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    put(folder, "2026-03-20.csv", AN, BINH)
    put(folder, "2026-03-19.csv", {**AN, "returned": ""})
    assert take(database, place) == [("2026-03-19.csv", "taken"), ("2026-03-20.csv", "taken")]
    assert kept(database)["1"].returned is not None
    assert list(folder.incoming.iterdir()) == []
    assert len(list(folder.done.iterdir())) == 2
    assert take(database, place) == []


@SQLITE_ALONE
def test_a_half_written_file_waits_until_its_checksum_fits(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    path = put(folder, "day.csv", AN, BINH)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    now = clock().now().timestamp()
    os.utime(path, (now, now))
    assert take(database, place) == [("day.csv", "waiting")]
    assert kept(database) == {}
    path.write_bytes(whole)
    assert [file.state for file in look_at_feeds(clock(), place)] == ["ready"]
    assert take(database, place) == [("day.csv", "taken")]
    assert set(kept(database)) == {"1", "2"}


@SQLITE_ALONE
def test_a_file_that_waits_for_long_is_told_as_a_trouble(
    database: Database,
    place: Settings,
    folder: SourceFolder,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = put(folder, "day.csv", AN, whole=False)
    assert take(database, place) == [("day.csv", "waiting")]
    long_ago = (clock().now() - timedelta(hours=7)).timestamp()
    os.utime(path, (long_ago, long_ago))
    assert take(database, place) == [("day.csv", "stuck")]
    assert "feed mot-cua: day.csv is stuck" in caplog.text


@SQLITE_ALONE
def test_wrong_rows_do_not_keep_the_others_waiting_and_are_listed(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    put(folder, "day.csv", AN, {"number": "3", "unit": "?"})
    assert take(database, place) == [("day.csv", "taken")]
    assert set(kept(database)) == {"1"}
    (listed,) = folder.done.glob("*.problems.txt")
    assert "day.csv, dòng/line 3" in listed.read_text(encoding="utf-8")


def test_a_crash_between_the_commit_and_the_move_takes_nothing_twice(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    put(folder, "day.csv", AN)
    taken(database, place)
    # The file still lies there, as it does where the process ended before it was moved.
    put(folder, "day.csv", AN)
    (file,) = taken(database, place)
    assert file.state == "taken"
    assert file.imported is not None
    assert file.imported.already
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_workers_that_take_one_file_at_once_take_it_once(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    put(folder, "day.csv", *({**AN, "number": str(n)} for n in range(200)))
    with ThreadPoolExecutor(3) as workers:
        each = list(workers.map(take, [database] * 3, [place] * 3))
    assert {state for files in each for _, state in files} == {"taken"}
    assert len(kept(database)) == 200
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == 1


@SQLITE_ALONE
def test_a_file_or_source_that_cannot_be_used_keeps_no_other_waiting(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    other = source_folder(place, "kho")
    other.make()
    written(other.mapping, MAPPING)
    put(other, "a.csv", AN)
    path = folder.incoming / "a.csv"
    path.write_text("Không;phải;danh;sách\n1;2;3;4\n", encoding="utf-8")
    path.with_name("a.csv.sha256").write_text(digest_of(path).upper())
    put(folder, "b.csv", BINH)
    files = taken(database, place)
    assert [(file.source, file.name, file.state) for file in files] == [
        ("kho", "mapping.toml", "refused"),
        ("mot-cua", "a.csv", "refused"),
        ("mot-cua", "b.csv", "taken"),
    ]
    assert "not the folder's name" in files[0].problems[0].message.en
    assert path.exists()
    assert set(kept(database)) == {"2"}


@SQLITE_ALONE
def test_a_taken_file_is_deleted_after_a_week(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    put(folder, "day.csv", AN)
    taken(database, place)
    later = clock()
    later.move_to(later.now() + timedelta(days=8))
    take_feeds(database, later, KEYS, place)
    assert list(folder.done.iterdir()) == []


@SQLITE_ALONE
def test_a_source_has_one_token_of_which_only_the_hash_is_kept(
    place: Settings, folder: SourceFolder
) -> None:
    first = new_token(place, SeededEntropy(1), "mot-cua")
    second = new_token(place, SeededEntropy(2), "mot-cua")
    assert is_token_of(place, "mot-cua", second)
    for wrong in (first, "", second.upper()):
        assert not is_token_of(place, "mot-cua", wrong)
    assert not is_token_of(place, "kho", second)
    assert not is_token_of(place, "../mot-cua", second)
    assert second not in folder.token.read_text()
    assert folder.token.stat().st_mode & 0o077 == 0
    with pytest.raises(ProblemsError):
        new_token(place, SeededEntropy(1), "kho")
    with pytest.raises(ProblemsError, match="not the code of a source"):
        new_token(place, SeededEntropy(1), "../kho")


@pytest.mark.parametrize("name", [os.fsdecode(b"b\xff.csv"), "b\n.csv"])
def test_a_name_that_cannot_be_written_down_keeps_no_other_file_waiting(
    database: Database, place: Settings, folder: SourceFolder, name: str
) -> None:
    put(folder, "a.csv", AN)
    put(folder, "plain.csv", BINH)
    for ending in ("", ".sha256"):
        (folder.incoming / f"plain.csv{ending}").replace(folder.incoming / f"{name}{ending}")
    put(folder, "c.csv", {"number": "3"})
    assert [name for name, state in take(database, place) if state == "taken"] == ["a.csv", "c.csv"]
    (refused,) = taken(database, place)
    assert refused.state == "refused"
    assert refused.name.isprintable()
    assert "đổi tên" in refused.problems[0].line()
    assert [file.name for file in look_at_feeds(clock(), place)] == [refused.name]


def test_a_checksum_that_is_a_pipe_keeps_nobody_waiting(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    put(folder, "a.csv", AN, whole=False)
    os.mkfifo(folder.incoming / "a.csv.sha256")
    with ThreadPoolExecutor(1) as other:
        taking = other.submit(take, database, place)
        try:
            assert taking.result(timeout=10) == [("a.csv", "waiting")]
        finally:
            # Whoever waits at the other end is let go.
            os.close(os.open(folder.incoming / "a.csv.sha256", os.O_RDWR | os.O_NONBLOCK))


def test_a_folder_among_the_files_that_were_taken_keeps_nobody_waiting(
    database: Database, place: Settings, folder: SourceFolder
) -> None:
    old = clock().now().timestamp() - timedelta(days=30).total_seconds()
    for made in (folder.done / "2026", folder.done / "a.csv"):
        made.mkdir() if made.suffix == "" else made.write_text("x")
        os.utime(made, (old, old))
    put(folder, "b.csv", AN)
    assert take(database, place) == [("b.csv", "taken")]
    assert take(database, place) == []
    names = sorted(path.name for path in folder.done.iterdir())
    assert names[0] == "2026"
    assert "a.csv" not in names

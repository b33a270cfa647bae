import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kinds import SQLITE_ALONE
from made_lists import (
    HEADINGS,
    MAPPING,
    PSEUDONYMS,
    USUAL,
    clock,
    deliver,
    kept,
    made_file,
    made_mapping,
    register,
)
from made_waves import PLAN, make_wave
from sqlalchemy import delete, func, select

from questionnaires.problems import ProblemsError
from survey_service.entropy import SeededEntropy
from survey_service.frame.sheets import Row, read_rows
from survey_service.keys import new_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Unit
from survey_service.store.transactions import (
    AskedPerson,
    Delivery,
    Sample,
    SampledPerson,
    Transaction,
)
from survey_service.transactions.deliveries import Delivered
from survey_service.transactions.importing import import_delivery, import_transactions
from survey_service.transactions.purging import TransactionsPurged, purge_transactions

AN = {"number": "1", "email": "An@GMAIL.com", "telephone": "0912 345 678"}
BINH = {"number": "2", "telephone": "+84 987654321", "channel": "TRỰC TIẾP"}


@pytest.fixture(autouse=True)
def _registered(database: Database) -> None:
    register(database)


def draw(database: Database, row: Transaction, state: str) -> None:
    """Let a transaction's person be drawn for a wave of their own."""
    assert row.person is not None
    made = make_wave(database, [], plan=msgspec.structs.replace(PLAN, code=f"dot-{row.number}"))
    with database.writing() as session:
        session.add(Sample(wave_id=made.wave, drawn_at=clock().now(), commitment="0" * 64))
        session.flush()
        session.add(
            SampledPerson(
                wave_id=made.wave,
                person=row.person,
                transaction_id=row.id,
                stratum="XA1",
                place=1,
                transactions=1,
                state=state,
            )
        )


def refused(database: Database, folder: Path, *rows: dict[str, str]) -> str:
    with pytest.raises(ProblemsError) as caught:
        deliver(database, folder, *rows)
    assert kept(database) == {}
    return str(caught.value)


def test_a_row_is_kept_with_codes_days_and_digests(database: Database, tmp_path: Path) -> None:
    done = deliver(database, tmp_path, AN, BINH, {"number": "3", "email": "không có"})
    assert (done.rows, done.added, done.no_email, done.no_contact) == (3, 3, 2, 1)
    rows = kept(database)
    an, binh = rows["1"], rows["2"]
    assert (an.source, an.service, an.unit, an.channel) == ("mot-cua", "DD", "XA1", "online")
    assert (an.received, an.due, an.returned) == (
        date(2026, 3, 1),
        date(2026, 3, 15),
        date(2026, 3, 10),
    )
    assert (an.name, an.email) == ("Nguyễn Văn An", "An@gmail.com")
    assert an.person == PSEUDONYMS.person("an@gmail.com")
    assert an.telephone == PSEUDONYMS.person("0912345678")
    assert an.delivered_on == date(2026, 3, 20)
    assert (binh.channel, binh.email) == ("direct", "")
    assert binh.person == binh.telephone == PSEUDONYMS.person("0987654321")
    assert (rows["3"].person, rows["3"].email) == (None, "")


@SQLITE_ALONE
def test_nothing_kept_tells_a_telephone_or_the_official(database: Database, tmp_path: Path) -> None:
    deliver(database, tmp_path, AN, BINH)
    with database.reading() as session:
        rows = session.execute(select(Transaction.__table__)).all()
        journal = session.scalars(select(JournalEntry)).all()
    said = repr(rows) + repr([entry.details for entry in journal])
    assert not any(word in said for word in ("912345678", "987654321", "Bình"))
    contents = {row.content for row in rows}
    other = Pseudonyms(new_key_ring(SeededEntropy(8)))
    path, mapping = tmp_path / "list.csv", made_mapping(tmp_path)
    with database.writing() as session:
        for table in (Transaction, Delivery):
            session.execute(delete(table))
    import_transactions(database, clock(), other, path, mapping, actor="test")
    # Whoever has no key cannot try numbers until the digest of a row fits.
    assert contents.isdisjoint(row.content for row in kept(database).values())


@SQLITE_ALONE
def test_everything_wrong_is_told_by_line_and_column_and_nothing_is_written(
    database: Database, tmp_path: Path
) -> None:
    said = refused(
        database,
        tmp_path,
        AN,
        {"number": "", "service": "Thuế", "unit": "UBND xã Ba", "channel": ""},
        {"number": "3", "received": "31/02/2026", "due": "mai", "returned": "21/03/2026"},
        {"number": "4", "received": "11/03/2026", "returned": "10/03/2026"},
        {"number": "1", "name": "Khác"},
    )
    for place, word in (
        ("dòng/line 3, cột/column A “Mã hồ sơ”", "the file number is missing"),
        ("dòng/line 3, cột/column B “Thủ tục”", "“Thuế” is not in [services]"),
        ("dòng/line 3, cột/column C “Cơ quan”", "“UBND xã Ba” is not in [units]"),
        ("dòng/line 3, cột/column D “Hình thức”", "is empty"),
        ("dòng/line 4, cột/column E “Ngày nhận”", "“31/02/2026” is no real date"),
        ("dòng/line 4, cột/column F “Hẹn trả”", "“mai” is no real date"),
        ("dòng/line 4, cột/column G “Ngày trả”", "has not come yet"),
        ("dòng/line 5, cột/column G “Ngày trả”", "before the file was received"),
        ("dòng/line 6, cột/column A “Mã hồ sơ”", "“1” stands in line 2 with other content"),
    ):
        assert any(place in line and word in line for line in said.splitlines()), place


@SQLITE_ALONE
def test_wrong_rows_are_left_out_and_the_others_get_in(database: Database, tmp_path: Path) -> None:
    rows = (
        AN,
        BINH,
        BINH,
        {"number": "3", "unit": "UBND xã Ba"},
        {"number": "4"},
        {"number": "4", "due": ""},
    )
    done = deliver(database, tmp_path, *rows, skip_errors=True)
    assert set(kept(database)) == {"1", "2"}
    assert (done.rows, done.added, done.repeated, done.refused) == (6, 2, 1, 3)
    assert [found.severity for found in done.problems] == ["error", "error"]
    # Once the word is known, the same file brings the row in that was left out.
    whole = MAPPING.replace("[channels]", '"UBND xã Ba" = "XA2"\n[channels]')
    again = deliver(database, tmp_path, *rows, mapping=whole, skip_errors=True)
    assert (again.added, again.unchanged, again.refused) == (1, 2, 2)


@SQLITE_ALONE
def test_a_unit_outside_the_register_is_refused(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        session.execute(delete(Unit).where(Unit.code == "XA2"))
    assert "XA2 is not in the register" in refused(
        database, tmp_path, {**AN, "unit": "UBND xã Hai"}
    )


@SQLITE_ALONE
def test_a_file_of_one_desk_has_its_codes_by_default(database: Database, tmp_path: Path) -> None:
    text = MAPPING.replace('unit = "Cơ quan"\n', "").replace('channel = "Hình thức"\n', "")
    text += '\n[default]\nunit = "XA2"\nchannel = "direct"\n'
    deliver(database, tmp_path, AN, mapping=text)
    assert (kept(database)["1"].unit, kept(database)["1"].channel) == ("XA2", "direct")
    wrong = text.replace('"XA2"\nchannel = "direct"', '"XA9"\nchannel = "direct"')
    with pytest.raises(ProblemsError, match="XA9 is not in the register"):
        deliver(database, tmp_path, BINH, mapping=wrong, name="other.csv")


@SQLITE_ALONE
def test_words_are_codes_where_the_mapping_has_no_table(database: Database, tmp_path: Path) -> None:
    text = MAPPING.replace('[services]\n"Đất đai" = "DD"\n"Hộ tịch" = "HT"\n', "")
    deliver(database, tmp_path, {**AN, "service": "1.004.227"}, mapping=text)
    assert kept(database)["1"].service == "1.004.227"
    with pytest.raises(ProblemsError, match="“Đất đai” is not a code"):
        deliver(database, tmp_path, BINH, mapping=text, name="other.csv")


@SQLITE_ALONE
def test_headings_that_are_missing_or_twice_are_told(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    for heading, word in (
        ("Mã hồ sơ;Thủ tục", "there is no column “Cơ quan”"),
        (";".join((*HEADINGS.values(), "MÃ HỒ SƠ")), "there are 2 columns “Mã hồ sơ”"),
        ("", "the file is empty"),
    ):
        path.write_text(f"{heading}\n", encoding="utf-8")
        with pytest.raises(ProblemsError, match=word):
            import_transactions(
                *(database, clock(), PSEUDONYMS, path, made_mapping(tmp_path)),
                actor="test",
                skip_errors=True,
            )


@SQLITE_ALONE
def test_a_row_that_was_cut_in_the_wrong_places_is_not_trusted(
    database: Database, tmp_path: Path
) -> None:
    path = made_file(tmp_path / "list.csv", [{**AN, "name": "An; Bình"}, BINH])
    path.write_text(path.read_text(encoding="utf-8").replace('"', ""), encoding="utf-8")
    done = import_transactions(
        *(database, clock(), PSEUDONYMS, path, made_mapping(tmp_path)),
        actor="test",
        skip_errors=True,
    )
    assert (done.added, done.refused) == (1, 1)
    assert done.problems[0].where == "list.csv, dòng/line 2"
    assert set(kept(database)) == {"2"}


@SQLITE_ALONE
def test_a_day_without_transactions_is_no_error(database: Database, tmp_path: Path) -> None:
    done = deliver(database, tmp_path)
    assert (done.rows, done.added) == (0, 0)
    assert "no transactions" in done.problems[0].message.en


@SQLITE_ALONE
def test_a_name_that_no_letter_can_hold_leaves_nobody_out(
    database: Database, tmp_path: Path
) -> None:
    done = deliver(database, tmp_path, {**AN, "name": "=HYPERLINK()"})
    assert kept(database)["1"].name == ""
    assert [found.severity for found in done.problems] == ["warning"]


@SQLITE_ALONE
def test_a_workbook_is_read_as_a_list_is(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as opened:
        book: Any = opened
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(0, 0, list(HEADINGS.values()))
        row = {**USUAL, **AN, "received": "", "due": "", "telephone": 912345678}
        sheet.write_row(1, 0, [row[field] for field in HEADINGS])
        sheet.write_datetime(1, 6, clock().now().replace(tzinfo=None), day)
    import_transactions(
        *(database, clock(), PSEUDONYMS, path, made_mapping(tmp_path)), actor="test"
    )
    an = kept(database)["1"]
    assert an.returned == date(2026, 3, 20)
    assert an.telephone == PSEUDONYMS.person("0912345678")


def test_the_same_file_again_is_told_and_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    first = deliver(database, tmp_path, AN, BINH)
    again = deliver(database, tmp_path, AN, BINH, name="renamed.csv")
    assert not first.already
    assert again.already
    assert (again.added, again.sha256) == (2, first.sha256)
    with database.reading() as session:
        entries = session.scalars(select(JournalEntry)).all()
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
    assert [entry.event for entry in entries] == ["transactions imported"]
    assert (
        entries[0].details["sha256"]
        == hashlib.sha256((tmp_path / "list.csv").read_bytes()).hexdigest()
    )


def test_a_changed_row_is_brought_up_to_date_in_its_place(
    database: Database, tmp_path: Path
) -> None:
    deliver(database, tmp_path, {**AN, "returned": ""}, BINH)
    place = kept(database)["1"].id
    done = deliver(database, tmp_path, AN, BINH, {"number": "3"}, name="next.csv")
    assert (done.added, done.changed, done.unchanged) == (1, 1, 1)
    an = kept(database)["1"]
    assert (an.id, an.returned) == (place, date(2026, 3, 10))


def test_a_late_file_does_not_undo_that_a_result_was_returned(
    database: Database, tmp_path: Path
) -> None:
    deliver(database, tmp_path, AN)
    late = deliver(database, tmp_path, {**AN, "returned": ""}, BINH, name="late.csv")
    assert (late.older, late.added, late.changed) == (1, 1, 0)
    assert kept(database)["1"].returned == date(2026, 3, 10)


@SQLITE_ALONE
def test_a_delivery_that_comes_again_for_its_refused_rows_undoes_nothing(
    database: Database, tmp_path: Path
) -> None:
    rows = ({**AN, "name": "Cũ"}, {"number": "9", "unit": "UBND xã Ba"})
    first = deliver(database, tmp_path, *rows, skip_errors=True)
    deliver(database, tmp_path, {**AN, "name": "Mới"}, name="next.csv")
    again = deliver(database, tmp_path, *rows, skip_errors=True)
    assert (again.added, again.refused) == (first.added, first.refused) == (1, 1)
    assert kept(database)["1"].name == "Mới"


def test_a_telephone_stands_for_the_one_person_who_has_an_address_with_it(
    database: Database, tmp_path: Path
) -> None:
    phone = {"number": "5", "telephone": "0912345678"}
    deliver(database, tmp_path, phone)
    assert kept(database)["5"].person == PSEUDONYMS.person("0912345678")
    deliver(database, tmp_path, AN, name="b.csv")
    assert kept(database)["5"].person == PSEUDONYMS.person("an@gmail.com")
    # Two people who share a telephone are not told apart by it.
    chi = {"number": "6", "email": "chi@gmail.com", "telephone": "0912345678"}
    deliver(database, tmp_path, chi, name="c.csv")
    assert kept(database)["5"].person == PSEUDONYMS.person("0912345678")
    # A correction gives the telephone back to the one who is left.
    deliver(database, tmp_path, {**chi, "telephone": "0911111112"}, name="d.csv")
    assert kept(database)["5"].person == PSEUDONYMS.person("an@gmail.com")


def test_a_change_after_the_draw_is_counted(database: Database, tmp_path: Path) -> None:
    deliver(database, tmp_path, AN, BINH)
    draw(database, kept(database)["1"], "invited")
    draw(database, kept(database)["2"], "passed")
    changed = deliver(
        *(database, tmp_path, {**AN, "email": "x@gmail.com"}, {**BINH, "name": "B"}), name="b.csv"
    )
    assert (changed.changed, changed.changed_after_draw) == (2, 1)


def test_old_transactions_are_purged_but_those_of_a_sample(
    database: Database, tmp_path: Path
) -> None:
    old = {"received": "", "returned": "01/02/2026"}
    deliver(database, tmp_path, AN, {**AN, **old, "number": "7"}, {**BINH, **old})
    draw(database, kept(database)["7"], "invited")
    with database.writing() as session:
        (wave,) = session.scalars(select(Sample.wave_id))
        session.add_all(
            AskedPerson(person=bytes([n]) * 16, wave_id=wave, asked_on=date(2026, 2, n))
            for n in (1, 2)
        )
    day = date(2026, 2, 2)
    done = purge_transactions(database, clock(), before=day, actor="test")
    assert done == TransactionsPurged(deleted=1, kept=1)
    assert set(kept(database)) == {"1", "7"}
    with database.reading() as session:
        assert session.scalars(select(AskedPerson.asked_on)).all() == [day]
    again = purge_transactions(database, clock(), before=day, actor="test")
    assert again == TransactionsPurged(deleted=0, kept=1)
    with database.reading() as session:
        last = session.scalars(select(JournalEntry)).all()[-1]
    assert (last.event, last.details) == (
        "transactions purged",
        {"before": "2026-02-02", "deleted": 1, "kept": 1},
    )


def test_an_import_that_breaks_off_leaves_nothing(database: Database, tmp_path: Path) -> None:
    path = made_file(tmp_path / "list.csv", [AN, BINH])

    def broken() -> Iterator[Row]:
        rows = read_rows(path)
        yield next(rows)
        yield next(rows)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_delivery(
            *(database, clock(), PSEUDONYMS),
            Delivered(place=path, sha256="0" * 64, rows=broken()),
            made_mapping(tmp_path),
            actor="test",
            skip_errors=True,
        )
    assert kept(database) == {}


@SQLITE_ALONE
def test_a_file_written_to_while_it_is_read_is_refused(database: Database, tmp_path: Path) -> None:
    path = made_file(tmp_path / "list.csv", [{**AN, "number": str(n)} for n in range(5001)])

    def add(_rows: int) -> None:
        with path.open("a") as file:
            file.write("more")

    with pytest.raises(ProblemsError, match="written to while it was read"):
        import_transactions(
            *(database, clock(), PSEUDONYMS, path, made_mapping(tmp_path)),
            actor="test",
            progress=add,
        )
    assert kept(database) == {}


PEOPLE = st.fixed_dictionaries(
    {
        "email": st.sampled_from(["", "a@x.vn", "b@x.vn", "c@x.vn"]),
        "telephone": st.sampled_from(["", "0912345678", "+84 911111112", "0233 123 456 7"]),
        "unit": st.sampled_from(["UBND xã Một", "UBND xã Hai"]),
        "returned": st.sampled_from(["", "12/03/2026"]),
    }
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(people=st.lists(PEOPLE, max_size=12), data=st.data())
def test_however_a_list_is_split_shuffled_and_repeated_the_same_is_kept(
    database: Database, tmp_path: Path, people: list[dict[str, str]], data: st.DataObject
) -> None:
    rows = [{**person, "number": str(n)} for n, person in enumerate(people)]
    deliver(database, tmp_path, *rows)
    whole = _emptied(database)
    parts = data.draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    files = [[row for row, part in zip(rows, parts, strict=True) if part == n] for n in range(3)]
    order = data.draw(st.permutations([0, 1, 2, 0, 1, 2]))
    for n in order:
        deliver(database, tmp_path, *files[n])
    assert _emptied(database) == whole


def _emptied(database: Database) -> dict[str, tuple[Any, ...]]:
    """Give everything kept but the places of rows, and delete it."""
    columns = [column for column in Transaction.__table__.columns if column.name != "id"]
    with database.writing() as session:
        found = {row.number: tuple(row) for row in session.execute(select(*columns))}
        session.execute(delete(Transaction))
        session.execute(delete(Delivery))
    return found

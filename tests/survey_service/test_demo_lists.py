"""The demo's lists look like what an office hands in."""

import csv
import io
from collections import Counter
from dataclasses import replace

from survey_service.demo.lists import contact_list, read_round


def officials(seed: int) -> list[dict[str, str]]:
    text = contact_list(read_round(), seed).decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    return [row for row in rows if row["Nhóm đối tượng"] == "CCVC"]


def test_officials_are_drawn_from_more_than_are_asked() -> None:
    rows = officials(7)
    asked = Counter(row["Đơn vị công tác"] for row in rows)
    totals = {row["Đơn vị công tác"]: int(row["Tổng số"]) for row in rows}
    assert len({(row["Đơn vị công tác"], row["Tổng số"]) for row in rows}) == 20
    assert all(35 <= totals[unit] <= 120 and totals[unit] > asked[unit] for unit in asked)
    assert len(set(totals.values())) > 10


def test_the_same_seed_gives_the_same_list_and_another_one_another() -> None:
    played = read_round()
    assert contact_list(played, 7) == contact_list(played, 7)
    totals = [[row["Tổng số"] for row in officials(seed)] for seed in (7, 8)]
    assert totals[0] != totals[1]


def test_the_staff_of_a_unit_do_not_depend_on_who_else_is_asked() -> None:
    played = read_round()
    fewer = replace(played, people={"CCVC": 20})
    rows = csv.DictReader(io.StringIO(contact_list(fewer, 7).decode("utf-8-sig")), delimiter=";")
    shown = {row["Đơn vị công tác"]: row["Tổng số"] for row in rows}
    assert shown == {row["Đơn vị công tác"]: row["Tổng số"] for row in officials(7)}

"""The lists that an office would hand in: units and contacts of the round, as CSV files."""

import csv
import io
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

UNITS = "units.csv"
CONTACTS = "contacts.csv"

ENGLISH_NAMES = {
    "SNV": "Department of Home Affairs",
    "STC": "Department of Finance",
    "SKHCN": "Department of Science and Technology",
    "SCT": "Department of Industry and Trade",
    "SVHTTDL": "Department of Culture, Sports and Tourism",
    "SLDTBXH": "Department of Labour, Invalids and Social Affairs",
    "SGTVT": "Department of Transport",
    "STNMT": "Department of Natural Resources and Environment",
    "SGDDT": "Department of Education and Training",
    "SNNPTNT": "Department of Agriculture and Rural Development",
    "SXD": "Department of Construction",
    "SYT": "Department of Health",
    "STP": "Department of Justice",
    "SKHDT": "Department of Planning and Investment",
    "STTTT": "Department of Information and Communications",
    "VPUBND": "Office of the Provincial People's Committee",
    "SNgV": "Department of Foreign Affairs",
    "TTT": "Provincial Inspectorate",
    "BDT": "Committee for Ethnic Affairs",
    "BQLKKT": "Provincial Economic Zone Authority",
}

STAFF = (35, 120)
"""The fewest and the most officials of a unit; thirty of each unit are asked."""

SERVICES = (
    "Cấp giấy phép",
    "Đăng ký thay đổi thông tin",
    "Cấp giấy xác nhận",
    "Cấp đổi chứng chỉ",
    "Thẩm định hồ sơ",
)

TITLES = {
    "HDND": "Đại biểu HĐND tỉnh số {n}",
    "LDS": "Lãnh đạo {unit}, người thứ {n}",
    "LDH": "Lãnh đạo UBND huyện số {n}",
    "LDP": "Trưởng phòng chuyên môn cấp huyện số {n}",
    "CCVC": "Công chức, viên chức {unit}, người thứ {n}",
    "ND": "Người dân có hồ sơ số {n}",
    "DN": "Doanh nghiệp có hồ sơ số {n}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundUnit:
    """A rated unit of the round."""

    code: str
    name: str
    unit_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The size of the round: its units, and how many people of each group are asked."""

    opens: str
    closes: str
    units: tuple[RoundUnit, ...]
    people: dict[str, int]


def read_round() -> Round:
    """Read the round of 2022 from its data file."""
    raw: dict[str, Any] = msgspec.json.decode(
        files("survey_service.demo").joinpath("round-2022.json").read_bytes()
    )
    return Round(
        opens=raw["window"]["opens"],
        closes=raw["window"]["closes"],
        units=tuple(
            RoundUnit(code=unit["code"], name=unit["name"], unit_class=unit["class"])
            for unit in raw["units"]
        ),
        people=raw["ballots"],
    )


def unit_list(played: Round) -> bytes:
    """Give the list of units as an office saves it: semicolons, Vietnamese headings, a BOM."""
    rows = [
        (unit.code, unit.name, ENGLISH_NAMES[unit.code], unit.unit_class, "01/01/2016")
        for unit in played.units
    ]
    return _csv(("Mã đơn vị", "Tên đơn vị", "Tên tiếng Anh", "Loại đơn vị", "Hiệu lực từ"), rows)


def contact_list(played: Round, seed: int) -> bytes:
    """Give the list of people as an office saves it; names are roles, addresses `.example`."""
    headings = (
        "Họ và tên",
        "Thư điện tử",
        "Nhóm đối tượng",
        "Đơn vị công tác",
        "Ngôn ngữ",
        "Đơn vị giải quyết",
        "Thủ tục",
        "Tháng",
        "Tổng số",
    )
    chance = random.Random(f"lists {seed}")
    staff = _staff(played, seed)
    return _csv(
        headings, [row for group in played.people for row in _people(played, group, staff, chance)]
    )


def _staff(played: Round, seed: int) -> dict[str, int]:
    """Invent how many officials each unit has; those asked were drawn from them."""
    chance = random.Random(f"staff {seed}")
    return {unit.code: chance.randint(*STAFF) for unit in played.units}


def _people(
    played: Round, group: str, staff: Mapping[str, int], chance: random.Random
) -> Iterator[tuple[str, str, str, str, str, str, str, str, str]]:
    transacting = [unit for unit in played.units if unit.unit_class == "SBN"]
    totals = {unit.code: str(chance.randrange(300, 1500)) for unit in transacting}
    for place in range(played.people[group]):
        own = served = service = month = total = ""
        number = place + 1
        named = None
        if group in {"LDS", "CCVC"}:
            named = played.units[place % len(played.units)]
            own = named.code
            number = place // len(played.units) + 1
            total = str(staff[own]) if group == "CCVC" else ""
        if group in {"ND", "DN"}:
            served = transacting[place % len(transacting)].code
            service = chance.choice(SERVICES)
            month = f"{chance.randrange(1, 13):02d}/2022"
            total = totals[served]
        name = TITLES[group].format(n=number, unit=named.name if named else "")
        language = "en" if chance.random() < 0.01 else "vi"
        address = f"{group.lower()}.{place + 1:04d}@hop-thu.example"
        yield name, address, group, own, language, served, service, month, total


def _csv(headings: tuple[str, ...], rows: list[Any]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")

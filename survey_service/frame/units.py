"""The register of units, from a table: parsed strictly, then written whole or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from questionnaires.text import Text
from survey_service.clock import Clock
from survey_service.frame.cells import Cells
from survey_service.frame.findings import Findings
from survey_service.frame.headings import Field
from survey_service.frame.table import walk_table
from survey_service.frame.values import code, day, several, shown, text
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.people import Unit

UNIT_FIELDS = (
    Field("code", ("Mã đơn vị", "Mã", "Unit code", "Code"), required=True),
    Field("name_vi", ("Tên đơn vị", "Tên", "Đơn vị", "Name", "Unit", "Unit name"), required=True),
    Field("name_en", ("Tên tiếng Anh", "English name", "Name in English")),
    Field("unit_class", ("Loại đơn vị", "Loại", "Unit class", "Class"), required=True),
    Field("valid_from", ("Hiệu lực từ", "Từ ngày", "Valid from")),
    Field("valid_to", ("Hiệu lực đến", "Đến ngày", "Valid to")),
    Field("successor_of", ("Thay thế cho", "Kế thừa", "Successor of")),
    Field("superior", ("Cấp trên", "Đơn vị cấp trên", "Superior")),
    Field("sectors", ("Lĩnh vực", "Ngành, lĩnh vực", "Sector", "Sectors")),
)

_KNOWN = select(Unit.code, Unit.superior)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsImported:
    """How many units an import added and how many it brought up to date."""

    added: int
    updated: int


def import_units(database: Database, clock: Clock, path: Path, *, actor: str) -> UnitsImported:
    """Add a file's units to the register, replacing those whose code is there already.

    Raises ProblemsError with everything that is wrong; nothing is written then.
    """
    with database.writing() as session:
        known = {row.code: row.superior for row in session.execute(_KNOWN)}
        units = parse_units(path, known)
        for unit in units:
            session.merge(unit)
        updated = sum(unit.code in known for unit in units)
        record(
            session,
            clock,
            actor=actor,
            wave="",
            event="units imported",
            details={"added": len(units) - updated, "updated": updated},
        )
    return UnitsImported(added=len(units) - updated, updated=updated)


def parse_units(path: Path, known: Mapping[str, str | None]) -> list[Unit]:
    """Read a file of units; `known` gives the units that are registered and their superiors.

    Raises ProblemsError with every mistake by line and column.
    """
    findings = Findings(file=path.name)
    read: dict[str, tuple[Cells, Unit]] = {}
    for cells in walk_table(path, UNIT_FIELDS, findings):
        unit = _unit(cells)
        if unit.code in read:
            cells.refuse("code", _repeated(unit.code, read[unit.code][0].line))
        elif unit.code:
            read[unit.code] = (cells, unit)
    superiors = {**known, **{code: unit.superior for code, (_, unit) in read.items()}}
    for cells, unit in read.values():
        _check_references(cells, unit, superiors)
    findings.refuse_errors()
    return [unit for _, unit in read.values()]


def _unit(cells: Cells) -> Unit:
    for field in ("code", "name_vi", "unit_class"):
        if not cells.raw(field):
            cells.refuse(field, Text(vi="không được để trống.", en="must not be empty."))
    valid_from = cells.read("valid_from", day, None)
    valid_to = cells.read("valid_to", day, None)
    if valid_from and valid_to and valid_to < valid_from:
        cells.refuse(
            "valid_to",
            Text(
                vi=f"ngày hết hiệu lực {valid_to:%d/%m/%Y} trước ngày có hiệu lực "
                f"{valid_from:%d/%m/%Y}.",
                en=f"the last day {valid_to:%d/%m/%Y} is before the first {valid_from:%d/%m/%Y}.",
            ),
        )
    name = cells.read("name_vi", text, "")
    return Unit(
        code=cells.read("code", code, ""),
        name_vi=name,
        name_en=cells.read("name_en", text, "") or name,
        unit_class=cells.read("unit_class", code, ""),
        valid_from=valid_from,
        valid_to=valid_to,
        successor_of=list(cells.read("successor_of", several(code), ())),
        superior=cells.read("superior", code, None),
        sectors=list(cells.read("sectors", several(text), ())),
    )


def _repeated(code: str, line: int) -> Text:
    return Text(
        vi=f"mã {shown(code)} đã có ở dòng {line}; mỗi đơn vị chỉ ghi một dòng.",
        en=f"the code {shown(code)} stands in line {line} already; one line per unit.",
    )


def _check_references(cells: Cells, unit: Unit, superiors: Mapping[str, str | None]) -> None:
    for field, codes in (
        ("superior", (unit.superior,) if unit.superior else ()),
        ("successor_of", unit.successor_of),
    ):
        for named in _strangers(codes, superiors):
            cells.refuse(
                field,
                Text(
                    vi=f"không có đơn vị nào mã {shown(named)} trong tệp hoặc trong danh mục.",
                    en=f"no unit in the file or the register has the code {shown(named)}.",
                ),
            )
    if unit.code in unit.successor_of:
        cells.refuse(
            "successor_of",
            Text(vi="đơn vị không thể thay thế chính mình.", en="a unit cannot succeed itself."),
        )
    if _answers_to_itself(unit.code, superiors):
        cells.refuse(
            "superior",
            Text(
                vi="cấp trên tạo thành vòng lặp trở lại chính đơn vị này.",
                en="the superiors lead in a circle back to this unit.",
            ),
        )


def _strangers(codes: Iterable[str], known: Mapping[str, str | None]) -> list[str]:
    return [code for code in codes if code not in known]


def _answers_to_itself(code: str, superiors: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    above = superiors.get(code)
    while above is not None and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = superiors.get(above)
    return False

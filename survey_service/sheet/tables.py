"""The score sheet as tables with Vietnamese headings, as an official reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from questionnaires.index import Code
from survey_service.sheet.lines import Line, lines
from survey_service.sheet.notes import line_note, note
from survey_service.sheet.score_sheet import (
    ClassSheet,
    Extreme,
    Interval,
    NotApplicable,
    NotMeasurable,
    ProvinceFigure,
    Published,
    Result,
    ScoreSheet,
    Suppressed,
    Turnout,
    TurnoutSuppressed,
    UnitSheet,
)

Cell = str | int | Decimal | None
HIDDEN = "ẩn (ít người)"
LIST_KINDS = {
    "census": "toàn bộ",
    "drawn": "chọn ngẫu nhiên",
    "nominated": "được giới thiệu",
    "volunteers": "tự nguyện trả lời",
}
LEVELS = {
    "unit": "Đơn vị",
    "total": "Tổng điểm",
    "component": "Lĩnh vực",
    "criterion": "Tiêu chí",
    "leaf": "Tiêu chí chấm điểm",
    "group": "Nhóm trên tiêu chí",
    "turnout": "Phiếu của nhóm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: tab name, title, headings with their column widths, rows."""

    tab: str
    title: str
    headings: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(sheet: ScoreSheet) -> Iterator[Table]:
    """Give the score table of each class, the detail, the tables of the province, the method."""
    for unit_class in sheet.classes:
        yield _score_table(sheet, unit_class)
    yield _detail(sheet)
    for unit_class in sheet.classes:
        yield _province(sheet, unit_class)
    yield _method(sheet)


def _score_table(sheet: ScoreSheet, unit_class: ClassSheet) -> Table:
    units = {unit.code: unit for unit in sheet.units}
    bands = {band.band: band.name.vi for band in unit_class.bands}
    return Table(
        tab=f"Bảng điểm {unit_class.code}",
        title=f"{sheet.wave.title.vi}: {unit_class.name.vi}",
        headings=(
            ("Hạng", 8), ("Cơ quan, đơn vị", 44), ("Điểm", 9), ("Điểm tối đa", 9), ("Tỷ lệ %", 9),
            ("Khoảng tin cậy 95 %, từ", 12), ("đến", 9), ("Hạng có thể, từ", 10), ("đến", 8),
            ("Xếp loại", 14), ("Phiếu phát ra", 9), ("Thu về", 9), ("Hợp lệ", 9), ("Ghi chú", 44),
        ),
        rows=tuple(
            _score_row(units[code], bands) for code in (*unit_class.ranking, *unit_class.unranked)
        ),
    )  # fmt: skip


def _score_row(unit: UnitSheet, bands: dict[Code, str]) -> tuple[Cell, ...]:
    points, maximum, percent, low, high, *_ = _figures(unit.result)
    best, worst = (unit.rank_set.best, unit.rank_set.worst) if unit.rank_set else (None, None)
    return (
        unit.rank, unit.name.vi, points, maximum, percent, low, high, best, worst,
        bands.get(unit.band or ""),
        *_ballots(unit.turnout), note(unit),
    )  # fmt: skip


def _detail(sheet: ScoreSheet) -> Table:
    return Table(
        tab="Chi tiết",
        title=f"{sheet.wave.title.vi}: chi tiết",
        headings=(
            ("Cơ quan, đơn vị", 30), ("Cấp", 18), ("Mã", 10), ("Nhóm", 9), ("Tên", 60),
            ("Điểm", 13), ("Điểm tối đa", 9), ("Tỷ lệ %", 9), ("Khoảng tin cậy 95 %, từ", 12),
            ("đến", 9), ("Sai số chuẩn", 9), ("Số phiếu tính", 9),
            ("Phần trọng số đo được", 9),
            ("Phiếu phát ra", 9), ("Thu về", 13), ("Hợp lệ", 9), ("Ghi chú", 44),
        ),
        rows=tuple(_detail_row(line) for line in lines(sheet)),
    )  # fmt: skip


def _detail_row(line: Line) -> tuple[Cell, ...]:
    code = line.leaf or line.criterion or line.component or line.unit.code
    figures = _figures(line.result)
    fixed = (line.unit.name.vi, LEVELS[line.level], code, line.group or None, line.name.vi)
    cover = None if line.scored is None else line.scored.cover
    return (
        *fixed, *figures, None if cover is None else Decimal(cover),
        *_ballots(line.turnout), line_note(line.result, line.scored),
    )  # fmt: skip


def _ballots(turnout: Turnout | TurnoutSuppressed | None) -> tuple[Cell, Cell, Cell]:
    """Give ballots issued, returned and valid; the reason where they are hidden."""
    match turnout:
        case Turnout():
            return (turnout.issued, turnout.returned, turnout.valid)
        case TurnoutSuppressed():
            return (turnout.issued, HIDDEN, None)
        case None:
            return (None, None, None)


def _figures(result: Result | None) -> tuple[Cell, ...]:
    """Give points, maximum, percent, interval, standard error and n; the reason where hidden."""
    match result:
        case Published():
            low, high = _ends(result.interval)
            error = None if result.standard_error is None else Decimal(result.standard_error)
            percent = Decimal(result.percent)
            points, maximum = Decimal(result.points), Decimal(result.maximum)
            return (points, maximum, percent, low, high, error, result.n)
        case Suppressed() | NotMeasurable():
            return (_reason(result), Decimal(result.maximum), None, None, None, None, None)
        case NotApplicable():
            return (_reason(result), None, None, None, None, None, None)
        case None:
            return (None,) * 7


def _reason(result: Suppressed | NotMeasurable | NotApplicable) -> str:
    """Say why there is no figure."""
    match result:
        case Suppressed():
            return HIDDEN
        case NotMeasurable():
            return "không đo được"
        case NotApplicable():
            return "không áp dụng"


def _ends(interval: Interval | None) -> tuple[Decimal | None, Decimal | None]:
    return (None, None) if interval is None else (Decimal(interval.low), Decimal(interval.high))


def _province(sheet: ScoreSheet, unit_class: ClassSheet) -> Table:
    names = {unit.code: unit.name.vi for unit in sheet.units}
    rows: list[tuple[Cell, ...]] = []
    for line in unit_class.province:
        fixed = (LEVELS[line.level], line.code or None, line.name.vi)
        if isinstance(line.result, ProvinceFigure):
            highest = _extreme(line.result.highest, names)
            lowest = _extreme(line.result.lowest, names)
            figures = (
                Decimal(line.result.percent),
                line.result.units,
                line.result.of,
                *highest,
                *lowest,
            )
        else:
            figures = (_reason(line.result), *(None,) * 6)
        rows.append((*fixed, *figures))
    rows += [
        ("Xếp loại", band.band, band.name.vi, None, band.units, *(None,) * 5)
        for band in unit_class.bands
    ]
    return Table(
        tab=f"Toàn tỉnh {unit_class.code}",
        title=f"{sheet.wave.title.vi}: toàn tỉnh, {unit_class.name.vi}",
        headings=(
            ("Cấp", 18), ("Mã", 10), ("Tên", 60), ("Tỷ lệ %", 13),
            ("Số đơn vị", 9), ("trên tổng số", 9),
            ("Cao nhất %", 9), ("Đơn vị cao nhất", 36),
            ("Thấp nhất %", 9), ("Đơn vị thấp nhất", 36),
        ),
        rows=tuple(rows),
    )  # fmt: skip


def _extreme(extreme: Extreme, names: dict[Code, str]) -> tuple[Cell, Cell]:
    return (Decimal(extreme.percent), "; ".join(names[code] for code in extreme.units))


def _method(sheet: ScoreSheet) -> Table:
    method = sheet.method
    rows: list[tuple[Cell, ...]] = [
        ("Bộ chỉ số", f"{sheet.framework.code}, SHA-256 {sheet.framework.sha256}"),
        ("Bộ phiếu", f"{sheet.questionnaires.code}, SHA-256 {sheet.questionnaires.sha256}"),
        ("Bộ dữ liệu", f"SHA-256 {sheet.dataset}"),
        ("Cách tính chỉ số", method.index_method),
        ("Quy tắc một nửa số câu", "có" if method.half_rule else "không"),
        ("Số phiếu tối thiểu của một nhóm", method.minimum_count),
        ("Khi dưới số tối thiểu", method.below_minimum),
        ("Phần trọng số phải đo được của tiêu chí", Decimal(method.minimum_cover)),
        ("Phần điểm phải đo được để xếp hạng", Decimal(method.minimum_measured)),
        ("Làm tròn", f"{method.places} chữ số thập phân, ở cấp {method.stage}, nửa làm tròn lên"),
        ("Căn cứ xếp hạng, xếp loại", f"{method.rank_basis}, {method.class_basis}"),
        ("Số người ít nhất để hiển thị", method.disclosure_threshold),
        ("Khoảng tin cậy", method.interval),
        ("Khoảng thứ hạng", f"{method.rank_sets}; số gieo {method.seed}"),
    ]
    rows += [
        (f"Danh sách nhóm {group.code}", f"{group.name.vi}: {LIST_KINDS[group.list_kind]}")
        for group in sheet.groups
    ]
    rows += [("Lưu ý", remark.vi) for remark in sheet.remarks]
    return Table(
        tab="Phương pháp",
        title=f"{sheet.wave.title.vi}: phương pháp và nguồn",
        headings=(("Mục", 42), ("Nội dung", 100)),
        rows=tuple(rows),
    )

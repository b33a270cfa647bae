"""The ranked tables as plain text, for a terminal."""

from collections.abc import Iterator

from survey_service.sheet.notes import note
from survey_service.sheet.score_sheet import (
    Published,
    ScoreSheet,
    Suppressed,
    Turnout,
    TurnoutSuppressed,
    UnitSheet,
)


def ranked_text(sheet: ScoreSheet) -> str:
    """Give a table per unit class: rank, unit, points, interval, rank set, ballots, class, note."""
    return "\n".join(_lines(sheet))


def _lines(sheet: ScoreSheet) -> Iterator[str]:
    units = {unit.code: unit for unit in sheet.units}
    width = max((len(unit.name.vi) for unit in sheet.units), default=0)
    yield f"{sheet.wave.title.vi} / {sheet.wave.title.en}"
    for unit_class in sheet.classes:
        names = {band.band: band.name.vi for band in unit_class.bands}
        yield ""
        yield f"{unit_class.name.vi} / {unit_class.name.en}"
        for code in (*unit_class.ranking, *unit_class.unranked):
            yield _row(units[code], width, names)


def _row(unit: UnitSheet, width: int, bands: dict[str, str]) -> str:
    rank = "–" if unit.rank is None else str(unit.rank)
    ballots = _ballots(unit.turnout)
    cells = [f"{rank:>4}", f"{unit.name.vi:<{width}}", *_figures(unit), f"{ballots:>13}"]
    return "  ".join([*cells, bands.get(unit.band or "", "–"), note(unit) or ""]).rstrip()


def _ballots(turnout: Turnout | TurnoutSuppressed) -> str:
    if isinstance(turnout, TurnoutSuppressed):
        return f"{turnout.issued}/ẩn"
    return f"{turnout.issued}/{turnout.returned}/{turnout.valid}"


def _figures(unit: UnitSheet) -> tuple[str, str, str]:
    ranks = "" if unit.rank_set is None else f"[{unit.rank_set.best}–{unit.rank_set.worst}]"
    if not isinstance(unit.result, Published):
        hidden = isinstance(unit.result, Suppressed)
        return ("ẩn" if hidden else "–", "", ranks)
    interval = unit.result.interval
    spread = "" if interval is None else f"{float(interval.low):.2f}–{float(interval.high):.2f}"
    return (f"{unit.result.points:>6}", f"{spread:>11}", f"{ranks:>7}")

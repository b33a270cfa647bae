"""Plays a programme from its files to published sheets, with the service's own parts."""

from collections.abc import Sequence

import msgspec

from survey_service.demo.input_files import PlayedRound
from survey_service.demo.people import opened_doors
from survey_service.demo.programme import Programme
from survey_service.demo.respondents import Players
from survey_service.demo.round_play import Played, RoundPlay
from survey_service.demo.stage import Stage
from survey_service.trends.computing import compute_trend
from survey_service.trends.document import trend_json
from survey_service.trends.reading import read_series
from survey_service.trends.spreadsheet_csv import trend_csv

TREND = "trend"
"""Where the trend of a series lies."""


def play(
    stage: Stage, programme: Programme, rounds: Sequence[PlayedRound], *, checks: bool = True
) -> tuple[Played, ...]:
    """Take the steps of all rounds by the calendar; waves of a series overlap.

    The last round leaves its packages in the demo's own folder, the others in folders by their
    codes. With `checks` what it published is recomputed.
    """
    with opened_doors(stage) as doors:
        plays: list[RoundPlay] = []
        for one in rounds:
            season = one.plan.code if len(rounds) > 1 else ""
            players = Players(
                seed=stage.seed,
                habits=msgspec.structs.replace(programme.habits, season=season),
                by_pages=programme.by_pages,
            )
            folder = stage.out if one is rounds[-1] else stage.out / one.plan.code
            former = plays[-1].folder / "dataset" if one.round.former else None
            plays.append(
                RoundPlay(
                    doors=doors,
                    one=one,
                    players=players,
                    folder=folder,
                    former=former,
                    # The last one stands for all: the others went through the same.
                    checks=checks and one is rounds[-1],
                )
            )
        steps = [step for each in plays for step in each.steps()]
        for step in sorted(steps, key=lambda step: step.at):
            stage.clock.move_to(step.at)
            step.do()
    for series in {one.plan.series for one in rounds} - {""}:
        _write_trend(stage, series)
    return tuple(each.played for each in plays if each.played is not None)


def _write_trend(stage: Stage, series: str) -> None:
    with stage.database.reading() as session:
        trend = compute_trend(series, read_series(session, series))
    folder = stage.out / TREND
    folder.mkdir()
    (folder / "trend.json").write_bytes(trend_json(trend))
    (folder / "trend.csv").write_bytes(trend_csv(trend))
    stage.tell(f"Chuỗi {series} / Trend of the series: {folder}")

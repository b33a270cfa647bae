"""What a demo leaves for its visitors: a small open wave with letters to answer."""

from pathlib import Path

from mailer.catching.caught import caught_names
from survey_service.background import catching
from survey_service.demo.input_files import INPUT, lay_out
from survey_service.demo.programme import DEFAULT, folder, read_programme
from survey_service.demo.stage import ACTOR, set_stage
from survey_service.demo.timetable import timetable
from survey_service.demo.trying import open_trial
from survey_service.frame.units import import_units


def test_the_trial_wave_opens_today_with_letters_for_its_list(tmp_path: Path) -> None:
    programme = read_programme(DEFAULT)
    (one,) = lay_out(programme, folder(DEFAULT), tmp_path, seed=7)
    stage = set_stage(
        tmp_path,
        seed=7,
        begins=timetable(one.plan, one.round.feed_days).prepared,
        port=0,
        environment={},
        tell=lambda _: None,
    )
    import_units(stage.database, stage.clock, tmp_path / INPUT / "units.csv", actor=ACTOR)
    with catching(stage.settings, 0) as relay:
        assert open_trial(stage, one, relay) == 4
    assert len(caught_names(stage.settings.caught_mail)) == 4
    stage.database.close()


def test_every_programme_lays_out_wave_files_that_can_be_read(tmp_path: Path) -> None:
    laid = lay_out(read_programme("quan-ba"), folder("quan-ba"), tmp_path, seed=11)
    assert [one.plan.code for one in laid] == [f"quay-2025-{month:02d}" for month in range(1, 8)]
    assert {one.plan.seed for one in laid} == {11}
    assert {one.plan.series for one in laid} == {"quan-ba-quay"}

"""A small open wave after the play: letters that a visitor can answer by hand."""

import re
from datetime import date, timedelta

from survey_service.clock import SystemClock
from survey_service.demo.input_files import INPUT, PlayedRound
from survey_service.demo.stage import ACTOR, Stage, send_letters
from survey_service.entropy import SystemEntropy
from survey_service.waves.drafting import create_wave
from survey_service.waves.opening import open_wave
from survey_service.waves.people import import_contacts

WAVE = "thu-tra-loi"
OPEN_DAYS = 30


def open_trial(stage: Stage, one: PlayedRound, relay: str) -> int:
    """Open a wave like a round's with today's dates for the people of its trial list.

    Its letters go to the catcher; gives their number, 0 where the round has no such list.
    """
    if not one.round.trial:
        return 0
    stage.clock.follow(SystemClock())
    folder = stage.out / INPUT
    file = folder / "trial.toml"
    today = stage.clock.now().astimezone(one.plan.opens_at().tzinfo).date()
    file.write_text(_plan_of_today(one.file.read_text(encoding="utf-8"), today), encoding="utf-8")
    create_wave(stage.database, stage.clock, file, actor=ACTOR)
    people = folder / one.round.trial
    import_contacts(stage.database, stage.clock, people, code=WAVE, actor=ACTOR)
    opened = open_wave(
        stage.database, stage.clock, SystemEntropy(), stage.settings, code=WAVE, actor=ACTOR
    )
    send_letters(stage, relay, "Thư dùng thử / Trial letters", opened.invitations)
    return opened.invitations


def _plan_of_today(plan: str, today: date) -> str:
    for key, value in (
        ("code", f'"{WAVE}"'),
        ("opens", str(today)),
        ("closes", str(today + timedelta(days=OPEN_DAYS))),
        ("date", str(today)),
        ("kept_until", str(today + timedelta(days=365))),
        ("reminders", "[]"),
    ):
        plan, found = re.subn(rf"^{key} = .*$", f"{key} = {value}", plan, flags=re.MULTILINE)
        if found != 1:
            raise ValueError(f"the wave file has {found} lines of {key!r}")
    return plan

"""The files of a programme, laid into the folder of a demo as an office would have them."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from string import Template

from survey_service.demo.programme import FILE, Programme, Round
from survey_service.waves.plan import WavePlan
from survey_service.waves.plan_checking import load_plan

INPUT = "input"
_SEED = re.compile(r"^seed = \d+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedRound:
    """A round with its wave file, as it lies in the demo's folder, and the plan in it."""

    round: Round
    file: Path
    plan: WavePlan


def lay_out(programme: Programme, folder: Path, out: Path, *, seed: int) -> tuple[PlayedRound, ...]:
    """Copy the files to `out/input`, with the seed and what each round fills into its wave file.

    Raises ProblemsError where a wave file cannot be used.
    """
    target = out / INPUT
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns(FILE))
    laid: list[PlayedRound] = []
    for number, one in enumerate(programme.rounds, 1):
        text = Template((folder / one.plan).read_text(encoding="utf-8")).substitute(one.fill)
        file = target / (f"{number}-{one.plan}" if one.fill else one.plan)
        file.write_text(_SEED.sub(f"seed = {seed}", text), encoding="utf-8")
        laid.append(PlayedRound(round=one, file=file, plan=load_plan(file)))
    return tuple(laid)

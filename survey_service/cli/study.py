"""`study`: how often the published intervals and rank sets hold the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from questionnaires.problems import ProblemsError, problem
from survey_service.cli.options import json_option
from survey_service.cli.speaking import REFUSED, Voice, say, show_json, speaks
from survey_service.cli.study_lines import coverage_line, show_coverage

if TYPE_CHECKING:
    from analysis.studies.catalogue import Study
    from analysis.studies.tallies import Tally

RUNS, RANK_RUNS = 20_000, 2_000


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `--keep` writes: the seed, and per study batches done and the sums of its tally."""

    seed: int
    studies: dict[str, tuple[int, int, int, float, float, float]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The tally of each study begun, by name; whether Ctrl-C ended the runs."""

    tallies: "dict[str, Tally]"
    interrupted: bool


_seed = click.option("--seed", type=click.IntRange(min=0), default=7, show_default=True)
_only = click.option(
    "--only",
    multiple=True,
    metavar="STUDY",
    help="Chỉ thiết kế này, dùng được nhiều lần · This design only; may be repeated.",
)
_keep = click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Ghi tiến độ vào tệp này để chạy tiếp lần sau · Keep the progress here, to go on later.",
)


@click.group()
def study() -> None:
    """Thử nghiệm phương pháp bằng mô phỏng · Try the methods by simulation."""


@study.command()
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=RUNS,
    show_default=True,
    help="Số lần mô phỏng mỗi thiết kế · Runs of each design of scores.",
)
@click.option(
    "--rank-runs",
    type=click.IntRange(min=1),
    default=RANK_RUNS,
    show_default=True,
    help="Số lần mô phỏng tập hạng · Runs of each design of rank sets.",
)
@_seed
@_only
@_keep
@json_option
@click.pass_context
@speaks
def coverage(
    context: click.Context,
    runs: int,
    rank_runs: int,
    seed: int,
    only: tuple[str, ...],
    keep: Path | None,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Tỷ lệ bao phủ của các khoảng tin cậy 95 % · How often 95 % intervals hold the truth.

    Known populations are surveyed again and again and scored as real waves are. Ctrl-C ends it
    and prints what is there.

    Exit codes: 0 all designs hold or are known not to, 1 another one does not or the runs were
    interrupted, 2 wrong usage.
    """
    # numpy and scipy are slow to import, and most other commands do without them.
    from analysis.studies.catalogue import STUDIES  # noqa: PLC0415

    chosen = _chosen(STUDIES, only)
    wanted = {one.name: rank_runs if one.kind == "ranks" else runs for one in chosen}
    found = _run(chosen, wanted, seed, keep)
    _tell(context, chosen, found, seed, voice, as_json=as_json)


@study.command()
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=RUNS,
    show_default=True,
    help="Số lần rút mẫu mỗi thiết kế · Samples of each design.",
)
@_seed
@_only
@_keep
@json_option
@click.pass_context
@speaks
def sampling(
    context: click.Context,
    runs: int,
    seed: int,
    only: tuple[str, ...],
    keep: Path | None,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Độ chệch và tỷ lệ bao phủ của các thiết kế mẫu · Bias and coverage of sampling designs.

    People with several transactions each are drawn, answer or do not, and are weighted as in
    real waves. Ctrl-C ends it and prints what is there.

    Exit codes: 0 all designs hold or are known not to, 1 another one does not or the runs were
    interrupted, 2 wrong usage.
    """
    from analysis.studies.design_catalogue import DESIGN_STUDIES  # noqa: PLC0415 - as above

    chosen = _chosen(DESIGN_STUDIES, only)
    found = _run(chosen, {one.name: runs for one in chosen}, seed, keep)
    _tell(context, chosen, found, seed, voice, as_json=as_json)


def _run(
    chosen: "Sequence[Study]", wanted: Mapping[str, int], seed: int, keep: Path | None
) -> _Found:
    """Run each study as often as wanted, going on from what was kept."""
    from tqdm import tqdm  # noqa: PLC0415 - as above

    from analysis.studies.catalogue import batches  # noqa: PLC0415
    from analysis.studies.tallies import Tally  # noqa: PLC0415

    kept = _kept(keep, seed)
    tallies: dict[str, Tally] = {}
    with tqdm(total=sum(wanted.values()), unit="run", disable=None) as bar:
        for one in chosen:
            done, runs, covered, *sums = kept.studies.get(one.name, (0, 0, 0, 0.0, 0.0, 0.0))
            if runs != min(done * one.at_once, wanted[one.name]):
                # What was kept ended in part of a batch, or is more than is wanted now.
                done, runs, covered, sums = 0, 0, 0, [0.0, 0.0, 0.0]
            tally = Tally(
                runs=runs, covered=covered, width=sums[0], error=sums[1], squared_error=sums[2]
            )
            bar.set_description(one.name)
            bar.update(tally.runs)
            interrupted = False
            try:
                for batch in batches(one, runs=wanted[one.name], seed=seed, done=done):
                    tally += batch
                    done += 1
                    bar.update(batch.runs)
            except KeyboardInterrupt:
                interrupted = True
            tallies[one.name] = tally
            kept.studies[one.name] = (
                *(done, tally.runs, tally.covered),
                *(tally.width, tally.error, tally.squared_error),
            )
            if keep is not None:
                keep.write_bytes(msgspec.json.encode(kept))
            if interrupted:
                return _Found(tallies=tallies, interrupted=True)
    return _Found(tallies=tallies, interrupted=False)


def _tell(
    context: click.Context,
    chosen: "Sequence[Study]",
    found: _Found,
    seed: int,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    from analysis.studies.tallies import Tally  # noqa: PLC0415 - as above

    lines = [coverage_line(one, found.tallies.get(one.name, Tally())) for one in chosen]
    if as_json:
        show_json({"seed": seed, "interrupted": found.interrupted, "studies": lines})
    else:
        show_coverage(lines, voice)
        if found.interrupted:
            say(voice, "Đã dừng giữa chừng.", "Interrupted.")
    if found.interrupted or not all(line.holds or line.reason for line in lines):
        context.exit(REFUSED)


def _chosen(known: "tuple[Study, ...]", only: tuple[str, ...]) -> "list[Study]":
    names = {one.name for one in known}
    strange = sorted(set(only) - names)
    if strange:
        listed = ", ".join(sorted(names))
        raise ProblemsError(
            *(
                problem(
                    f"--only {name}",
                    f"không có thử nghiệm này; các thử nghiệm: {listed}",
                    f"there is no such study; there are {listed}",
                )
                for name in strange
            )
        )
    return [one for one in known if not only or one.name in only]


def _kept(keep: Path | None, seed: int) -> Kept:
    if keep is None or not keep.exists():
        return Kept(seed=seed)
    try:
        kept = msgspec.json.decode(keep.read_bytes(), type=Kept)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProblemsError(
            problem(
                str(keep),
                "không phải tệp tiến độ của lệnh này; hãy chọn tệp khác.",
                "is not the progress of this command; choose another file.",
            )
        ) from error
    if kept.seed != seed:
        raise ProblemsError(
            problem(
                str(keep),
                f"tệp này thuộc hạt giống {kept.seed}; hãy dùng --seed {kept.seed} hoặc tệp khác.",
                f"belongs to the seed {kept.seed}; use --seed {kept.seed} or another file.",
            )
        )
    return kept

"""`sample draw`: people drawn by lot from the transactions of a wave's plan."""

from typing import TYPE_CHECKING

import click

from survey_service.cli.options import actor_option, json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks
from survey_service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from survey_service.sampling.drawing import SampleDrawn


@click.command()
@wave_argument
@actor_option
@json_option
@speaks
@pass_wiring
def draw(wiring: Wiring, code: str, actor: str, voice: Voice, *, as_json: bool) -> None:
    """Rút mẫu ngẫu nhiên cho đợt đang soạn · Draw the sample of a draft wave by lot.

    Phần mềm tự lấy hạt giống sau khi khung mẫu đã cố định và ghi vào nhật ký; không ai chọn người
    được hỏi. Chỉ rút một lần; muốn rút lại, bỏ mẫu bằng `sample discard` và ghi lý do.

    The service takes the seed itself, after the frame is fixed, and journals it: nobody chooses
    who is asked. There is one draw; `sample discard` gives it up for a stated reason.
    """
    from tqdm import tqdm  # noqa: PLC0415 - quicker help

    from survey_service.sampling.drawing import draw_sample  # noqa: PLC0415 - numpy is slow

    with tqdm(desc="Rút mẫu / Draw", unit=" dòng", disable=None) as bar:

        def tell(done: int, total: int) -> None:
            if total != bar.total:
                bar.reset(total)
            bar.update(done - bar.n)

        drawn = draw_sample(
            *(wiring.database, wiring.clock, wiring.entropy, wiring.keys),
            code=code,
            actor=actor,
            tell=tell,
        )
    if as_json:
        show_json(_counts(drawn))
        return
    say(
        voice,
        f"Đã rút {drawn.invited} người và {drawn.reserve} người dự phòng từ khung {drawn.people} "
        f"người, {len(drawn.summary.strata)} lớp (lần rút thứ {drawn.number}).",
        f"Drew {drawn.invited} people and {drawn.reserve} reserves from a frame of {drawn.people} "
        f"people, {len(drawn.summary.strata)} strata (draw number {drawn.number}).",
    )
    say(voice, f"Hạt giống: {drawn.seed}", f"Seed: {drawn.seed}")
    say(voice, f"Mã băm khung mẫu: {drawn.frame_hash}", f"Frame fingerprint: {drawn.frame_hash}")
    say(voice, f"Mã băm mẫu: {drawn.sample_hash}", f"Sample fingerprint: {drawn.sample_hash}")


def _counts(drawn: "SampleDrawn") -> dict[str, object]:
    return {
        "people": drawn.people,
        "invited": drawn.invited,
        "reserve": drawn.reserve,
        "draw": drawn.number,
        "seed": drawn.seed,
        "frame": drawn.frame_hash,
        "sample": drawn.sample_hash,
    }

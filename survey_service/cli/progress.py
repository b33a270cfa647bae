"""`wave status`: how a wave goes."""

import click

from questionnaires.text import Text
from survey_service.cli.options import json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks, word
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.waves.status import GroupStatus, WaveStatus, wave_status
from survey_service.waves.transitions import STATE_NAMES


@click.command()
@wave_argument
@json_option
@speaks
@pass_wiring
def status(wiring: Wiring, code: str, voice: Voice, *, as_json: bool) -> None:
    """Tiến độ thư và phiếu, không có câu trả lời nào · Progress; never an answer."""
    with wiring.database.reading() as session:
        found = wave_status(session, code)
    if as_json:
        show_json(found)
    else:
        _show(found, voice)


def _show(found: WaveStatus, voice: Voice) -> None:
    name = STATE_NAMES[found.state]
    say(
        voice,
        f"Đợt {found.code}: {name.vi}; {found.contacts} người trong danh sách.",
        f"Wave {found.code}: {name.en}; {found.contacts} people listed.",
    )
    if found.groups:
        head = [
            Text(vi="Nhóm", en="Group"),
            Text(vi="Mời", en="Invited"),
            Text(vi="Đang làm dở", en="Begun"),
            Text(vi="Đã trả lời", en="Answered"),
        ]
        total = word(Text(vi="Tổng", en="Total"), voice)
        rows = [[word(text, voice) for text in head]]
        rows += [_cells(row.group, row) for row in found.groups]
        rows += [_cells(total, found.total)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            click.echo("  ".join([first.strip().ljust(widths[0]), *rest]))
    if found.withdrawn:
        say(voice, f"Đã rút phiếu: {found.withdrawn}.", f"Withdrawn: {found.withdrawn}.")
    for step in found.letters:
        states = ", ".join(f"{state} {count}" for state, count in step.states.items())
        say(voice, f"Thư {step.step}: {states}", f"Letters {step.step}: {states}")


def _cells(name: str, row: GroupStatus) -> list[str]:
    return [name, str(row.invited), str(row.begun), str(row.answered)]

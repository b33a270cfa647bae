"""`journal`: whether the record of what was done is whole, and what stands in it."""

import re
from typing import Any

import click

from survey_service.cli.options import json_option
from survey_service.cli.speaking import REFUSED, Voice, say, show_json, show_problems, speaks
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.journal import Head, entries, head, verify_chain
from survey_service.store.journal import JournalEntry
from survey_service.waves.reading import load_wave

_WITNESSED = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@click.group()
def journal() -> None:
    """Nhật ký nối chuỗi: kiểm tra và xem · The chained journal: check it and read it."""


def _read_witness(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> Head | None:
    """Read SEQ:HASH as `journal check` prints it; raises click.BadParameter."""
    if text is None:
        return None
    found = _WITNESSED.fullmatch(text.strip().lower())
    if found is None:
        raise click.BadParameter(
            "viết SỐ:MÃ-BĂM như lệnh này in ra · write SEQ:HASH as this command prints it."
        )
    return Head(sequence=int(found[1]), hash=found[2])


@journal.command()
@click.option(
    "--witness",
    metavar="SEQ:HASH",
    callback=_read_witness,
    help="Mục mà người làm chứng đã ghi lại · The entry that a witness noted.",
)
@json_option
@click.pass_context
@speaks
@pass_wiring
def check(
    wiring: Wiring, context: click.Context, witness: Head | None, voice: Voice, *, as_json: bool
) -> None:
    """Kiểm tra nhật ký có bị sửa, bị cắt không · Check that nothing was altered or cut off.

    Prints the newest entry as SEQ:HASH; whoever notes it can prove later that nothing before it
    was changed.

    Exit codes: 0 whole, 1 broken, 2 wrong usage.
    """
    with wiring.database.reading() as session:
        broken = verify_chain(session, witnessed=witness)
        newest = head(session)
    noted = f"{newest.sequence}:{newest.hash}"
    if as_json:
        show_json({"whole": broken is None, "head": noted, "problems": [broken] if broken else []})
    elif broken is not None:
        show_problems([broken], voice)
    else:
        say(
            voice,
            f"Nhật ký nguyên vẹn, {newest.sequence} mục.",
            f"The journal is whole, {newest.sequence} entries.",
        )
        say(
            voice,
            f"Mục cuối, để người làm chứng ghi lại: {noted}",
            f"The newest entry, for a witness to note: {noted}",
        )
        if witness is None:
            say(
                voice,
                "Phần cuối có bị cắt bớt không thì chỉ --witness mới cho biết.",
                "Whether its end was cut off, only --witness can tell.",
            )
    if broken is not None:
        context.exit(REFUSED)


@journal.command()
@click.option("--wave", metavar="CODE", help="Chỉ một đợt · Of one wave only.")
@json_option
@speaks
@pass_wiring
def show(wiring: Wiring, wave: str | None, voice: Voice, *, as_json: bool) -> None:
    """Xem các mục, cũ trước · Print the entries, oldest first."""
    with wiring.database.reading() as session:
        if wave is not None:
            load_wave(session, wave)
        lines = [_line(entry) for entry in entries(session, wave=wave)]
    if as_json:
        show_json(lines)
        return
    for line in lines:
        details = ", ".join(f"{name}={value}" for name, value in line["details"].items())
        click.echo(
            f"#{line['sequence']} {line['at']} {line['wave'] or '–'} {line['event']} "
            f"({line['actor']}) {details}".rstrip()
        )
    say(voice, f"{len(lines)} mục.", f"{len(lines)} entries.")


def _line(entry: JournalEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        "actor": entry.actor,
        "wave": entry.wave,
        "event": entry.event,
        "details": entry.details,
        "hash": entry.hash,
    }

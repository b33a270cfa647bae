"""`sample show` and `sample check`: what was drawn, and the draw made again."""

from typing import TYPE_CHECKING

import click

from questionnaires.text import Text
from survey_service.cli.options import json_option, wave_argument
from survey_service.cli.sample.tables import show_table
from survey_service.cli.speaking import REFUSED, Voice, say, show_json, speaks
from survey_service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from survey_service.sampling.checking import Checked
    from survey_service.sampling.showing import ShownSample

_STRATUM = Text(vi="Lớp", en="Stratum")
_CELL = Text(vi="Nơi tính cỡ mẫu", en="Cell")
_PEOPLE = Text(vi="Người", en="People")
_TRANSACTIONS = Text(vi="Giao dịch", en="Transactions")


@click.command()
@wave_argument
@json_option
@speaks
@pass_wiring
def show(wiring: Wiring, code: str, voice: Voice, *, as_json: bool) -> None:
    """Bảng các lớp, cỡ mẫu, loại trừ, độ phủ · Strata, sizes, exclusions and coverage."""
    from survey_service.sampling.showing import shown_sample  # noqa: PLC0415 - numpy is slow

    with wiring.database.reading() as session:
        shown = shown_sample(session, code)
    if as_json:
        show_json(shown)
        return
    _show_strata(shown, voice)
    _show_sizes(shown, voice)
    _show_counts(shown, voice)


@click.command()
@wave_argument
@json_option
@speaks
@pass_wiring
@click.pass_context
def check(
    context: click.Context, wiring: Wiring, code: str, voice: Voice, *, as_json: bool
) -> None:
    """Rút lại từ hạt giống trong nhật ký và so · Draw again from the journaled seed; compare.

    Exit codes: 0 the same people, 1 something differs or cannot be proved, 2 wrong usage.
    """
    from survey_service.sampling.checking import check_sample  # noqa: PLC0415 - as above

    checked = check_sample(wiring.database, code=code)
    if as_json:
        show_json(checked)
    else:
        _tell(checked, voice)
    if not checked.holds:
        context.exit(REFUSED)


def _show_strata(shown: "ShownSample", voice: Voice) -> None:
    head = (
        *(_STRATUM, _TRANSACTIONS, _PEOPLE, Text(vi="Mẫu", en="Sample")),
        *(Text(vi="Dự phòng", en="Reserve"), Text(vi="Xác suất", en="Probability")),
    )
    rows = [
        [
            *(one.stratum or "*", str(one.transactions), str(one.people)),
            *(str(one.drawn), str(one.reserve), one.probability),
        ]
        for one in shown.strata
    ]
    show_table(head, rows, voice)


def _show_sizes(shown: "ShownSample", voice: Voice) -> None:
    click.echo()
    head = (_CELL, _PEOPLE, Text(vi="N/(1 + N·e²)", en="N/(1 + N·e²)"), Text(vi="± e", en="± e"))
    rows = [
        ["/".join(one.cell) or "*", str(one.people), str(one.slovin), str(one.width)]
        for one in shown.sizes
    ]
    show_table(head, rows, voice)


def _show_counts(shown: "ShownSample", voice: Voice) -> None:
    if shown.excluded:
        click.echo()
        head = (Text(vi="Loại trừ", en="Left out"), Text(vi="Đơn vị", en="Unit"), _TRANSACTIONS)
        show_table(
            head, [[one.rule, one.unit, str(one.transactions)] for one in shown.excluded], voice
        )
    if shown.coverage:
        click.echo()
        head = (
            *(Text(vi="Theo", en="By"), Text(vi="Giá trị", en="Value"), _TRANSACTIONS),
            *(Text(vi="Có thư điện tử", en="E-mail"), Text(vi="Chỉ điện thoại", en="Telephone")),
        )
        rows = [
            [one.field, one.value, str(one.transactions), str(one.email), str(one.telephone)]
            for one in shown.coverage
        ]
        show_table(head, rows, voice)
    click.echo()
    for one in shown.changes:
        count = f"{one.unit}: {one.change} ({one.reason}) {one.count}"
        say(voice, f"Thay đổi {count}", f"Changed {count}")
    say(voice, f"Số lần rút: {shown.draws}", f"Draws: {shown.draws}")
    say(voice, f"Hạt giống: {shown.seed}", f"Seed: {shown.seed}")


def _tell(checked: "Checked", voice: Voice) -> None:
    if not checked.seed_journaled:
        say(
            voice,
            "Hạt giống hoặc khung mẫu không phải của lần rút ghi trong nhật ký.",
            "Its seed or frame is not that of the draw in the journal.",
        )
    if checked.frame_unchanged:
        say(voice, "Khung mẫu còn nguyên như lúc rút.", "The frame is as it was at the draw.")
        same = checked.same_people is True
        say(
            voice,
            "Rút lại được đúng những người này." if same else "Rút lại KHÔNG ra những người này.",
            "Drawn again: the same people." if same else "Drawn again: NOT the same people.",
        )
    else:
        units = ", ".join(checked.changed_units)
        say(
            voice,
            f"Khung mẫu đã khác lúc rút ở các đơn vị: {units}; không chứng minh được việc bốc "
            f"thăm. {checked.gone} người được hỏi không còn trong khung.",
            f"The frame differs from that of the draw in units: {units}; the lot cannot be proved. "
            f"{checked.gone} people asked are in the frame no more.",
        )
    say(
        voice,
        "Những người được hỏi đúng là những người đã rút và gọi thay."
        if checked.intact
        else "Mẫu đã bị thay đổi ngoài phần mềm.",
        "The people asked are those drawn and called."
        if checked.intact
        else "The sample was changed outside the service.",
    )
    say(voice, f"Số lần rút: {checked.draws}", f"Draws: {checked.draws}")

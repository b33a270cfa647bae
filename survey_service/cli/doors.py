"""`doors`: codes for receipts and letters on paper, for people whom e-mail does not reach."""

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from questionnaires.problems import ProblemsError, problem
from questionnaires.text import LANGUAGES
from survey_service.cli.options import actor_option, wave_argument
from survey_service.cli.speaking import Voice, say, speaks
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from survey_service.doors.printed import Slip

_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_OWNER_ONLY = 0o600


@click.group()
def doors() -> None:
    """Mã trên giấy hẹn và thư in cho người không có thư điện tử · Doors beside e-mail."""


@doors.command()
@wave_argument
@click.option("--group", required=True, help="Nhóm đối tượng, ví dụ ND · Respondent group.")
@click.option("--unit", required=True, help="Mã đơn vị · The unit's code.")
@click.option("--service", required=True, help="Mã dịch vụ · The service's code.")
@click.option("--channel", default="", help="Kênh tiếp nhận · The channel.")
@click.option("--count", type=int, default=100, show_default=True, help="Số mã · How many codes.")
@click.option(
    "--out",
    required=True,
    type=_NEW_FILE,
    help="Tệp .html hoặc .pdf để in, hoặc .csv · A file to print (.html, .pdf), or .csv.",
)
@actor_option
@speaks
@pass_wiring
def receipts(
    wiring: Wiring,
    code: str,
    group: str,
    unit: str,
    service: str,
    channel: str,
    count: int,
    out: Path,
    actor: str,
    voice: Voice,
) -> None:
    """Cấp mã in trên giấy hẹn; ai trả lời là tự nguyện · Codes for receipts, for volunteers.

    Phiếu từ các mã này tính riêng, không vào mẫu bốc thăm.

    The answers are a mode of their own and never join the drawn sample.
    """
    from survey_service.doors.printed import print_html  # noqa: PLC0415 - quicker help
    from survey_service.doors.receipts import ReceiptOrder, issue_receipts  # noqa: PLC0415
    from survey_service.waves.reading import load_wave  # noqa: PLC0415
    from survey_service.web.wording import wave_words  # noqa: PLC0415

    _refuse_existing(out, (".html", ".pdf", ".csv"))
    slips = issue_receipts(
        wiring.database,
        wiring.clock,
        wiring.entropy,
        Pseudonyms(wiring.keys),
        code=code,
        order=ReceiptOrder(group=group, unit=unit, service=service, channel=channel, count=count),
        actor=actor,
    )
    public_url = wiring.settings.public_url
    if out.suffix == ".csv":
        _write(out, _csv(slips, public_url))
    else:
        with wiring.database.reading() as session:
            words = wave_words(load_wave(session, code), "vi")
        html = print_html(
            "slips",
            slips,
            public_url,
            faces=_faces(out),
            title=words.title,
            closes=words.closes,
        )
        _write_printed(out, html)
    say(
        voice,
        f"Đã cấp {len(slips)} mã cho {unit}, ghi vào {out}. Tệp này không tạo lại được.",
        f"Gave out {len(slips)} codes for {unit}, written to {out}. It cannot be made again.",
    )


@doors.command()
@wave_argument
@click.option(
    "--again",
    "number",
    metavar="SỐ HỒ SƠ",
    help="In lại thư về hồ sơ này; mã cũ hết hiệu lực · Print the letter about this file once "
    "more; its former code stops working.",
)
@click.option(
    "--out",
    required=True,
    type=_NEW_FILE,
    help="Tệp .html hoặc .pdf để in · A file to print (.html, .pdf).",
)
@actor_option
@speaks
@pass_wiring
def letters(
    wiring: Wiring, code: str, number: str | None, out: Path, actor: str, voice: Voice
) -> None:
    """In thư mời cho người được bốc thăm mà không có thư điện tử · Print invitation letters."""
    from survey_service.doors.letters import print_letter_again, print_letters  # noqa: PLC0415
    from survey_service.doors.printed import print_html  # noqa: PLC0415
    from survey_service.web.wording import wave_words  # noqa: PLC0415

    _refuse_existing(out, (".html", ".pdf"))
    world = (wiring.database, wiring.clock, wiring.entropy, Pseudonyms(wiring.keys))
    printed = (
        print_letters(*world, code=code, actor=actor)
        if number is None
        else print_letter_again(*world, code=code, number=number, actor=actor)
    )
    if printed.slips:
        words = {language: wave_words(printed.wave, language) for language in LANGUAGES}
        html = print_html(
            "letters", printed.slips, wiring.settings.public_url, faces=_faces(out), words=words
        )
        _write_printed(out, html)
    say(
        voice,
        f"{len(printed.slips)} thư để in.",
        f"{len(printed.slips)} letters to print.",
    )


def _refuse_existing(out: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse before codes are given out that could not be written; raises ProblemsError."""
    if out.suffix not in suffixes:
        able = ", ".join(suffixes)
        raise ProblemsError(
            problem(out.name, f"tên tệp phải kết thúc bằng {able}.", f"must end with {able}.")
        )
    if out.exists():
        raise ProblemsError(
            problem(
                out.name,
                "tệp đã có; mã cũ trong đó sẽ mất, hãy chọn tên khác.",
                "is there already; its codes would be lost, choose another name.",
            )
        )
    if not out.parent.is_dir():
        raise ProblemsError(
            problem(str(out.parent), "không có thư mục này.", "there is no such folder.")
        )
    if out.suffix == ".pdf":
        from survey_service.reports.pdf import require_weasyprint  # noqa: PLC0415

        require_weasyprint()


def _faces(out: Path) -> str:
    """Embed fonts in a PDF; a browser has its own."""
    if out.suffix != ".pdf":
        return ""
    from survey_service.reports.pdf import embedded_faces  # noqa: PLC0415

    return embedded_faces()


def _write_printed(out: Path, html: str) -> None:
    if out.suffix == ".html":
        _write(out, html.encode())
        return
    from survey_service.reports.pdf import page_pdf  # noqa: PLC0415

    _write(out, page_pdf(html))


def _write(out: Path, content: bytes) -> None:
    # The codes open forms: for whoever prints them only.
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _csv(slips: "list[Slip]", public_url: str) -> bytes:
    from survey_service.doors.printed import code_url  # noqa: PLC0415 - segno only where needed

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("code", "url", "unit", "service"))
    writer.writerows(
        (slip.written, code_url(public_url, slip.code), slip.unit, slip.service) for slip in slips
    )
    return text.getvalue().encode("utf-8-sig")

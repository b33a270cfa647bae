"""`transactions`: lists of one-stop software, what they hold, and the feeds that bring them."""

from datetime import date, datetime
from pathlib import Path

import click
from tqdm import tqdm

from survey_service.cli.options import actor_option, day, json_option
from survey_service.cli.speaking import (
    REFUSED,
    Voice,
    say,
    show_json,
    show_problems,
    speaks,
)
from survey_service.cli.transaction_lines import say_imported, show_files, show_report
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.pseudonyms import Pseudonyms
from survey_service.transactions.coverage import (
    frame_report,
)
from survey_service.transactions.feed import look_at_feeds, take_feeds
from survey_service.transactions.importing import import_transactions
from survey_service.transactions.mapping import read_mapping
from survey_service.transactions.purging import purge_transactions
from survey_service.transactions.sources import install_mapping, new_token

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def transactions() -> None:
    """Danh sách giao dịch của hệ thống một cửa · Lists of one-stop software's transactions."""


@transactions.command("import")
@click.argument("file", metavar="FILE", type=_file)
@click.option(
    "--mapping",
    required=True,
    type=_file,
    help="Tệp quy ước của nguồn (TOML) · The source's mapping file.",
)
@click.option(
    "--skip-errors",
    is_flag=True,
    help="Bỏ qua dòng sai, nhận dòng đúng · Leave wrong rows out, take the others.",
)
@actor_option
@json_option
@speaks
@pass_wiring
def import_(
    wiring: Wiring,
    file: Path,
    mapping: Path,
    actor: str,
    voice: Voice,
    *,
    skip_errors: bool,
    as_json: bool,
) -> None:
    """Nhập danh sách giao dịch, mỗi hồ sơ một lần · Import transactions, each one once."""
    with tqdm(desc="Giao dịch / Transactions", unit=" dòng", disable=None) as bar:
        imported = import_transactions(
            wiring.database,
            wiring.clock,
            Pseudonyms(wiring.keys),
            file,
            read_mapping(mapping),
            actor=actor,
            skip_errors=skip_errors,
            progress=bar.update,
        )
    if as_json:
        show_json(imported)
        return
    show_problems(imported.problems, voice)
    say_imported(imported, voice)


@transactions.command("report")
@click.option("--source", "sources", multiple=True, metavar="MÃ", help="Nguồn · Source (several).")
@click.option("--from", "since", type=day, help="Trả từ ngày · Returned from.")
@click.option("--to", "until", type=day, help="Đến hết ngày · To, inclusive.")
@json_option
@speaks
@pass_wiring
def report(
    wiring: Wiring,
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Danh sách tới được bao nhiêu người · How many people the lists reach."""
    first = since.date() if since else date.min
    last = until.date() if until else date.max
    with wiring.database.reading() as session:
        found = frame_report(session, sources, first, last)
    if as_json:
        show_json(found)
        return
    show_report(found, voice)


@transactions.command("purge")
@click.option(
    "--before", required=True, type=day, help="Trả trước ngày này · Returned before this day."
)
@actor_option
@json_option
@speaks
@pass_wiring
def purge(wiring: Wiring, before: datetime, actor: str, voice: Voice, *, as_json: bool) -> None:
    """Xóa giao dịch không mẫu nào còn cần · Delete transactions that no sample needs."""
    purged = purge_transactions(wiring.database, wiring.clock, before=before.date(), actor=actor)
    if as_json:
        show_json(purged)
        return
    say(
        voice,
        f"Đã xóa {purged.deleted} giao dịch; giữ {purged.kept} giao dịch mà mẫu còn cần.",
        f"Deleted {purged.deleted} transactions; kept {purged.kept} that samples still need.",
    )


@transactions.command("feed")
@click.option("--source", metavar="MÃ", help="Chỉ một nguồn · One source only.")
@click.option("--look", is_flag=True, help="Chỉ xem, không nhận · Look only, take nothing.")
@json_option
@click.pass_context
@speaks
@pass_wiring
def feed(
    wiring: Wiring,
    context: click.Context,
    source: str | None,
    voice: Voice,
    *,
    look: bool,
    as_json: bool,
) -> None:
    """Nhận các tệp đã đủ trong SURVEY_DATA/feeds · Take the whole files of the feeds.

    Exit codes: 0 done, 1 a file is stuck or cannot be used, 2 wrong usage.
    """
    if look:
        seen = look_at_feeds(wiring.clock, wiring.settings)
        files = tuple(file for file in seen if source in {None, file.source})
    else:
        files = take_feeds(
            *(wiring.database, wiring.clock, wiring.keys, wiring.settings), only=source
        )
    if as_json:
        show_json(files)
    else:
        show_files(files, voice)
    if any(file.state in {"stuck", "refused"} for file in files):
        context.exit(REFUSED)


@transactions.command("source")
@click.argument("mapping", metavar="MAPPING", type=_file)
@json_option
@speaks
@pass_wiring
def source(wiring: Wiring, mapping: Path, voice: Voice, *, as_json: bool) -> None:
    """Kiểm tra tệp quy ước và mở thư mục nhận tệp · Check a mapping and open its feed."""
    folder = install_mapping(wiring.settings, mapping)
    if as_json:
        show_json({"source": folder.source, "incoming": str(folder.incoming)})
        return
    say(
        voice,
        f"Nguồn {folder.source}: đặt tệp và tệp .sha256 của nó vào {folder.incoming}",
        f"Source {folder.source}: put files, each with its .sha256, into {folder.incoming}",
    )


@transactions.command("token")
@click.argument("source", metavar="SOURCE")
@json_option
@speaks
@pass_wiring
def token(wiring: Wiring, source: str, voice: Voice, *, as_json: bool) -> None:
    """Tạo mã truy cập cho API của một nguồn · Make a token for a source's API."""
    made = new_token(wiring.settings, wiring.entropy, source)
    if as_json:
        show_json({"source": source, "token": made})
        return
    say(
        voice,
        "Mã chỉ hiện lần này; mã cũ (nếu có) không còn dùng được:",
        "Shown this once; a former token opens nothing any more:",
    )
    click.echo(made)

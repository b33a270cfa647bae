"""`import`: units and contacts from the tables that offices keep."""

from pathlib import Path

import click

from survey_service.cli.options import actor_option, json_option
from survey_service.cli.speaking import Voice, say, show_json, show_problems, speaks
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.frame.units import import_units
from survey_service.waves.people import import_contacts

table = click.argument(
    "file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.group("import")
def importing() -> None:
    """Nhập danh sách từ CSV hoặc Excel · Import lists from CSV or Excel."""


@importing.command("units")
@table
@actor_option
@json_option
@speaks
@pass_wiring
def units(wiring: Wiring, file: Path, actor: str, voice: Voice, *, as_json: bool) -> None:
    """Nhập danh mục đơn vị · Import the register of units."""
    imported = import_units(wiring.database, wiring.clock, file, actor=actor)
    if as_json:
        show_json(imported)
        return
    say(
        voice,
        f"Đã nhập {imported.added} đơn vị mới, cập nhật {imported.updated}.",
        f"Added {imported.added} units, updated {imported.updated}.",
    )


@importing.command("contacts")
@table
@click.option("--wave", "code", required=True, metavar="CODE", help="Mã đợt · The wave's code.")
@click.option(
    "--replace",
    is_flag=True,
    help="Xóa danh sách cũ của đợt trước khi nhập · Remove the wave's former list first.",
)
@actor_option
@json_option
@speaks
@pass_wiring
def contacts(
    wiring: Wiring,
    file: Path,
    code: str,
    actor: str,
    voice: Voice,
    *,
    replace: bool,
    as_json: bool,
) -> None:
    """Nhập người được hỏi của một đợt đang soạn · Import the contacts of a draft wave."""
    imported = import_contacts(
        wiring.database, wiring.clock, file, code=code, actor=actor, replace=replace
    )
    if as_json:
        show_json(imported)
        return
    show_problems(imported.warnings, voice)
    say(
        voice,
        f"Đã nhập {imported.added} người mới, cập nhật {imported.updated}.",
        f"Added {imported.added} people, updated {imported.updated}.",
    )

"""Options that several commands share."""

from pathlib import Path

import click

wave_argument = click.argument("code", metavar="CODE")
json_option = click.option(
    "--json", "as_json", is_flag=True, help="In kết quả dạng JSON · Print as JSON."
)
former_option = click.option(
    "--former",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Bộ dữ liệu của đợt trước, để so sánh · Dataset of the former wave, for changes.",
)
comments_option = click.option(
    "--comments",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp góp ý đã duyệt · The moderated free answers (see `comments`).",
)
day = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
"""A civil day as people here or programs write it."""


def _checked_actor(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """Give the actor's name tidied; raises click.BadParameter where the journal cannot keep it."""
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= 120 or "@" in tidy or not tidy.isprintable():
        raise click.BadParameter(
            "1–120 ký tự, không phải địa chỉ thư · 1–120 characters, not an e-mail address."
        )
    return tidy


actor_option = click.option(
    "--actor",
    default="cli",
    metavar="TÊN",
    callback=_checked_actor,
    help="Ai thực hiện, ghi vào nhật ký · Who does it, for the journal.",
)

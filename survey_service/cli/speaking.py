"""How commands speak: Vietnamese first, English beside it, and problems in a fixed form."""

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

import click
import msgspec

from questionnaires.problems import Problem, ProblemsError
from questionnaires.text import Text
from survey_service.cli.troubles import OUTSIDE, word_trouble

REFUSED = 1
"""The exit code of a command that was refused; its problems stand on stderr."""
SHOWN = 50
"""How many problems are printed; the rest is counted."""

Voice = str
"""“vi”, “en”, or “both”."""


def speaks(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--lang` as `voice`; what it refuses is printed, with exit code 1.

    So is what the world outside refuses: a file, a port, the database, the relay.
    """

    @click.option(
        "--lang",
        "voice",
        type=click.Choice(["vi", "en", "both"]),
        default="both",
        envvar="SURVEY_LANG",
        help="Ngôn ngữ thông báo · Language of messages.",
    )
    @click.pass_context
    def invoke(context: click.Context, *arguments: Any, **options: Any) -> Any:
        try:
            return context.invoke(command, *arguments, **options)
        except (ProblemsError, *OUTSIDE) as error:
            problems = error.problems if isinstance(error, ProblemsError) else word_trouble(error)
            if not problems:
                raise
            if options.get("as_json"):
                show_json({"problems": problems})
            else:
                show_problems(problems, options["voice"])
            context.exit(REFUSED)

    return update_wrapper(invoke, command)


def word(text: Text, voice: Voice) -> str:
    """Give a text in the voice's language, or in both."""
    if voice == "both":
        return text.vi if text.vi == text.en else f"{text.vi} / {text.en}"
    return text.vi if voice == "vi" else text.en


def say(voice: Voice, vi: str, en: str) -> None:
    """Print one line."""
    click.echo(word(Text(vi=vi, en=en), voice))


def show_problems(problems: Sequence[Problem], voice: Voice) -> None:
    """Print problems on stderr, errors before warnings, and their count where there are many."""
    ordered = sorted(problems, key=lambda found: found.severity)
    marks = {
        "error": Text(vi="LỖI", en="ERROR"),
        "warning": Text(vi="CẢNH BÁO", en="WARNING"),
    }
    for found in ordered[:SHOWN]:
        mark = word(marks[found.severity], voice)
        click.echo(f"{mark}: {found.where}: {word(found.message, voice)}", err=True)
    if len(ordered) > SHOWN:
        rest = len(ordered) - SHOWN
        more = Text(vi=f"… và {rest} thông báo nữa.", en=f"… and {rest} more.")
        click.echo(word(more, voice), err=True)


def show_json(value: object) -> None:
    """Print a value for a program to read."""
    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())

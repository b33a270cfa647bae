"""`check`: find every mistake of an index and its questionnaires."""

from pathlib import Path

import click

from questionnaires.checking import check as check_definitions
from questionnaires.fingerprint import fingerprint
from survey_service.cli.speaking import REFUSED, Voice, say, show_json, show_problems, speaks
from survey_service.waves.definitions import find_definitions


@click.command()
@click.argument("definitions", metavar="FOLDER_OR_NAME")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON · Print as JSON.")
@click.pass_context
@speaks
def check(context: click.Context, definitions: str, voice: Voice, *, as_json: bool) -> None:
    """Kiểm tra bộ chỉ số và bộ phiếu · Check an index and its questionnaires."""
    found = find_definitions(definitions, Path.cwd())
    problems = check_definitions(found.framework, found.questionnaires)
    errors = sum(entry.severity == "error" for entry in problems)
    hashes = {
        "framework": fingerprint(found.framework),
        "questionnaires": fingerprint(found.questionnaires),
    }
    if as_json:
        show_json({"problems": problems, "errors": errors, **hashes})
    else:
        show_problems(problems, voice)
        warnings = len(problems) - errors
        say(
            voice,
            f"{errors} lỗi, {warnings} cảnh báo.",
            f"{errors} errors, {warnings} warnings.",
        )
        for name, digest in hashes.items():
            click.echo(f"{name} {digest}")
    if errors:
        context.exit(REFUSED)

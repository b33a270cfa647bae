"""`check`: find every mistake of an index and its questionnaires."""

from pathlib import Path

import click

from questionnaires.checking import check as check_definitions
from questionnaires.fingerprint import fingerprint
from questionnaires.lengths import form_lengths
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
    # Definitions with mistakes may name what does not exist; nothing can be measured on them.
    lengths = () if errors else form_lengths(found.framework, found.questionnaires)
    short = [one for one in lengths if one.short]
    if as_json:
        show_json({"problems": problems, "errors": errors, "short_forms": short, **hashes})
    else:
        show_problems(problems, voice)
        warnings = len(problems) - errors
        say(
            voice,
            f"{errors} lỗi, {warnings} cảnh báo.",
            f"{errors} errors, {warnings} warnings.",
        )
        for form in short:
            long, most = form.long, max(form.short, key=lambda one: one.questions)
            say(
                voice,
                f"{form.group}: phiếu dài {long.questions} câu, {long.minutes} phút; phiếu ngắn "
                f"{most.questions} câu, {most.minutes} phút.",
                f"{form.group}: long form {long.questions} questions, {long.minutes} minutes; "
                f"short form {most.questions} questions, {most.minutes} minutes.",
            )
        for name, digest in hashes.items():
            click.echo(f"{name} {digest}")
    if errors:
        context.exit(REFUSED)

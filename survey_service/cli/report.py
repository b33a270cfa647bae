"""`report`: pages, PDF and Word from a publication, for people to read, sign and print."""

from pathlib import Path

import click

from questionnaires.problems import ProblemsError, problem
from survey_service.cli.speaking import Voice, say, speaks

_KINDS = ("wave", "summary", "unit", "service", "submission", "minutes", "appendix")
_FORMATS = ("html", "pdf", "docx")
_WITHOUT_UNITS = ("wave", "summary", "service", "submission", "minutes", "appendix")


class _Reports(click.Group):
    """Takes what is no command of its own for the publication that reports are made of."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        named = args and args[0] in self.commands
        return super().resolve_command(ctx, args if named else ["make", *args])


@click.group(cls=_Reports)
def report() -> None:
    """Báo cáo từ gói công bố: trang, PDF, Word · Reports of a publication.

    `report PUBLICATION …` is short for `report make PUBLICATION …`.
    """


@report.command()
@click.argument("publication", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Ghi các tệp vào thư mục này · Write the files into this folder.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(_KINDS),
    help="Loại báo cáo; mặc định: tất cả trừ báo cáo đơn vị · Default: all but units.",
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="MÃ",
    help="Chỉ báo cáo của đơn vị này · Only this unit's report; may be repeated.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(["vi", "en"]),
    default=["vi"],
    show_default=True,
    help="Ngôn ngữ báo cáo · Language of the reports.",
)
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(_FORMATS),
    default=["html"],
    show_default=True,
    help="Dạng tệp · Form of the files.",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Mẫu Word do cơ quan tự sửa (report template) · Your own Word template.",
)
@speaks
def make(
    publication: Path,
    out: Path,
    kinds: tuple[str, ...],
    units: tuple[str, ...],
    languages: tuple[str, ...],
    forms: tuple[str, ...],
    template: Path | None,
    voice: Voice,
) -> None:
    """Làm báo cáo từ gói công bố · Make reports from a publication's folder.

    The publication is checked first. A file that is there already and differs is never written
    over: somebody may have worked on it.

    Exit codes: 0 done, 1 refused (the problems stand on stderr), 2 wrong usage.
    """
    from tqdm import tqdm  # noqa: PLC0415

    from survey_service.reports.making import planned_files, written_files  # noqa: PLC0415
    from survey_service.reports.reading import read_published  # noqa: PLC0415

    wanted = kinds or (("unit",) if units else _WITHOUT_UNITS)
    if template is not None and "docx" not in forms:
        raise click.UsageError("--template cần --format docx · --template needs --format docx.")
    wave = read_published(publication)
    files = planned_files(wave, kinds=wanted, units=units, languages=languages, forms=forms)  # pyright: ignore[reportArgumentType] - click checked the choices
    out.mkdir(parents=True, exist_ok=True)
    kept: list[str] = []
    own = None if template is None else template.read_bytes()
    made = written_files(wave, files, template=own)
    for name, content in tqdm(made, total=len(files), desc="Báo cáo / Reports", unit=" tệp"):
        if not _put(out / name, content):
            kept.append(name)
    if kept:
        raise ProblemsError(
            *(
                problem(
                    f"{out.name}/{name}",
                    "tệp đã có và khác với báo cáo vừa làm nên được giữ nguyên; hãy xóa tệp cũ "
                    "hoặc chọn thư mục khác.",
                    "is there already, differs and was kept; delete it or choose another folder.",
                )
                for name in kept
            )
        )
    say(voice, f"Đã ghi {len(files)} tệp vào {out}.", f"{len(files)} files are in {out}.")


@report.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tệp .docx sẽ ghi · The .docx file to write.",
)
@speaks
def template(out: Path, voice: Voice) -> None:
    """Ghi mẫu Word để cơ quan tự sửa · Write the Word template, for staff to edit.

    Use it with `report PUBLICATION --format docx --template FILE`.

    Exit codes: 0 done, 1 refused (the problems stand on stderr), 2 wrong usage.
    """
    from survey_service.reports.making import require_word  # noqa: PLC0415

    require_word()
    from survey_service.reports.word.template import template_bytes  # noqa: PLC0415 - an extra

    if out.exists():
        raise ProblemsError(
            problem(
                out.name,
                "tệp đã có nên được giữ nguyên; hãy chọn tên khác.",
                "is there already and was kept; choose another name.",
            )
        )
    _put(out, template_bytes())
    say(voice, f"Đã ghi mẫu vào {out}.", f"The template is in {out}.")


def _put(path: Path, content: bytes) -> bool:
    """Write a file; False where another is there."""
    if path.exists():
        return path.read_bytes() == content
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(content)
    draft.replace(path)
    return True

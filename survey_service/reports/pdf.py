"""A report as a PDF, made from its HTML by WeasyPrint; tagged, to PDF/UA-1."""

from base64 import b64encode
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from questionnaires.problems import ProblemsError, problem
from survey_service.reports.blocks import Report
from survey_service.reports.html import Address, printed_html

VARIANT: Final = "pdf/ua-1"
_FACES: Final = {
    "Report Sans": {"": "normal 400", "-Bold": "normal 700", "-Oblique": "italic 400"},
    "Report Serif": {"": "normal 400", "-Bold": "normal 700", "-Italic": "italic 400"},
}
_FILES: Final = {"Report Sans": "DejaVuSans", "Report Serif": "DejaVuSerif"}


def report_pdf(report: Report, address: Address) -> bytes:
    """Write a report as a PDF.

    The same report gives the same bytes where WeasyPrint, Pango and the fonts are the same: no
    date stands in it, and its identifier is fixed. Raises ProblemsError where WeasyPrint, or a
    library of the system that it needs, is not installed.
    """
    return page_pdf(printed_html(report, address, embedded_faces()))


def page_pdf(html: str) -> bytes:
    """Turn a page that needs nothing beside it into a PDF; raises as `report_pdf` does."""
    document = require_weasyprint().HTML(
        string=html,
        # A page holds all that it shows; a name in it can make nothing be fetched.
        url_fetcher=import_module("weasyprint.urls").URLFetcher(allowed_protocols=("data",)),
    )
    content: bytes = document.write_pdf(
        pdf_variant=VARIANT, pdf_tags=True, pdf_identifier=b"survey-service report"
    )
    return content


def require_weasyprint() -> Any:
    """Import WeasyPrint; raises ProblemsError where it, or what it needs, is not installed."""
    try:
        # An extra, and slow to import.
        weasyprint: Any = import_module("weasyprint")
    except ImportError as error:
        raise ProblemsError(
            problem(
                "--format pdf",
                "chưa cài phần làm PDF; hãy chạy: pip install 'survey-service[reports]'.",
                "what makes PDF is not installed; run: pip install 'survey-service[reports]'.",
            )
        ) from error
    except OSError as error:
        # WeasyPrint loads Pango from the system when it is imported.
        raise ProblemsError(
            problem(
                "--format pdf",
                f"thiếu thư viện Pango của hệ thống ({error}); trên Debian hãy chạy: apt-get "
                "install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0.",
                f"the system's Pango is missing ({error}); on Debian run: apt-get install "
                "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0.",
            )
        ) from error
    return weasyprint


def embedded_faces() -> str:
    """Embed the fonts that come with Matplotlib: they have every Vietnamese letter."""
    import matplotlib as mpl  # noqa: PLC0415 - not at the start of every process

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return "".join(
        _face(family, folder / f"{_FILES[family]}{suffix}.ttf", *style.split())
        for family, styles in _FACES.items()
        for suffix, style in styles.items()
    )


def _face(family: str, file: Path, style: str, weight: str) -> str:
    content = b64encode(file.read_bytes()).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: {weight}; '
        f"src: url(data:font/ttf;base64,{content}); }}\n"
    )

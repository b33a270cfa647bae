"""A report as HTML: one file that needs nothing beside it, or the source of a PDF."""

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from survey_service.reports.blocks import Report

Address = Callable[[str], str]
"""Gives the address of a chart's file by its name."""


def report_html(report: Report, address: Address) -> str:
    """Write a report as one file with its style inside."""
    style = template_text("static/style.css") + template_text("static/report.css")
    return _render(report, address, style)


def printed_html(report: Report, address: Address, faces: str) -> str:
    """Write a report for paper; `faces` are the fonts that must not be missing, as CSS."""
    return _render(report, address, faces + template_text("report/print.css"))


def data_address(content: bytes) -> str:
    """Give an SVG as an address that holds it."""
    return f"data:image/svg+xml;base64,{b64encode(content).decode()}"


def template_text(name: str) -> str:
    """Read a file of the templates."""
    return files("templates").joinpath(*name.split("/")).read_text(encoding="utf-8")


def _render(report: Report, address: Address, style: str) -> str:
    template = _environment().get_template("report/document.html")
    return template.render(report=report, address=address, style=style)


@cache
def _environment() -> Environment:
    """Make the templates' environment; a report brings its own words, so nothing translates."""
    return Environment(
        loader=FunctionLoader(template_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

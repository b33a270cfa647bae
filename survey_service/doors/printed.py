"""What is printed: a code, its QR and its address, on letters and on slips for receipts."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import segno
from jinja2 import Environment, FunctionLoader, StrictUndefined

from questionnaires.text import Language
from survey_service.doors.short_codes import written
from survey_service.reports.html import template_text

CODE_PATH = "/c"
_QUIET_ZONE = 4
"""Modules of white around a QR code (ISO/IEC 18004:2015, sec. 6.3.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One code with what stands around it; `name` and `minutes` are for letters."""

    code: str
    language: Language
    unit: str
    service: str
    name: str = ""
    minutes: int = 0

    @property
    def written(self) -> str:
        """The code as people read it."""
        return written(self.code)


def code_url(public_url: str, code: str) -> str:
    """Give the address that a QR code holds."""
    return f"{public_url}{CODE_PATH}/{code}"


def print_html(
    template: str, slips: Sequence[Slip], public_url: str, *, faces: str = "", **words: Any
) -> str:
    """Lay out letters ("letters") or slips ("slips") as one file that needs nothing beside it.

    `faces` are fonts that must not be missing, as CSS.
    """
    pictures: Mapping[str, str] = {
        slip.code: _qr(code_url(public_url, slip.code)) for slip in slips
    }
    return (
        _environment()
        .get_template(f"doors/{template}.html")
        .render(
            slips=slips,
            pictures=pictures,
            typed=f"{public_url.partition('://')[2]}{CODE_PATH}",
            style=faces + template_text("doors/print.css"),
            **words,
        )
    )


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=_QUIET_ZONE, xmldecl=False, svgclass="qr", omitsize=True
    )
    return out.getvalue().decode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(template_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

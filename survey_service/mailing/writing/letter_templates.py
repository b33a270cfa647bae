"""The templates of letters, rendered: strict about what is missing, HTML escaped."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import BaseLoader, Environment, FunctionLoader, StrictUndefined, select_autoescape


def render(name: str, values: Mapping[str, object]) -> str:
    """Render a template by its path in the package `templates`."""
    return _environment().get_template(name).render(values)


def read_text(name: str) -> str:
    """Give a file of the package `templates` as it is; FileNotFoundError where there is none."""
    return files("templates").joinpath(*name.split("/")).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    def read(name: str) -> str | None:
        try:
            return read_text(name)
        except FileNotFoundError:
            return None

    loader: BaseLoader = FunctionLoader(read)
    return Environment(
        loader=loader,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )

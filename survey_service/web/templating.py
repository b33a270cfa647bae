"""Templates in two languages: Vietnamese as written, English from the catalogue of messages."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlsplit

from babel.messages.pofile import read_po
from jinja2 import Environment, FunctionLoader, StrictUndefined

from questionnaires.text import LANGUAGES, Language
from survey_service.web.assets import Assets
from survey_service.web.slots import blank_slot, slot

LOCALE = "locale/en.po"


class Templates:
    """Renders templates; every internal link begins with `root`, never with what a client says."""

    def __init__(self, public_url: str) -> None:
        self.root = urlsplit(public_url).path
        self.assets = Assets.load(self.root)
        self._environments = {language: self._environment(language) for language in LANGUAGES}

    def render(self, name: str, language: Language, **values: object) -> str:
        """Render a template; raises jinja2.UndefinedError for a value that is missing."""
        return self._environments[language].get_template(name).render(values)

    def say(self, language: Language, message: str) -> str:
        """Say one sentence that stands in no template; raises KeyError where it has no English."""
        return _messages(language)[0](message)

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=FunctionLoader(_read),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        environment.policies["ext.i18n.trimmed"] = True
        gettext, ngettext = _messages(language)
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            gettext, ngettext, newstyle=True
        )
        shared: dict[str, Any] = {
            "language": language,
            "other_language": "en" if language == "vi" else "vi",
            "root": self.root,
            "asset": self.assets.address,
            "slot": slot,
            "blank_slot": blank_slot,
        }
        cast("dict[str, Any]", environment.globals).update(shared)
        return environment


def _read(name: str) -> str | None:
    file = files("templates").joinpath(*name.split("/"))
    return file.read_text(encoding="utf-8") if file.is_file() else None


@cache
def _messages(
    language: Language,
) -> tuple[Callable[[str], str], Callable[[str, str, int], str]]:
    if language == "vi":
        # Vietnamese nouns have one form, so the first will do for any number.
        return (lambda message: message), (lambda message, _several, _count: message)
    catalogue = read_po(BytesIO(files("templates").joinpath(LOCALE).read_bytes()), locale="en")
    single: dict[str, str] = {}
    plural: dict[str, str] = {}
    for message in catalogue:
        # A message that counts has a pair of keys and a pair of texts.
        keys = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        single[keys[0]], plural[keys[0]] = texts[0], texts[-1]

    def ngettext(message: str, _several: str, count: int) -> str:
        return (single if count == 1 else plural)[message]

    return single.__getitem__, ngettext

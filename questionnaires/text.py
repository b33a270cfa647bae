"""A text in the languages of the service."""

from typing import Literal, get_args

import msgspec

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

PLACEHOLDERS: dict[Language, dict[str, str]] = {
    "vi": {"đơn vị": "unit", "năm": "year", "dịch vụ": "service"},
    "en": {"unit": "unit", "year": "year", "service": "service"},
}
"""What a text may leave open, as written in each language → the value's name."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text, Vietnamese first; placeholders in braces as PLACEHOLDERS names them."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """Give the text in one language, placeholders still open."""
        return self.vi if language == "vi" else self.en

    def fill(self, language: Language, **values: str) -> str:
        """Give the text with its placeholders filled; raises KeyError for a value not given."""
        text = self.in_(language)
        for written, name in PLACEHOLDERS[language].items():
            token = "{" + written + "}"
            if token in text:
                text = text.replace(token, values[name])
        return text

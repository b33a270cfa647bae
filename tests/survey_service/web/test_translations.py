from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from survey_service.web.slots import Skeleton, blank_slot, slot
from survey_service.web.templating import LOCALE, Templates

TEMPLATES = Path(str(files("templates")))
CODE = Path(str(files("survey_service"))) / "web"
OPTIONS = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "encoding": "utf-8"}


def said() -> Iterator[str]:
    """Walk every sentence that a page can say, in its Vietnamese form."""
    for path in TEMPLATES.rglob("*.html"):
        if "email" not in path.parts:
            with path.open("rb") as file:
                for _, _, message, _ in babel_extract(
                    file, ("_", "gettext", "ngettext"), [], OPTIONS
                ):
                    # A call with arguments gives its sentence and then what is no sentence.
                    yield message if isinstance(message, str) else str(next(iter(message or ())))
    for path in CODE.rglob("*.py"):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, {"say": (2,)}):
                yield str(message)


def test_every_sentence_has_its_english_and_no_english_is_left_over() -> None:
    catalogue = read_po(BytesIO((TEMPLATES / LOCALE).read_bytes()), locale="en")
    known = {
        message.id if isinstance(message.id, str) else next(iter(message.id))
        for message in catalogue
        if message.id and message.string and all(message.string)
    }
    assert set(said()) == known


def test_placeholders_survive_translation() -> None:
    catalogue = read_po(BytesIO((TEMPLATES / LOCALE).read_bytes()), locale="en")
    for message in catalogue:
        assert not message.fuzzy
        assert list(message.check()) == [], message.id


def test_a_sentence_without_english_is_refused() -> None:
    with pytest.raises(KeyError):
        Templates("http://127.0.0.1:8000").say("en", "Câu này không có trong danh mục.")


def test_a_skeleton_is_filled_as_often_as_one_likes() -> None:
    page = Skeleton.build(f"<p>{slot('unit')}, {slot('unit')}</p><i{blank_slot('mark')}>")
    assert page.fill({"unit": "Sở Y tế"}).decode() == "<p>Sở Y tế, Sở Y tế</p><i>"
    assert page.fill({"unit": "a", "mark": " checked"}) == b"<p>a, a</p><i checked>"
    with pytest.raises(KeyError):
        page.fill({"mark": ""})

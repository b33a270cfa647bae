"""The subject and paragraphs of a step's letters: the wave's own words, or else the usual ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.text import Language
from survey_service.mailing.writing.letter_templates import read_text
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.mail_plan.wording import fill_placeholders, wording_for
from survey_service.waves.plan import WavePlan

_BLANK = re.compile(r"\n\s*\n")
_CLOSING = "***"
"""What parts opening and closing in the files of the usual words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """A subject, the paragraphs before the link, and those after it."""

    subject: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> "StepText":
        """Put the values, by English name, where the placeholders stand."""

        def fill(texts: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(fill_placeholders(text, values) for text in texts)

        return StepText(
            subject=fill_placeholders(self.subject, values),
            opening=fill(self.opening),
            closing=fill(self.closing),
        )


def step_text(plan: WavePlan, step: str, language: Language) -> StepText:
    """Give the words of a step, placeholders still open."""
    usual = usual_text(STEPS[step].template, language)
    given = wording_for(plan.wording, step)
    if given is None:
        return usual
    return StepText(
        subject=given.subject.in_(language),
        opening=_paragraphs(given.opening.in_(language)),
        closing=(
            usual.closing if given.closing is None else _paragraphs(given.closing.in_(language))
        ),
    )


def usual_text(template: str, language: Language) -> StepText:
    """Read the words that this release has for a kind of step."""
    subject, _, rest = read_text(f"email/steps/{template}.{language}.txt").partition("\n")
    opening, _, closing = rest.partition(f"\n{_CLOSING}\n")
    return StepText(subject=subject, opening=_paragraphs(opening), closing=_paragraphs(closing))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _BLANK.split(text) if part.strip())

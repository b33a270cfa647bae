"""What the letters of a wave say to everyone of a step and language, before anyone is named."""

import re
from typing import Final

from mailer.writing.header import Mailbox
from mailer.writing.part import slot
from mailer.writing.wording import Wording
from questionnaires.text import Language, Text
from survey_service.config import Settings
from survey_service.mailing.writing.letter_templates import render
from survey_service.mailing.writing.step_texts import step_text
from survey_service.waves.civil_dates import civil_date, last_day
from survey_service.waves.mail_plan.steps import STEPS
from survey_service.waves.mail_plan.wording import PERSONAL
from survey_service.waves.reading import LoadedWave

TRIAL_MARK: Final = Text(vi="[THỬ]", en="[TEST]")
"""What begins the subject of a letter that is only shown."""
_LINKED: Final = frozenset({"link"})
"""Kinds of steps that carry the personal link though they ask for nothing anew."""
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def letter_wording(
    settings: Settings, wave: LoadedWave, step: str, language: Language, *, trial: bool = False
) -> Wording:
    """Word a step's letters; a `trial` says in subject and text that it is one."""
    plan = wave.plan
    kind = STEPS[step]
    organisation = plan.sender.organisation.in_(language)
    fixed = {
        "organisation": organisation,
        "title": plan.title.in_(language),
        "opens": civil_date(plan.opens, language),
        "closes": civil_date(last_day(wave), language),
        "telephone": plan.sender.telephone,
        "results page": f"{settings.public_url}/results/{plan.code}",
    }
    text = step_text(plan, step, language).filled(fixed | {name: slot(name) for name in PERSONAL})
    subject = f"{TRIAL_MARK.in_(language)} {text.subject}" if trial else text.subject
    words: dict[str, object] = {
        **fixed,
        "results_page": fixed["results page"],
        "slot": slot,
        "language": language,
        "subject": subject,
        "step": kind.template,
        "asks": kind.asks or kind.template in _LINKED,
        "trial": trial,
        "opening": text.opening,
        "closing": text.closing,
        "letter_number": plan.letter.number,
        "letter_date": civil_date(plan.letter.date, language),
        "signatory": plan.letter.signatory,
        "page": plan.sender.page,
        "kept_until": civil_date(plan.privacy.kept_until, language),
        "mail_from": settings.mail_from,
        "public_url": settings.public_url,
    }
    domain = settings.mail_from.rpartition("@")[2].lower()
    return Wording(
        sender=Mailbox(address=settings.mail_from, name=organisation),
        reply_to=Mailbox(address=plan.sender.reply_to, name=organisation),
        subject=subject,
        list_id=f"{plan.code.lower()}.{domain}",
        language=language,
        text=render(f"email/letter.{language}.txt", words),
        html=render(f"email/letter.{language}.html", words),
        feedback_id=f"{plan.code.lower()}:{step}:{sender_id(domain)}",
    )


def sender_id(domain: str) -> str:
    """Give the sender's part of a Feedback-ID: 5 to 15 characters, the same over all mail."""
    return _NO_LETTER.sub("", domain)[:15].ljust(5, "0")

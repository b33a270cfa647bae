"""What a wave says of itself on a page, in one language."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from questionnaires.text import Language
from survey_service.waves.civil_dates import civil_date, last_day
from survey_service.waves.reading import LoadedWave


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveWords:
    """A wave's title, who asks, the letter it rests on, its dates and its notice."""

    code: str
    title: str
    organisation: str
    telephone: str
    page: str
    letter_number: str
    letter_date: str
    signatory: str
    opens: str
    closes: str
    year: int
    kept_until: str
    privacy_contact: str
    legal_basis: str


def wave_words(wave: LoadedWave, language: Language) -> WaveWords:
    """Say what a wave says of itself; dates as people of the language write them."""
    plan = wave.plan
    return WaveWords(
        code=wave.code,
        title=plan.title.in_(language),
        organisation=plan.sender.organisation.in_(language),
        telephone=plan.sender.telephone,
        page=plan.sender.page,
        letter_number=plan.letter.number,
        letter_date=civil_date(plan.letter.date, language),
        signatory=plan.letter.signatory,
        opens=civil_date(wave.opens_at.astimezone(ZoneInfo(plan.zone)).date(), language),
        closes=civil_date(last_day(wave), language),
        year=wave.framework.year,
        kept_until=civil_date(plan.privacy.kept_until, language),
        privacy_contact=plan.privacy.contact,
        legal_basis=plan.privacy.legal_basis.in_(language),
    )


def moment(wave: LoadedWave, at: datetime, language: Language) -> str:
    """Write an instant as the hour and civil date in the wave's zone."""
    return hour_and_day(at.astimezone(ZoneInfo(wave.plan.zone)), language)


def hour_and_day(local: datetime, language: Language) -> str:
    """Write a local time as its hour and civil date."""
    day = civil_date(local.date(), language)
    return f"{local:%H:%M} ngày {day}" if language == "vi" else f"{local:%H:%M} on {day}"

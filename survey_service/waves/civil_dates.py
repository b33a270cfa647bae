"""Days as people write them, and the last one of a wave."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from questionnaires.text import Language
from survey_service.waves.reading import LoadedWave


def last_day(wave: LoadedWave) -> date:
    """Give the last civil day on which a wave takes answers, extensions included."""
    return (wave.closes_at.astimezone(ZoneInfo(wave.plan.zone)) - timedelta(microseconds=1)).date()


def civil_date(day: date, language: Language) -> str:
    """Write a civil date as people of the language do."""
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day.day} {day:%B %Y}"

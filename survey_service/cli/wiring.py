"""What a command needs from outside: settings, database, clock, entropy, keys."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import click

from questionnaires.problems import ProblemsError, problem
from survey_service.clock import Clock, SystemClock
from survey_service.config import Settings, read_settings
from survey_service.entropy import Entropy, SystemEntropy
from survey_service.keys import KeyRing, open_key_ring
from survey_service.store.database import Database
from survey_service.store.migrate import is_current


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The outside world of one command; the demo and tests put in their own clock and entropy."""

    settings: Settings
    database: Database
    clock: Clock
    entropy: Entropy

    @property
    def keys(self) -> KeyRing:
        """The key ring, made where there is none yet."""
        return open_key_ring(self.settings.keys, self.entropy)


@contextmanager
def open_wiring(*, migrated: bool = True) -> Generator[Wiring]:
    """Wire a command to the real world; raises ProblemsError for settings that cannot be used.

    With `migrated` a database that is behind this release is refused.
    """
    settings = read_settings()
    database = Database(settings.database_url)
    try:
        if migrated and not is_current(database):
            raise ProblemsError(
                problem(
                    "DATABASE_URL",
                    "cơ sở dữ liệu chưa đúng phiên bản; chạy: survey-service db upgrade.",
                    "the database is not at this release; run: survey-service db upgrade.",
                )
            )
        yield Wiring(
            settings=settings, database=database, clock=SystemClock(), entropy=SystemEntropy()
        )
    finally:
        database.close()


def pass_wiring(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a command the Wiring of its context, or one of the real world, as first argument."""

    @click.pass_context
    def invoke(context: click.Context, *arguments: Any, **options: Any) -> Any:
        wiring = context.find_object(Wiring)
        if wiring is None:
            wiring = context.with_resource(open_wiring())
        return context.invoke(command, wiring, *arguments, **options)

    return update_wrapper(invoke, command)

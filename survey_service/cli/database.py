"""`db`: the database's schema."""

import click

from survey_service.cli.speaking import Voice, say, speaks
from survey_service.cli.wiring import open_wiring
from survey_service.store.migrate import upgrade as run_migrations


@click.group()
def db() -> None:
    """Cơ sở dữ liệu · The database."""


@db.command()
@speaks
def upgrade(voice: Voice) -> None:
    """Đưa cơ sở dữ liệu lên đúng phiên bản · Bring the database to this release's schema."""
    with open_wiring(migrated=False) as wiring:
        run_migrations(wiring.database)
        where = wiring.database.url.render_as_string(hide_password=True)
    say(voice, f"Cơ sở dữ liệu đã sẵn sàng: {where}", f"The database is ready: {where}")

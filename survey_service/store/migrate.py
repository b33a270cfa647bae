"""Bring a database to the schema of this release."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from survey_service.store.database import Database
from survey_service.store.tables import Base

SCRIPTS = "survey_service:store/migrations"


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", SCRIPTS)
    configuration.set_main_option("path_separator", "os")
    return configuration


def upgrade(database: Database) -> None:
    """Run every migration that the database has not seen yet."""
    configuration = _configuration()
    with database.engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")


def is_current(database: Database) -> bool:
    """Tell whether the database stands at the newest migration."""
    head = ScriptDirectory.from_config(_configuration()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def differences(database: Database) -> list[object]:
    """List what the tables in the code have that the migrated database lacks, or reversed."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

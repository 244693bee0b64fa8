"""Bringing the database to what the code needs, and telling whether it is there."""

from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from media_service.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


class MigrationMissing(Exception):  # noqa: N818  said of the database
    """The database is older than the code; the message says what to do."""


def migrate(database: Database) -> None:
    """Apply what is missing, all of it or nothing; processes that do so at once wait for each other."""
    from alembic import command  # noqa: PLC0415  only this command pays for it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.writing_engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('media migrations'))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def head() -> str:
    """The newest migration of this code; their names sort by age."""
    return max(path.stem for path in (SCRIPTS / "versions").glob("[0-9]*.py")).partition("_")[0]


def require_migrated(engine: Engine) -> None:
    """Raises MigrationMissing; a database that is newer than the code is fine (expand, then contract)."""
    try:
        with engine.connect() as connection:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        raise MigrationMissing("The database has no tables yet, or does not answer.") from error
    if not found or found < head():
        raise MigrationMissing(f"The database is at migration {found}, the code needs {head()}.")

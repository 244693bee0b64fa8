"""Bringing the database to what the code needs, and telling whether it is there."""

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from media_service.database import Database
from media_service.revisions import SCRIPTS, newer_than


class MigrationMissing(Exception):  # noqa: N818  said of the database
    """The database is older than the code; the message says what to do."""


def migrate(database: Database) -> None:
    """Apply what is missing, each migration whole or not at all."""
    from alembic import command  # noqa: PLC0415  only this command pays for it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.writing_engine.connect() as connection:
        config.attributes["connection"] = connection
        missing = _missing(connection)  # none where a database is newer, after a roll-back
        connection.rollback()  # each migration has a transaction of its own, or none
        if missing:
            command.upgrade(config, "head")


def migrations_missing(engine: Engine) -> list[str]:
    """Those that the code has and the database lacks."""
    with engine.connect() as connection:
        return _missing(connection)


def require_migrated(engine: Engine) -> None:
    """Raises MigrationMissing."""
    try:
        missing = migrations_missing(engine)
    except DBAPIError as error:
        raise MigrationMissing("The database does not answer.") from error
    if missing:
        raise MigrationMissing(f"The database lacks {len(missing)} of its migrations, {missing[0]} first.")


def _missing(connection: Connection) -> list[str]:
    known = inspect(connection).has_table("alembic_version")
    found = connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
    return newer_than(found)

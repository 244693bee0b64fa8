"""What the database of a Django service lacks."""

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from chassis.migrations import where
from chassis.settings import SettingsError


def pending() -> list[str]:
    """The migrations that are not applied, in order; a database newer than the code lacks none."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def require_database(url: str) -> None:
    """Raises SettingsError with a sentence when the database at ``url``, which is the default one, does not answer."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        raise SettingsError(f"The database at {where(url)} does not answer: {reason}") from error

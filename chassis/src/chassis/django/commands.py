"""What the commands of all Django services have in common; Django is imported once a command needs it."""
# ruff: noqa: PLC0415

from chassis.migrations import where
from chassis.settings_error import SettingsError


def require_database(url: str) -> None:
    """Raises SettingsError with a sentence when the database at ``url``, which is the default one, does not answer."""
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        raise SettingsError(f"The database at {where(url)} does not answer: {reason}") from error

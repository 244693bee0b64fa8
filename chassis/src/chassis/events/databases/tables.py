"""Whether the tables of events are there."""

from chassis.events.database import EventDatabase
from chassis.settings import SettingsError


def require_tables(database: EventDatabase, service: str) -> None:
    """Raise SettingsError when the tables are missing; a database that does not answer is no reason, it may come."""
    try:
        with database.transaction() as transaction:
            transaction.execute("SELECT count(*) FROM outbox_shard")
            transaction.execute("SELECT 1 FROM inbox_event LIMIT 1")
    except Exception as error:
        if not database.is_lost(error):
            raise SettingsError(
                f"The database of {service} lacks the events tables (migration chassis_events.0001_initial in Django "
                f"services): run `broadsheet {service} migrate` first. ({error})".replace("\n", " ")
            ) from error
    finally:
        database.close()

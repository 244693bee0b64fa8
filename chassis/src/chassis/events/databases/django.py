"""Events on Django's database connections."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction

from chassis.events import envelope, outbox
from chassis.events.database import Handler, Row
from chassis.events.ddl import Dialect
from chassis.events.envelope import Event, EventRefused
from chassis.events.registry import require_listed
from chassis.events.types import EventData
from chassis.storage_errors import storage_error_code


def publish(data: EventData, *, sequence: int, actor: object = None, using: str = DEFAULT_DB_ALIAS) -> Event:
    """Publish an event when the open transaction commits, and never if it does not.

    ``sequence`` is the version the aggregate has now, ``actor`` the id of who did it. Raises EventRefused naming the
    field, or the list that the class is missing in, and django.db.IntegrityError for a second event of the same version
    of an aggregate.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise EventRefused(f"{data.event_type.name}: publish inside transaction.atomic(), with the change it tells of")
    require_listed(type(data))
    event = envelope.create(data, sequence=sequence, actor=actor)
    outbox.add(DjangoTransaction(connection).execute, cast("Dialect", connection.vendor), event)
    return event


class DjangoTransaction:
    """An open ``transaction.atomic()``."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def call(self, handler: Handler, event: Event) -> None:
        handler(event)


class DjangoDatabase:
    """The EventDatabase of a Django service; handlers are called with the event alone."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self._using = using

    @property
    def dialect(self) -> Dialect:
        return cast("Dialect", connections[self._using].vendor)

    @contextmanager
    def transaction(self) -> Iterator[DjangoTransaction]:
        with transaction.atomic(using=self._using):
            yield DjangoTransaction(connections[self._using])

    def is_lost(self, error: Exception) -> bool:
        connection = connections[self._using]
        if not isinstance(error, Error):
            return False
        if connection.connection is not None and connection.is_usable():
            return storage_error_code(error) is not None
        connection.close()  # the next transaction connects anew
        return True

    def close(self) -> None:
        connections[self._using].close()

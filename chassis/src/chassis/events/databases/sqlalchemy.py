"""Events on SQLAlchemy sessions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.events import envelope, outbox
from chassis.events.database import Handler, Row
from chassis.events.ddl import Dialect
from chassis.events.envelope import Event
from chassis.events.registry import require_listed
from chassis.events.types import EventData
from chassis.storage_errors import storage_error_code


def publish(session: Session, data: EventData, *, sequence: int, actor: object = None) -> Event:
    """Publish an event when the session's transaction commits, and never if it does not.

    ``sequence`` is the version the aggregate has now, ``actor`` the id of who did it. Raises EventRefused naming the
    field, or the list that the class is missing in, and sqlalchemy.exc.IntegrityError for a second event of the same
    version of an aggregate.
    """
    require_listed(type(data))
    event = envelope.create(data, sequence=sequence, actor=actor)
    connection = session.connection()
    outbox.add(
        lambda sql, parameters: execute(connection, sql, parameters), cast("Dialect", connection.dialect.name), event
    )
    return event


def execute(connection: Connection, sql: str, parameters: Sequence[object]) -> list[Row]:
    """Run one statement written with ``%s`` for values."""
    if connection.dialect.name == "sqlite":
        sql = sql.replace("%s", "?")
    result = connection.exec_driver_sql(sql, tuple(parameters))
    return [tuple(row) for row in result] if result.returns_rows else []


class SqlAlchemyTransaction:
    """A session with an open transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        return execute(self._session.connection(), sql, parameters)

    def call(self, handler: Handler, event: Event) -> None:
        handler(self._session, event)
        self._session.flush()
        self._session.expunge_all()  # the next handler finds the database as it is, not what this one has loaded


class SqlAlchemyDatabase:
    """The EventDatabase of a SQLAlchemy service; handlers are called with the session and the event."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def dialect(self) -> Dialect:
        return cast("Dialect", self._engine.dialect.name)

    @contextmanager
    def transaction(self) -> Iterator[SqlAlchemyTransaction]:
        with Session(self._engine) as session, session.begin():
            yield SqlAlchemyTransaction(session)

    def is_lost(self, error: Exception) -> bool:
        return isinstance(error, DBAPIError) and (
            error.connection_invalidated or storage_error_code(error) is not None or not self._answers()
        )

    def close(self) -> None:
        """Nothing to do: connections go back to the engine's pool after each transaction."""

    def _answers(self) -> bool:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            return False
        return True

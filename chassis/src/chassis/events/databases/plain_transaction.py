"""A transaction through a plain driver, psycopg or sqlite3."""

from collections.abc import Sequence
from typing import Any

from chassis.events.database import Handler, Row
from chassis.events.envelope import Event


class PlainTransaction:
    """An open transaction; handlers are called with its ``execute`` and the event."""

    def __init__(self, connection: Any, placeholder: str) -> None:
        self._connection = connection
        self._placeholder = placeholder

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        cursor = self._connection.execute(sql.replace("%s", self._placeholder), tuple(parameters))
        return cursor.fetchall() if cursor.description else []

    def call(self, handler: Handler, event: Event) -> None:
        handler(self.execute, event)

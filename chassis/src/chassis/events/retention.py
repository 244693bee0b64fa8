"""Old rows go: published ones after 7 days, handled ones after 14, in chunks so that nobody waits for it."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from chassis import clock
from chassis.events.database import EventDatabase

PUBLISHED_DAYS = 7
HANDLED_DAYS = 14
CHUNK = 1000
EVERY_SECONDS = 600

_CHUNKS = (
    (
        PUBLISHED_DAYS,
        """
        DELETE FROM outbox_event WHERE id IN
        (SELECT id FROM outbox_event WHERE published_at < %s LIMIT %s) RETURNING 1
        """,
    ),
    (
        HANDLED_DAYS,
        """
        DELETE FROM inbox_event WHERE (consumer, event_id) IN
        (SELECT consumer, event_id FROM inbox_event WHERE state = 'handled' AND handled_at < %s LIMIT %s) RETURNING 1
        """,
    ),
)


class Retention:
    """Purges a service's outbox and inbox every ten minutes."""

    def __init__(self, database: EventDatabase) -> None:
        self._database = database
        self._next = time.monotonic() + EVERY_SECONDS

    def purge_when_due(self, stop: threading.Event, beat: Callable[[], None] = lambda: None) -> None:
        """Purge if it is time, calling ``beat`` with each chunk and ending early on ``stop``."""
        if time.monotonic() >= self._next:
            purge(self._database, stop, beat)
            self._next = time.monotonic() + EVERY_SECONDS


def purge(
    database: EventDatabase,
    stop: threading.Event | None = None,
    beat: Callable[[], None] = lambda: None,
    *,
    now: clock.Clock = clock.now,
) -> int:
    """Delete what is old enough, a chunk per transaction; gives how many rows went."""
    gone = 0
    for days, sql in _CHUNKS:
        before = clock.to_database(now() - timedelta(days=days))
        while not (stop and stop.is_set()):
            beat()
            with database.transaction() as transaction:
                chunk = len(transaction.execute(sql, (before, CHUNK)))
            gone += chunk
            if chunk < CHUNK:
                break
    return gone

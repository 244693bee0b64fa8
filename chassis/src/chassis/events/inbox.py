"""The inbox: every event has its effect once; one that fails is kept, retried, and holds back later ones of its key.

States: ``handled`` (also what an operator discarded, told by its error), ``failed`` (will be tried again), ``held``
(waits for an earlier one of its key), ``dead`` (waits for an operator).
"""

import random
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from chassis import sentry
from chassis.events import clock, envelope, observed, parked
from chassis.events.databases import EventDatabase, Handler, Transaction
from chassis.events.envelope import Event
from chassis.events.spans import being_handled
from chassis.logging import get_logger

LADDER: Final = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 21600))
"""How long after each failed attempt the next one comes; after the last the event is dead."""


class Outcome(StrEnum):
    """What became of a delivered event."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    HELD = "held"
    FAILED = "failed"
    DEAD = "dead"


log = get_logger()


class DatabaseLost(Exception):  # noqa: N818  says what happened
    """The database does not answer: nothing was decided, the event stays where it is."""


_RECORD = """
INSERT INTO inbox_event (consumer, event_id, type, partition_key, sequence, received_at, state, envelope, handled_at)
SELECT %s, %s, %s, %s, %s, %s, parked.state, CASE parked.state WHEN 'held' THEN %s END,
    CASE parked.state WHEN 'handled' THEN CAST(%s AS {moment}) END
FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM inbox_event WHERE consumer = %s AND partition_key = %s
    AND state <> 'handled') THEN 'held' ELSE 'handled' END AS state) AS parked
WHERE true
ON CONFLICT (consumer, event_id) DO NOTHING
RETURNING state
"""
_RECORD_FAILURE = """
INSERT INTO inbox_event (consumer, event_id, type, partition_key, sequence, received_at, state, envelope, attempts,
    next_attempt_at, error)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1, %s, %s)
ON CONFLICT (consumer, event_id) DO NOTHING
"""
_DUE = """
SELECT i.event_id FROM inbox_event AS i
WHERE i.consumer = %s AND (i.state = 'held' OR (i.state = 'failed' AND i.next_attempt_at <= %s))
AND NOT EXISTS (SELECT 1 FROM inbox_event AS earlier WHERE earlier.consumer = i.consumer
    AND earlier.partition_key = i.partition_key AND earlier.state <> 'handled'
    AND (earlier.received_at, earlier.event_id) < (i.received_at, i.event_id))
ORDER BY i.received_at LIMIT 1
"""
# one writing statement takes the row, so that two consumers cannot both have it, on SQLite neither
_TAKE = """
UPDATE inbox_event SET attempts = attempts + 1 WHERE consumer = %s AND event_id = ({due})
RETURNING event_id, envelope, attempts
"""
_RETRIED = """
UPDATE inbox_event SET state = 'handled', handled_at = %s, next_attempt_at = NULL, envelope = NULL, error = NULL
WHERE consumer = %s AND event_id = %s
"""
_RETRY_FAILED = """
UPDATE inbox_event SET state = %s, attempts = %s, next_attempt_at = %s, error = %s
WHERE consumer = %s AND event_id = %s AND state IN ('failed', 'held') AND attempts = %s - 1
"""


class Inbox:
    """The inbox of one queue's consumer."""

    def __init__(
        self,
        database: EventDatabase,
        consumer: str,
        handlers: Mapping[str, Handler],
        *,
        now: clock.Clock = clock.now,
        jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2),  # noqa: S311  spreads load, guards nothing
    ) -> None:
        self.database = database
        self.consumer = consumer
        self._handlers = handlers
        self._now = now
        self._jitter = jitter
        moment, lock = ("timestamptz", " FOR UPDATE SKIP LOCKED") if database.dialect == "postgresql" else ("text", "")
        self._new = _RECORD.format(moment=moment)
        self._take = _TAKE.format(due=_DUE + lock)

    def receive(self, event: Event, body: bytes) -> Outcome:
        """Handle a delivered event in one transaction, or keep it for later; raises DatabaseLost."""
        started = time.perf_counter()
        try:
            outcome = self.apply(event, body)
        except Exception as error:  # noqa: BLE001  whatever a handler raises is kept with the event
            outcome = self._keep(event, body, error)
        observed.handled(self.consumer, event, outcome.value, time.perf_counter() - started)
        return outcome

    def apply(self, event: Event, body: bytes) -> Outcome:
        """Handle an event unless it was handled before or must wait; raises what the handler raises."""
        with being_handled(event, again=False), self.database.transaction() as transaction:
            outcome = self._record(transaction, event, body)
            if outcome is Outcome.HANDLED:
                transaction.call(self._handlers[event.type], event)
        log.info("event delivered", type=event.type, event_id=str(event.id), outcome=outcome.value)
        return outcome

    def retry_due(self) -> Outcome | None:
        """Try the next parked event whose time has come; None if there is none. Raises DatabaseLost."""
        started = time.perf_counter()
        if not self._is_any_due():
            return None
        taken: tuple[Event, int] | None = None
        try:
            with self.database.transaction() as transaction:
                taken = self._take_due(transaction)
                if taken is None:
                    return None
                self._apply_again(transaction, taken[0])
            outcome = Outcome.HANDLED
        except Exception as error:
            if taken is None:
                raise DatabaseLost from error
            outcome = self._keep_again(*taken, error)
        observed.handled(self.consumer, taken[0], outcome.value, time.perf_counter() - started)
        return outcome

    def parked(self) -> dict[str, int]:
        """How many events wait here, by state."""
        return parked.count(self.database, self.consumer)

    def _is_any_due(self) -> bool:
        try:
            with self.database.transaction() as transaction:
                return bool(transaction.execute(_DUE, (self.consumer, self._moment())))
        except Exception as error:
            raise DatabaseLost from error

    def _apply_again(self, transaction: Transaction, event: Event) -> None:
        with being_handled(event, again=True):
            transaction.call(self._handlers[event.type], event)
            transaction.execute(_RETRIED, (self._moment(), self.consumer, str(event.id)))
            log.info("event handled on retry", type=event.type, event_id=str(event.id))

    def _record(self, transaction: Transaction, event: Event, body: bytes) -> Outcome:
        moment = self._moment()
        key = (self.consumer, event.partition_key)
        row = (self.consumer, str(event.id), event.type, event.partition_key, event.sequence, moment)
        recorded = transaction.execute(self._new, (*row, body.decode(), moment, *key))
        return Outcome(recorded[0][0]) if recorded else Outcome.DUPLICATE

    def _take_due(self, transaction: Transaction) -> tuple[Event, int] | None:
        rows = transaction.execute(self._take, (self.consumer, self.consumer, self._moment()))
        return (envelope.decode(rows[0][1].encode()), rows[0][2]) if rows else None

    def _keep(self, event: Event, body: bytes, error: Exception) -> Outcome:
        state, next_attempt = self._after(event, 1, error)
        row = (self.consumer, str(event.id), event.type, event.partition_key, event.sequence, self._moment())
        self._write(_RECORD_FAILURE, (*row, state.value, body.decode(), next_attempt, describe(error)))
        return state

    def _keep_again(self, event: Event, attempts: int, error: Exception) -> Outcome:
        state, next_attempt = self._after(event, attempts, error)
        identity = (self.consumer, str(event.id), attempts)
        self._write(_RETRY_FAILED, (state.value, attempts, next_attempt, describe(error), *identity))
        return state

    def _write(self, sql: str, parameters: tuple[object, ...]) -> None:
        try:
            with self.database.transaction() as transaction:
                transaction.execute(sql, parameters)
        except Exception as error:
            raise DatabaseLost from error

    def _after(self, event: Event, attempts: int, error: Exception) -> tuple[Outcome, str | None]:
        """The state after that many failed attempts, and when the next one is due."""
        if self.database.is_lost(error):
            raise DatabaseLost from error
        identity = {"type": event.type, "event_id": str(event.id), "attempts": attempts}
        if attempts > len(LADDER):
            log.error("event is dead", **identity, exc_info=error)
            sentry.report(error)
            return Outcome.DEAD, None
        log.warning("event failed", **identity, exc_info=error)
        return Outcome.FAILED, clock.stored(self._now() + LADDER[attempts - 1] * self._jitter())

    def _moment(self) -> str:
        return clock.stored(self._now())


def describe(error: Exception) -> str:
    """An error in at most 500 characters."""
    return f"{type(error).__name__}: {error}"[:500]

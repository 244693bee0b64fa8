"""The inbox: every event has its effect once; one that fails is kept, retried, and holds back later ones of its key.

States: ``handled`` (also what an operator discarded, told by its error), ``failed`` (will be tried again), ``held``
(waits for an earlier one of its key), ``dead`` (waits for an operator).
"""

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final

from chassis import clock, sentry
from chassis.events import envelope, event_metrics, parked_events
from chassis.events.database import EventDatabase, Handler, Transaction
from chassis.events.envelope import Event
from chassis.events.spans import handling_span
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


Arrived = tuple[Event, bytes]
"""A delivered event and its envelope as it came."""
log = get_logger()


class DatabaseLost(Exception):  # noqa: N818  says what happened
    """The database does not answer: nothing was decided, the event stays where it is."""


class DatabaseRefused(DatabaseLost):
    """The database answers and refuses this: for a lock that will end, or for a table or a right that is gone."""


_RECORD = """
INSERT INTO inbox_event (consumer, event_id, type, partition_key, sequence, received_at, state, handled_at)
SELECT %s, event_id, type, partition_key, sequence, received_at, state, CASE state WHEN 'handled' THEN received_at END
FROM (SELECT arrived.*, CASE WHEN EXISTS (SELECT 1 FROM inbox_event AS parked WHERE parked.consumer = %s
    AND parked.partition_key = arrived.partition_key AND parked.state <> 'handled') THEN 'held' ELSE 'handled' END
    AS state FROM {arrived}) AS decided
WHERE true
ON CONFLICT (consumer, event_id) DO NOTHING
RETURNING event_id, state
"""
_ARRIVED = {
    "postgresql": """json_to_recordset(%s) AS arrived (event_id uuid, type text, partition_key text, sequence bigint,
    received_at timestamptz)""",
    "sqlite": """(SELECT value ->> 'event_id' AS event_id, value ->> 'type' AS type,
    value ->> 'partition_key' AS partition_key, value ->> 'sequence' AS sequence, value ->> 'received_at' AS received_at
    FROM json_each(%s)) AS arrived""",
}
_KEEP_BODY = "UPDATE inbox_event SET envelope = %s WHERE consumer = %s AND event_id = %s"
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
        self._new = _RECORD.format(arrived=_ARRIVED[database.dialect])
        lock = " FOR UPDATE SKIP LOCKED" if database.dialect == "postgresql" else ""
        self._take = _TAKE.format(due=_DUE + lock)

    def receive(self, event: Event, body: bytes) -> Outcome:
        """Handle a delivered event in one transaction, or keep it for later; raises DatabaseLost."""
        return self.receive_all([(event, body)])[0]

    def receive_all(self, arrived: Sequence[Arrived]) -> list[Outcome]:
        """Handle delivered events, in order: in one transaction if all goes well, each in its own if one fails.

        Gives the outcome of each; raises DatabaseLost.
        """
        started = time.perf_counter()
        try:
            outcomes = self.apply(arrived)
        except Exception as error:
            if self.database.is_lost(error):
                raise DatabaseLost from error
            if len(arrived) > 1:
                return [self.receive(event, body) for event, body in arrived]
            outcomes = [self._keep(*arrived[0], error)]
        share = (time.perf_counter() - started) / len(arrived)
        for (event, _), outcome in zip(arrived, outcomes, strict=True):
            event_metrics.handled(self.consumer, event, outcome.value, share)
            identity = {"type": event.type, "event_id": str(event.id), "request_id": event.correlation_id}
            log.info("event delivered", **identity, outcome=outcome.value)
        return outcomes

    def apply(self, arrived: Sequence[Arrived]) -> list[Outcome]:
        """Handle in one transaction what was not handled before and need not wait; raises what a handler raises."""
        with self.database.transaction() as transaction:
            outcomes = self._record(transaction, arrived)
            for (event, body), outcome in zip(arrived, outcomes, strict=True):
                if outcome is Outcome.HANDLED:
                    with handling_span(event, retry=False):
                        transaction.call(self._handlers[event.type], event)
                elif outcome is Outcome.HELD:
                    transaction.execute(_KEEP_BODY, (body.decode(), self.consumer, str(event.id)))
        return outcomes

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
            if taken is None or self.database.is_lost(error):
                raise self._undecided(error) from error
            outcome = self._keep_again(*taken, error)
        event_metrics.handled(self.consumer, taken[0], outcome.value, time.perf_counter() - started)
        return outcome

    def parked(self) -> dict[str, int]:
        """How many events wait here, by state."""
        return parked_events.count(self.database, self.consumer)

    def _is_any_due(self) -> bool:
        try:
            with self.database.transaction() as transaction:
                return bool(transaction.execute(_DUE, (self.consumer, self._moment())))
        except Exception as error:
            raise self._undecided(error) from error

    def _apply_again(self, transaction: Transaction, event: Event) -> None:
        with handling_span(event, retry=True):
            transaction.call(self._handlers[event.type], event)
            transaction.execute(_RETRIED, (self._moment(), self.consumer, str(event.id)))
            log.info("event handled on retry", type=event.type, event_id=str(event.id))

    def _record(self, transaction: Transaction, arrived: Sequence[Arrived]) -> list[Outcome]:
        now = self._now()
        new = [
            {
                "event_id": str(event.id),
                "type": event.type,
                "partition_key": event.partition_key,
                "sequence": event.sequence,
                "received_at": clock.to_database(now + timedelta(microseconds=place)),  # parked events keep this order
            }
            for place, (event, _) in enumerate(arrived)
        ]
        rows = transaction.execute(self._new, (self.consumer, self.consumer, json.dumps(new)))
        recorded = {str(event_id): Outcome(state) for event_id, state in rows}
        return [recorded.pop(str(event.id), Outcome.DUPLICATE) for event, _ in arrived]

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
            raise self._undecided(error) from error

    def _undecided(self, error: Exception) -> DatabaseLost:
        return DatabaseLost() if self.database.is_lost(error) else DatabaseRefused()

    def _after(self, event: Event, attempts: int, error: Exception) -> tuple[Outcome, str | None]:
        """The state after that many failed attempts, and when the next one is due."""
        identity = {"type": event.type, "event_id": str(event.id), "attempts": attempts}
        if attempts > len(LADDER):
            log.error("event is dead", **identity, exc_info=error)
            sentry.report(error)
            return Outcome.DEAD, None
        log.warning("event failed", **identity, exc_info=error)
        return Outcome.FAILED, clock.to_database(self._now() + LADDER[attempts - 1] * self._jitter())

    def _moment(self) -> str:
        return clock.to_database(self._now())


def describe(error: Exception) -> str:
    """An error in at most 500 characters that any database takes."""
    text = f"{type(error).__name__}: {error}"[:500]
    return text.replace("\0", "").encode(errors="replace").decode()

"""What waits in an inbox, and what an operator may do about it: try again, give up, forget."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chassis import clock
from chassis.events.database import EventDatabase

_COUNT = "SELECT state, count(*) FROM inbox_event WHERE consumer = %s AND state <> 'handled' GROUP BY state"
_LIST = """
SELECT event_id, type, partition_key, state, attempts, next_attempt_at, received_at, error, envelope FROM inbox_event
WHERE consumer = %s AND state <> 'handled' ORDER BY received_at, event_id
"""
_REDRIVE = """
UPDATE inbox_event SET state = 'failed', attempts = 0, next_attempt_at = %s
WHERE consumer = %s AND event_id = %s AND state IN ('dead', 'failed') RETURNING 1
"""
_DISCARD = """
UPDATE inbox_event SET state = 'handled', handled_at = %s, next_attempt_at = NULL, envelope = NULL, error = %s
WHERE consumer = %s AND event_id = %s AND state <> 'handled' RETURNING 1
"""
DISCARDED = "discarded: "
"""How the error of a handled row begins that an operator gave up; other handled rows have none."""


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that failed, is held behind one that did, or is dead."""

    event_id: str
    type: str
    partition_key: str
    state: str
    attempts: int
    next_attempt_at: datetime | None
    received_at: datetime
    error: str | None
    envelope: str


def count(database: EventDatabase, consumer: str) -> dict[str, int]:
    """How many events wait in a queue's inbox, by state."""
    with database.transaction() as transaction:
        return dict(transaction.execute(_COUNT, (consumer,)))


def entries(database: EventDatabase, consumer: str) -> Iterator[ParkedEvent]:
    """What waits in a queue's inbox, in the order it came."""
    with database.transaction() as transaction:
        rows = transaction.execute(_LIST, (consumer,))
    for event_id, type_name, key, state, attempts, next_attempt, received, error, body in rows:
        due = clock.from_database(next_attempt) if next_attempt else None
        yield ParkedEvent(
            str(event_id), type_name, key, state, attempts, due, clock.from_database(received), error, body
        )


def redrive(database: EventDatabase, consumer: str, event_id: str, *, now: clock.Clock = clock.now) -> bool:
    """Have a dead or failed event tried again at once, from the foot of the ladder; False if there is no such one."""
    with database.transaction() as transaction:
        return bool(transaction.execute(_REDRIVE, (clock.to_database(now()), consumer, event_id)))


def discard(
    database: EventDatabase, consumer: str, event_id: str, reason: str, *, now: clock.Clock = clock.now
) -> bool:
    """Give a parked event up and release those held behind it; False if there is no such one."""
    with database.transaction() as transaction:
        gone = transaction.execute(
            _DISCARD, (clock.to_database(now()), f"{DISCARDED}{reason}"[:500], consumer, event_id)
        )
    return bool(gone)

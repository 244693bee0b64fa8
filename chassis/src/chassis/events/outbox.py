"""The outbox: events wait here, in the transaction that made them true, until the relay has published them."""

import zlib

from chassis import clock
from chassis.events import envelope
from chassis.events.database import Execute
from chassis.events.ddl import SHARDS, Dialect
from chassis.events.envelope import Event

CHANNEL = "outbox_event"
"""What PostgreSQL notifies when a transaction with events commits."""

_INSERT = """
INSERT INTO outbox_event (event_id, type, aggregate_type, aggregate_id, sequence, partition_key, shard, envelope,
    created_at, available_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
# RETURNING wakes the relay in the same round trip; the notification is sent when the transaction commits
_NOTIFY = f"RETURNING pg_notify('{CHANNEL}', '')"


def add(execute: Execute, dialect: Dialect, event: Event) -> None:
    """Put an event into the outbox, in the open transaction ``execute`` belongs to."""
    aggregate_type, _, aggregate_id = event.subject.partition("/")
    created = clock.to_database(event.time)
    execute(
        _INSERT + _NOTIFY if dialect == "postgresql" else _INSERT,
        (
            str(event.id),
            event.type,
            aggregate_type,
            aggregate_id,
            event.sequence,
            event.partition_key,
            shard_of(event.partition_key),
            envelope.encode(event).decode(),
            created,
            created,
        ),
    )


def shard_of(partition_key: str) -> int:
    """Which shard a key's events wait in: always the same, in every process."""
    return zlib.crc32(partition_key.encode()) % SHARDS

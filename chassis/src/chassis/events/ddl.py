"""The tables of events, in each service's own database, as plain SQL for PostgreSQL and SQLite."""

from typing import Literal

Dialect = Literal["postgresql", "sqlite"]
SHARDS = 8
"""Into how many parts an outbox is divided by key: the most relays of one service that can work at once."""

_POSTGRESQL = (
    """
    CREATE TABLE outbox_event (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id uuid NOT NULL UNIQUE,
        type text NOT NULL,
        aggregate_type text NOT NULL,
        aggregate_id text NOT NULL,
        sequence bigint NOT NULL,
        partition_key text NOT NULL,
        shard smallint NOT NULL,
        envelope text NOT NULL,
        created_at timestamptz NOT NULL,
        available_at timestamptz NOT NULL,
        published_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        last_error text,
        UNIQUE (aggregate_type, aggregate_id, sequence)
    )
    """,
    "CREATE TABLE outbox_shard (shard smallint PRIMARY KEY, paused boolean NOT NULL DEFAULT false)",
    """
    CREATE TABLE inbox_event (
        consumer text NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        partition_key text NOT NULL,
        sequence bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('handled', 'failed', 'held', 'dead')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        envelope text,
        error text,
        received_at timestamptz NOT NULL,
        handled_at timestamptz,
        PRIMARY KEY (consumer, event_id)
    )
    """,
)

_SQLITE = (
    """
    CREATE TABLE outbox_event (
        id integer PRIMARY KEY AUTOINCREMENT,
        event_id text NOT NULL UNIQUE,
        type text NOT NULL,
        aggregate_type text NOT NULL,
        aggregate_id text NOT NULL,
        sequence integer NOT NULL,
        partition_key text NOT NULL,
        shard integer NOT NULL,
        envelope text NOT NULL,
        created_at text NOT NULL,
        available_at text NOT NULL,
        published_at text,
        attempts integer NOT NULL DEFAULT 0,
        last_error text,
        UNIQUE (aggregate_type, aggregate_id, sequence)
    )
    """,
    # SQLite has no row locks, so a relay's claim is a lease in the row
    """
    CREATE TABLE outbox_shard (
        shard integer PRIMARY KEY,
        paused integer NOT NULL DEFAULT 0,
        lease_owner text,
        lease_until text
    )
    """,
    """
    CREATE TABLE inbox_event (
        consumer text NOT NULL,
        event_id text NOT NULL,
        type text NOT NULL,
        partition_key text NOT NULL,
        sequence integer NOT NULL,
        state text NOT NULL CHECK (state IN ('handled', 'failed', 'held', 'dead')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at text,
        envelope text,
        error text,
        received_at text NOT NULL,
        handled_at text,
        PRIMARY KEY (consumer, event_id)
    )
    """,
)

_INDEXES = (
    "CREATE INDEX outbox_event_pending ON outbox_event (shard, id) WHERE published_at IS NULL",
    "CREATE INDEX outbox_event_waiting ON outbox_event (partition_key, id) WHERE published_at IS NULL AND attempts > 0",
    "CREATE INDEX outbox_event_published ON outbox_event (published_at) WHERE published_at IS NOT NULL",
    "CREATE INDEX inbox_event_parked ON inbox_event (consumer, partition_key, received_at) WHERE state <> 'handled'",
    "CREATE INDEX inbox_event_handled ON inbox_event (handled_at) WHERE state = 'handled'",
)


def statements(dialect: Dialect) -> list[str]:
    """The statements that make the tables, one each, for a migration to execute in order."""
    tables = _POSTGRESQL if dialect == "postgresql" else _SQLITE
    shards = ", ".join(f"({shard})" for shard in range(SHARDS))
    return [*tables, *_INDEXES, f"INSERT INTO outbox_shard (shard) VALUES {shards}"]  # noqa: S608  numbers from 0 to 7


def drop_statements() -> list[str]:
    """The statements that take the tables away again."""
    return [f"DROP TABLE {table}" for table in ("outbox_event", "outbox_shard", "inbox_event")]

"""The service whose events are measured: a press that prints articles, and a reader with a trivial handler."""

import os
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from chassis.events import envelope, outbox
from chassis.events.database import EventDatabase, Execute
from chassis.events.databases.plain import PlainDatabase
from chassis.events.ddl import SHARDS, statements
from chassis.events.envelope import Event
from chassis.events.relay import Relay
from chassis.events.topology import Queue
from chassis.events.transports import Publisher
from chassis.events.types import EventData, event
from chassis.settings import ServiceSettings

from chassis import logging

KEYS = 10_000
QUEUE = "reader.press-events"
_FILL = """
INSERT INTO outbox_event (event_id, type, aggregate_type, aggregate_id, sequence, partition_key, shard, envelope,
    created_at, available_at)
SELECT gen_random_uuid(), %s, 'article', n %% %s, n, n %% %s, n %% %s, %s, now(), now()
FROM generate_series(%s::bigint, %s::bigint) AS n
"""


@event("press.article.printed.v1", aggregate="article", id_field="article_id")
class ArticlePrinted(EventData):
    """About as large as a post's event."""

    article_id: UUID
    author_id: UUID
    slug: str
    title: str
    tags: list[str]


class PressSettings(ServiceSettings):
    """The shared settings, whatever the environment says of real services."""

    service: ClassVar[str] = "press"


def log_as_in_production() -> None:
    """Make every log line a service would make, and throw it away: its cost belongs to the figures."""
    logging.configure(PressSettings(), "benchmark", Path(os.devnull).open("w"))  # noqa: SIM115  for the life of the process


PRINTED = ArticlePrinted.event_type.name
READER = Queue(QUEUE, (PRINTED,))


def article(number: int) -> Event:
    """The number-th event: keys take turns, each with its own sequence."""
    data = ArticlePrinted(
        article_id=UUID(int=number % KEYS),
        author_id=UUID(int=number % 100),
        slug=f"first-light-{number}",
        title=f"First light over the harbour, number {number}",
        tags=["morning", "harbour", "photography"],
    )
    return envelope.create(data, sequence=number // KEYS + 1)


def create_tables(database: EventDatabase) -> None:
    with database.transaction() as transaction:
        for statement in statements(database.dialect):
            transaction.execute(statement)
        transaction.execute("CREATE TABLE effect (event_id text PRIMARY KEY)")


def take_effect(execute: Execute, handled: Event) -> None:
    """The trivial handler: one row."""
    execute("INSERT INTO effect VALUES (%s)", (str(handled.id),))


def publish(database: EventDatabase, numbers: range, *, per_transaction: int = 1) -> list[str]:
    """Commit events to the outbox, so many in each transaction; gives their ids."""
    events = [article(number) for number in numbers]
    for start in range(0, len(events), per_transaction):
        with database.transaction() as transaction:
            for each in events[start : start + per_transaction]:
                outbox.add(transaction.execute, database.dialect, each)
    return [str(each.id) for each in events]


def effects(database: EventDatabase) -> int:
    """How many effects there are."""
    with database.transaction() as transaction:
        return int(transaction.execute("SELECT count(*) FROM effect")[0][0])


def fill(database: EventDatabase, count: int) -> None:
    """Put a backlog of ``count`` events into a PostgreSQL outbox, written there by the server itself."""
    body = envelope.encode(article(0)).decode()
    with database.transaction() as transaction:
        first = transaction.execute("SELECT coalesce(max(id), 0) FROM outbox_event")[0][0] + 1
        transaction.execute(_FILL, (PRINTED, KEYS, KEYS, SHARDS, body, first, first + count - 1))
    with database.transaction() as transaction:
        transaction.execute("ANALYZE outbox_event")


def drain(database: PlainDatabase, publisher: Publisher, *, at_least: int) -> int:
    """Relay batches until so many events are confirmed and marked; gives how many were."""
    relay = Relay(database, publisher)
    published = 0
    while published < at_least:
        published += relay.relay_pending()
    return published

"""A made-up press whose events tests publish and handle, on any database and transport."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import pika
import psycopg
from chassis.events import envelope, outbox
from chassis.events.database import EventDatabase, Execute
from chassis.events.databases import plain
from chassis.events.ddl import statements
from chassis.events.envelope import Event
from chassis.events.transports import Delivery, Subscription
from chassis.events.types import EventData, event
from pydantic import Field


@event("press.article.printed.v1", aggregate="article", id_field="article_id")
class ArticlePrinted(EventData):
    """An article was printed, for the version-th time."""

    article_id: UUID = Field(examples=[UUID("019aae60-2c00-7000-8000-00000000000a")])
    title: str = Field(examples=["First light"])


@event("press.issue.sold.v1", aggregate="issue", id_field="issue_id", optional_subscribers=True)
class IssueSold(EventData):
    """An issue was sold; whoever cares may listen."""

    issue_id: UUID = Field(examples=[UUID("019aae60-2c00-7000-8000-00000000000b")])


PRINTED = ArticlePrinted.event_type.name
SOLD = IssueSold.event_type.name


def printed(key: int = 1, sequence: int = 1) -> Event:
    """The sequence-th printing of the key-th article."""
    return envelope.create(ArticlePrinted(article_id=UUID(int=key), title=f"Article {key}"), sequence=sequence)


def publish(database: EventDatabase, *events: Event) -> None:
    """Commit events to the outbox of a plain database."""
    with database.transaction() as transaction:
        for each in events:
            outbox.add(transaction.execute, database.dialect, each)


def create_tables(database: EventDatabase) -> None:
    """Make the events tables and one for effects."""
    with database.transaction() as transaction:
        for statement in statements(database.dialect):
            transaction.execute(statement)
        number = "bigint GENERATED ALWAYS AS IDENTITY" if database.dialect == "postgresql" else "integer PRIMARY KEY"
        transaction.execute(f"CREATE TABLE effect (number {number}, key text, sequence integer)")


def take_effect(execute: Execute, handled: Event) -> None:
    """The handler of the press's readers: one row per effect, numbered in the order of the effects."""
    execute("INSERT INTO effect (key, sequence) VALUES (%s, %s)", (handled.partition_key, handled.sequence))


def effects(database: EventDatabase) -> list[tuple[str, int]]:
    """Key and sequence of every effect, in order."""
    with database.transaction() as transaction:
        return [(row[0], row[1]) for row in transaction.execute("SELECT key, sequence FROM effect ORDER BY number")]


def rows(database: EventDatabase, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with database.transaction() as transaction:
        return transaction.execute(sql, parameters)


@contextlib.contextmanager
def sqlite_url(folder: Path) -> Iterator[str]:
    """A new SQLite file with the tables."""
    url = f"sqlite:///{folder}/press-{uuid.uuid4().hex[:8]}.sqlite3"
    database = plain.connect(url)
    create_tables(database)
    database.close()
    yield url


@contextlib.contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """A new PostgreSQL database with the tables."""
    name = f"events_{uuid.uuid4().hex[:12]}"
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    database = plain.connect(url)
    create_tables(database)
    database.close()
    try:
        yield url
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def rabbitmq_queues(url: str, prefix: str) -> Iterator[None]:
    """Delete afterwards the queue of a reader named ``prefix`` and its dead letters."""
    try:
        yield
    finally:
        with contextlib.closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
            channel = connection.channel()
            for name in (f"{prefix}.press-events", f"{prefix}.press-events.dead"):
                channel.queue_delete(name)


def take(subscription: Subscription, count: int) -> list[Delivery]:
    """Receive until there are so many deliveries."""
    taken: list[Delivery] = []

    def enough() -> bool:
        taken.extend(subscription.receive(0.1))
        return len(taken) >= count

    wait_until(enough)
    return taken


def wait_until(condition: Callable[[], object], seconds: float = 60, every: float = 0.02) -> None:
    """Poll until the condition holds; fails when it does not within the seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come true within {seconds} s")
        time.sleep(every)

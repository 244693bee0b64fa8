"""Aids for a service's tests of its events."""

import json
from pathlib import Path

from chassis.events import envelope
from chassis.events.database import EventDatabase
from chassis.events.envelope import Event
from chassis.events.inbox import Inbox, Outcome
from chassis.events.service import EventService
from chassis.events.topology import queue_name
from chassis.events.types import producer_of


def published(database: EventDatabase) -> list[Event]:
    """The events in a database's outbox, oldest first."""
    with database.transaction() as transaction:
        rows = transaction.execute("SELECT envelope FROM outbox_event ORDER BY id", ())
    return [envelope.decode(row[0].encode()) for row in rows]


def deliver(service: EventService, event: Event) -> Outcome:
    """Hand an event to the handler through the inbox, as the consumer would; raises what the handler raises."""
    if service.database is None:
        raise ValueError(f"{service.name} has no database to handle events in")
    queue = queue_name(service.name, producer_of(event.type))
    return Inbox(service.database, queue, service.handlers).apply([(event, envelope.encode(event))])[0]


def example(type_name: str) -> Event:
    """The committed example of an event type, from ``contracts/events`` of the repository."""
    path = contracts() / f"{type_name}.example.json"
    return envelope.decode(json.dumps(json.loads(path.read_text())).encode())


def contracts() -> Path:
    """The folder of event contracts: the nearest ``contracts/events`` above the working directory."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "contracts" / "events").is_dir():
            return folder / "contracts" / "events"
    raise FileNotFoundError(f"no contracts/events in {here} or above it")

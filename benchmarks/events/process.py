"""A relay or a reader in a process of its own, until SIGTERM; the reader then writes when each effect was committed."""

import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chassis.events import transports
from chassis.events.consumer import Consumer
from chassis.events.database import Execute
from chassis.events.databases import plain
from chassis.events.envelope import Event
from chassis.events.inbox import Inbox
from chassis.events.process import WORKERS
from chassis.events.relay import Relay

from benchmarks.events import press


class TimedDatabase:
    """A database that notes the moment after each commit that had an effect, as seconds since 1970 by event id."""

    def __init__(self, database: plain.PlainDatabase) -> None:
        self._database = database
        self._handling = threading.local()
        self.committed: dict[str, float] = {}

    def handle(self, execute: Execute, handled: Event) -> None:
        """The trivial handler."""
        press.take_effect(execute, handled)
        self._handling.event_ids.append(str(handled.id))

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        self._handling.event_ids = []
        with self._database.transaction() as transaction:
            yield transaction
        self.committed |= dict.fromkeys(self._handling.event_ids, time.time())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def relay(database_url: str, events_url: str, stop: threading.Event, _results: Path) -> None:
    Relay(plain.connect(database_url), transports.connect(events_url).publisher()).run(stop)


def reader(database_url: str, events_url: str, stop: threading.Event, results: Path) -> None:
    database = TimedDatabase(plain.connect(database_url))
    inbox = Inbox(database, press.QUEUE, {press.PRINTED: database.handle})
    workers = 1 if database.dialect == "sqlite" else WORKERS
    consumer = Consumer(transports.connect(events_url), {press.QUEUE: inbox}, [press.READER], workers=workers)
    consumer.run(stop)
    results.write_text(json.dumps(database.committed))


def main(role: str, database_url: str, events_url: str, results: str) -> None:
    press.log_as_in_production()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    {"relay": relay, "reader": reader}[role](database_url, events_url, stop, Path(results))


if __name__ == "__main__":
    main(*sys.argv[1:])

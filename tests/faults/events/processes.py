"""The relay and the consumer as processes of their own that a test kills, with the places where they die of themselves.

    python -m tests.faults.events.processes '{"role": "relay", "database": "sqlite:///…", "events": "sqlite:///…"}'

The failpoints are made here, by subclassing; the code under test knows nothing of them.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from chassis.events import transports
from chassis.events.consumer import Consumer
from chassis.events.database import Execute
from chassis.events.databases import plain
from chassis.events.envelope import Event
from chassis.events.inbox import Arrived, Inbox, Outcome
from chassis.events.outbox_reader import OutboxReader, ShardClaim
from chassis.events.relay import Relay
from chassis.events.topology import Queue
from chassis.events.transports import Transport
from chassis.events.transports.sqlite import SqliteTransport
from chassis.settings import ServiceSettings

from chassis import logging
from tests.support.events import PRINTED, SOLD, take_effect

READER = Queue("reader.press-events", (PRINTED,))
LEASE_SECONDS = 2.0
WORKERS = 4
SLOW_SECONDS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a process is to do. It dies at ``dies`` once: when it can delete the file ``trigger``."""

    role: str
    database: str
    events: str
    dies: str = ""
    trigger: str = ""
    handler: str = "effect"
    hurry: float = 0.01
    """Factor on the ladder's delays."""

    def command(self) -> list[str]:
        return [sys.executable, "-m", "tests.faults.events.processes", json.dumps(asdict(self))]

    def reach(self, place: str) -> None:
        """Die here, as if by a power cut, if this is the place and it is the time."""
        if self.dies == place:
            try:
                Path(self.trigger).unlink()
            except FileNotFoundError:
                return
            os.kill(os.getpid(), signal.SIGKILL)

    def transport(self) -> Transport:
        """The transport, with leases short enough for a test."""
        if self.events.startswith("sqlite:"):
            return SqliteTransport(self.events, lease_seconds=LEASE_SECONDS)
        return transports.connect(self.events)


class MortalOutbox(OutboxReader):
    """Dies between marking and commit."""

    script: Script

    def mark(self, execute: Execute, claim: ShardClaim) -> None:
        super().mark(execute, claim)
        if claim.published:
            self.script.reach("after marking, before commit")


class MortalRelay(Relay):
    """Dies between publishing and marking."""

    script: Script

    def publish(self, claim: ShardClaim) -> None:
        super().publish(claim)
        if claim.published:
            self.script.reach("after publish, before marking")


class HastyRelay(MortalRelay):
    """Wrong on purpose: marks events before the broker has them."""

    def relay_pending(self) -> int:
        self._hasty: list[ShardClaim] = []
        count = super().relay_pending()
        for claim in self._hasty:
            self.script.reach("after marking, before publish")
            super().publish(claim)
        return count

    def publish(self, claim: ShardClaim) -> None:
        self._hasty.append(claim)
        claim.published = list(claim.pending)


class MortalInbox(Inbox):
    """Dies around the handler and before the acknowledgement."""

    script: Script

    def receive_all(self, arrived: Sequence[Arrived]) -> list[Outcome]:
        outcomes = super().receive_all(arrived)
        self.script.reach("after commit, before ack")
        return outcomes


class ForgetfulInbox(MortalInbox):
    """Wrong on purpose: does not remember what it has handled."""

    def apply(self, arrived: Sequence[Arrived]) -> list[Outcome]:
        with self.database.transaction() as transaction:
            for event, _ in arrived:
                transaction.call(self._handlers[event.type], event)
        return [Outcome.HANDLED] * len(arrived)


class Handlers:
    """What a reader may do with an event."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def effect(self, execute: Execute, event: Event) -> None:
        """One row per event."""
        self._script.reach("after the inbox row")
        take_effect(execute, event)
        self._script.reach("after the handler, before commit")

    def failing(self, execute: Execute, event: Event) -> None:
        """The same, but it fails as often as the table ``trouble`` says of the event's key."""
        take_effect(execute, event)
        [(wanted,)] = execute("SELECT count(*) FROM trouble WHERE key = %s", (event.partition_key,))
        [(attempt,)] = execute("SELECT attempts FROM inbox_event WHERE event_id = %s", (str(event.id),))
        if max(attempt - 1, 0) < wanted:
            raise RuntimeError("out of paper")

    def slow(self, execute: Execute, event: Event) -> None:
        """One row per event; the very first takes long."""
        if (event.data["title"], event.sequence) == ("Article 1", 1):
            time.sleep(SLOW_SECONDS)
        take_effect(execute, event)

    def copy(self, execute: Execute, event: Event) -> None:
        """A read copy, which only a newer event changes."""
        execute(
            "INSERT INTO copy (key, sequence, title) VALUES (%s, %s, %s) ON CONFLICT (key) DO UPDATE "
            "SET sequence = excluded.sequence, title = excluded.title WHERE excluded.sequence > copy.sequence",
            (event.partition_key, event.sequence, event.data["title"]),
        )
        take_effect(execute, event)


class PressSettings(ServiceSettings):
    service: ClassVar[str] = "press"


def relay(script: Script, stop: threading.Event) -> None:
    database = plain.connect(script.database)
    outbox = MortalOutbox(database, batch=50, lease=timedelta(seconds=LEASE_SECONDS))
    kind = HastyRelay if script.handler == "hasty" else MortalRelay
    work = kind(database, script.transport().publisher(), optional=[SOLD], outbox=outbox)
    outbox.script = work.script = script
    work.run(stop)


def consumer(script: Script, stop: threading.Event) -> None:
    database = plain.connect(script.database)
    handlers = Handlers(script)
    named = {"failing": handlers.failing, "copy": handlers.copy, "slow": handlers.slow}
    handler = named.get(script.handler, handlers.effect)
    kind = ForgetfulInbox if script.handler == "forgetful" else MortalInbox
    inbox = kind(database, READER.name, {PRINTED: handler}, jitter=lambda: script.hurry)
    inbox.script = script
    workers = 1 if database.dialect == "sqlite" else WORKERS
    work = Consumer(script.transport(), {READER.name: inbox}, [READER], workers=workers)
    retries = threading.Thread(target=work.retry, args=(stop,))
    retries.start()
    work.run(stop, drain_seconds=5)
    retries.join()


def main(script: Script) -> None:
    logging.configure(PressSettings(), script.role)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    {"relay": relay, "consumer": consumer}[script.role](script, stop)


if __name__ == "__main__":
    main(Script(**json.loads(sys.argv[1])))

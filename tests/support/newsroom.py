"""A press that publishes and a reader that handles, for tests of the ``events`` command."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from chassis.events import commands, transports
from chassis.events.database import Execute
from chassis.events.databases import plain
from chassis.events.envelope import Event, decode
from chassis.events.inbox import Inbox
from chassis.events.relay import Relay
from chassis.events.service import EventService
from chassis.events.topology import Queue
from chassis.events.transports import Delivery, Message
from chassis.settings import Secret, ServiceSettings, SettingsError

from chassis import clock
from tests.support.events import PRINTED, ArticlePrinted, IssueSold, publish, take, take_effect


class NewsSettings(ServiceSettings):
    """The settings of a service of the newsroom."""

    service: ClassVar[str] = "news"

    database_url: Secret = ""


@dataclass
class Newsroom:
    """The two services, each with a database of its own, and the transport between them."""

    reader_name: str
    press_url: str
    reader_url: str
    events_url: str
    failing: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.queue = Queue(f"{self.reader_name}.press-events", (PRINTED,))
        self.transport = transports.connect(self.events_url)
        self.press_database = plain.connect(self.press_url)
        self.reader_database = plain.connect(self.reader_url)
        self.inbox = Inbox(self.reader_database, self.queue.name, {PRINTED: self.handle})
        self.press = EventService(
            name="press", settings=self._settings(self.press_url), publishes=(ArticlePrinted, IssueSold)
        )
        self.reader = EventService(
            name=self.reader_name,
            settings=self._settings(self.reader_url),
            handlers={PRINTED: self.handle},
            database=self.reader_database,
        )

    def handle(self, execute: Execute, event: Event) -> None:
        if event.partition_key in self.failing:
            raise RuntimeError("out of paper")
        take_effect(execute, event)

    def publish(self, *events: Event, minutes_ago: int = 0) -> None:
        """Commit events to the press's outbox and relay them, or make it so that this was some time ago."""
        publish(self.press_database, *events)
        with closing(self.transport.publisher()) as publisher:
            Relay(self.press_database, publisher, optional=[IssueSold.event_type.name]).relay_pending()
        moment = clock.to_database(clock.now() - timedelta(minutes=minutes_ago))
        with self.press_database.transaction() as transaction:
            transaction.execute("UPDATE outbox_event SET published_at = %s WHERE published_at IS NOT NULL", (moment,))

    def read(self, count: int) -> list[Event]:
        """Let the reader handle so many deliveries."""
        return [decode(delivery.body) for delivery in self._take(count, self._receive)]

    def lose(self, count: int) -> None:
        """Let so many deliveries vanish unhandled, as the promise says that none may."""
        self._take(count, lambda delivery: None)

    def dead_letter(self, *bodies: bytes) -> None:
        """Let the reader dead-letter deliveries that it cannot decode."""
        with closing(self.transport.publisher()) as publisher:
            messages = [Message(f"id-{number}", "", "", body) for number, body in enumerate(bodies)]
            publisher.publish(messages, queue=self.queue.name)
        with closing(self.transport.subscribe([self.queue.name], prefetch=100)) as subscription:
            for delivery in take(subscription, len(bodies)):
                subscription.dead_letter(delivery, "it is no event")

    def kill(self, *events: Event) -> None:
        """Publish events, of which each first one of a key dies and holds the others back."""
        keys = {event.partition_key for event in events}
        self.failing |= keys
        self.publish(*events)
        self.read(len(events))
        with self.reader_database.transaction() as transaction:
            transaction.execute("UPDATE inbox_event SET state = 'dead', next_attempt_at = NULL WHERE state = 'failed'")
        self.failing -= keys

    def retry(self) -> int:
        """Retry what is due; gives how many events that were."""
        return len(list(iter(self.inbox.retry_due, None)))

    def close(self) -> None:
        self.press_database.close()
        self.reader_database.close()

    def _settings(self, database_url: str) -> NewsSettings:
        return NewsSettings(database_url=database_url, events_url=self.events_url)

    def _receive(self, delivery: Delivery) -> None:
        self.inbox.receive(decode(delivery.body), delivery.body)

    def _take(self, count: int, use: Callable[[Delivery], None]) -> list[Delivery]:
        with closing(self.transport.subscribe([self.queue.name], prefetch=100)) as subscription:
            deliveries = take(subscription, count)
            for delivery in deliveries:
                use(delivery)
            subscription.ack(deliveries)
        return deliveries


@dataclass(frozen=True)
class Person:
    """Somebody who types the command."""

    capsys: pytest.CaptureFixture[str]

    def types(self, service: EventService, *words: str, finds: bool = False) -> str:
        """Run the command and give what it printed; ``finds`` is whether it should exit with 1."""
        assert commands.run(service, list(words)) is finds
        return self.capsys.readouterr().out

    def asks(self, service: EventService, *words: str, finds: bool = False) -> Any:
        """Run it with --json and give what it answered."""
        return json.loads(self.types(service, *words, "--json", finds=finds))

    def is_told(self, service: EventService, *words: str) -> str:
        """The sentence with which the command refuses, on one line."""
        with pytest.raises(SettingsError) as refusal:
            commands.run(service, list(words))
        sentence = str(refusal.value)
        assert "\n" not in sentence
        return sentence

"""The consumer: takes events from the transport to their handlers, each in one transaction through the inbox.

One thread talks to the transport and hands events to worker threads by key; another retries parked events. Order per
key over several processes: RabbitMQ gives a queue to one consumer at a time (single active consumer), and to the next
one what was not settled, in order; the embedded transport holds a key's later messages back while another consumer has
an earlier one.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from chassis.events import envelope, event_metrics
from chassis.events.backoff import Backoff
from chassis.events.envelope import Event, EventUndecodable
from chassis.events.inbox import DatabaseLost, DatabaseRefused, Inbox
from chassis.events.retention import Retention
from chassis.events.topology import Queue
from chassis.events.transports import Delivery, Subscription, Transport, TransportLost
from chassis.events.types import without_major
from chassis.events.workers import Workers
from chassis.logging import get_logger

PREFETCH = 100
RECEIVE_SECONDS = 0.5
RETRY_SECONDS = 0.5
REFUSALS = 8
"""How often in a row the database may refuse what it is asked before the loop fails, and with it the process."""
_WRITE = "UPDATE outbox_shard SET paused = paused WHERE shard = 0"
log = get_logger()


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event for a worker, and the subscription that wants to know when it is done with."""

    subscription: Subscription
    delivery: Delivery
    event: Event


class Consumer:
    """Consumes a service's queues until told to stop."""

    def __init__(self, transport: Transport, inboxes: dict[str, Inbox], queues: list[Queue], *, workers: int) -> None:
        self._transport = transport
        self._inboxes = inboxes
        self._queues = {queue.name: queue for queue in queues}
        self._database = next(iter(inboxes.values())).database
        self._workers = Workers(workers, self._handle, self._database.close)
        self._done: deque[Arrival] = deque()
        self._trouble: Exception | None = None
        self._subscription: Subscription | None = None
        self._backoff = Backoff()
        self._retry_backoff = Backoff()
        self._refused, self._retry_refused = Backoff(), Backoff()
        self._gauges = event_metrics.InboxGauges({name: inbox.parked for name, inbox in inboxes.items()})
        self._retention = Retention(self._database)

    def run(self, stop: threading.Event, beat: Callable[[], None] = lambda: None, drain_seconds: float = 20) -> None:
        """Consume until ``stop``, then finish what is being handled; waits for a broker or database that is away."""
        while not stop.is_set():
            beat()
            try:
                self._consume(stop, beat, drain_seconds)
            except TransportLost as error:
                event_metrics.reconnecting(error)
                self._backoff.wait(stop)
            except DatabaseRefused as error:
                _wait_unless_in_vain(self._refused, error, stop)
            except DatabaseLost as error:
                log.warning("database lost, leaving events on the broker", error=repr(error.__cause__))
                self._wait_for_database(stop, beat)
        self._workers.stop(drain_seconds)
        self._database.close()

    def retry(self, stop: threading.Event, beat: Callable[[], None] = lambda: None) -> None:
        """Retry parked events when they are due until ``stop``; runs in a thread of its own."""
        while not stop.is_set():
            beat()
            try:
                outcomes = [inbox.retry_due() for inbox in self._inboxes.values()]
                if not any(outcomes):
                    self._gauges.update()
                    self._retention.purge_when_due(stop, beat)
                    stop.wait(RETRY_SECONDS)
                self._retry_backoff.reset()
                self._retry_refused.reset()
            except DatabaseRefused as error:
                _wait_unless_in_vain(self._retry_refused, error, stop)
            except DatabaseLost as error:
                log.warning("database lost, retrying nothing", error=repr(error.__cause__))
                self._retry_backoff.wait(stop)
            except Exception as error:
                if not self._database.is_lost(error):
                    raise
                self._retry_backoff.wait(stop)
        self._database.close()

    def _consume(self, stop: threading.Event, beat: Callable[[], None], drain_seconds: float) -> None:
        for problem in self._transport.apply(list(self._queues.values())):
            log.error("topology differs", problem=problem)
        subscription = self._transport.subscribe(list(self._queues), prefetch=PREFETCH)
        self._subscription = subscription
        self._backoff.reset()
        try:
            while not stop.is_set():
                beat()
                for delivery in subscription.receive(RECEIVE_SECONDS):
                    self._dispatch(subscription, delivery)
                self._settle(subscription)
            self._subscription = None  # what no worker has begun goes back to the broker
            if not self._workers.stop(drain_seconds):
                log.warning("a handler did not finish in time; its event will be delivered again")
            self._settle(subscription)
        finally:
            self._subscription = None
            subscription.close()

    def _dispatch(self, subscription: Subscription, delivery: Delivery) -> None:
        try:
            event = self._decode(delivery)
        except EventUndecodable as error:
            subscription.dead_letter(delivery, str(error))
            event_metrics.dead_lettered(delivery.queue, str(error))
            return
        self._workers.submit(f"{delivery.queue} {event.partition_key}", Arrival(subscription, delivery, event))

    def _decode(self, delivery: Delivery) -> Event:
        event = envelope.decode(delivery.body)
        known = self._queues[delivery.queue].types
        if event.type in known:
            return event
        for other in known:
            if without_major(other) == without_major(event.type):
                raise EventUndecodable(f"{event.type} has another major version than {other}, which is handled here")
        raise EventUndecodable(f"{event.type} is not handled here")

    def _handle(self, arrivals: list[Arrival]) -> None:
        wanted = self._subscription  # what came from one that was lost meanwhile is delivered again
        of_queue: dict[str, list[Arrival]] = {}
        for arrival in arrivals:
            if arrival.subscription is wanted:
                of_queue.setdefault(arrival.delivery.queue, []).append(arrival)
        try:
            for queue, group in of_queue.items():
                self._inboxes[queue].receive_all([(each.event, each.delivery.body) for each in group])
                self._done.extend(group)
        except Exception as error:  # noqa: BLE001  raised again where the consumer runs
            self._subscription = None  # at once: a later event of its key must not overtake it
            self._trouble = error
        if wanted:
            wanted.wake()

    def _settle(self, subscription: Subscription) -> None:
        done = [self._done.popleft() for _ in range(len(self._done))]
        if done:
            self._refused.reset()
        subscription.ack([each.delivery for each in done if each.subscription is subscription])
        if self._trouble:
            trouble, self._trouble = self._trouble, None
            raise trouble

    def _wait_for_database(self, stop: threading.Event, beat: Callable[[], None]) -> None:
        while not stop.is_set():
            beat()
            self._backoff.wait(stop)
            try:
                with self._database.transaction() as transaction:
                    transaction.execute(_WRITE)  # a database on a full disk still reads
            except Exception as error:
                if not self._database.is_lost(error):
                    raise
            else:
                return


def _wait_unless_in_vain(backoff: Backoff, error: DatabaseRefused, stop: threading.Event) -> None:
    if backoff.waits == REFUSALS - 1:
        raise error
    log.warning("database refused, trying again", error=repr(error.__cause__))
    backoff.wait(stop)

"""The dead letters of a queue on the broker: what could not even reach the inbox."""

import hashlib
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from chassis.events import envelope
from chassis.events.envelope import Event, EventUndecodable
from chassis.events.topology import dead_queue
from chassis.events.transports import Delivery, Subscription, Transport

BROWSE_LIMIT = 65_535
"""Letters that can be looked at without taking them off: AMQP counts unsettled deliveries in 16 bits."""
PATIENCE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter, in hand as long as the iteration it came from goes on."""

    queue: str
    body: bytes
    reason: str | None
    event: Event | None
    delivery: Delivery
    subscription: Subscription

    @property
    def id(self) -> str:
        """The event's id, or for bytes that are no event a mark of them."""
        return str(self.event.id) if self.event else f"bytes-{hashlib.sha256(self.body).hexdigest()[:12]}"

    def remove(self) -> None:
        """Take it off the dead letters."""
        self.subscription.ack([self.delivery])


def browse(transport: Transport, queue: str) -> Generator[DeadLetter]:
    """The dead letters of a queue, at most BROWSE_LIMIT; those not removed meanwhile stay. Raises TransportLost."""
    dead = dead_queue(queue)
    depth = transport.depth(dead)
    if depth is None or not depth.ready:
        return
    expected = min(depth.ready, BROWSE_LIMIT)
    with closing(transport.subscribe([dead], prefetch=expected)) as subscription:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while expected > 0 and time.monotonic() < deadline:
            arrived = subscription.receive(1)
            for delivery in arrived:
                yield _letter(queue, delivery, subscription)
            if arrived:
                expected -= len(arrived)
                deadline = time.monotonic() + PATIENCE_SECONDS


def _letter(queue: str, delivery: Delivery, subscription: Subscription) -> DeadLetter:
    try:
        event = envelope.decode(delivery.body)
    except EventUndecodable:
        event = None
    reason = delivery.headers.get("reason") or delivery.headers.get("x-first-death-reason")
    return DeadLetter(queue, delivery.body, reason, event, delivery, subscription)

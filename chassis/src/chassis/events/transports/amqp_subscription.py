"""Taking messages from RabbitMQ's queues."""

import contextlib
from collections.abc import Sequence
from typing import Any

import pika
from pika.channel import Channel

from chassis.events.topology import EXCHANGE, dead_queue
from chassis.events.transports import Delivery, Message, PublishOutcome, TransportLost
from chassis.events.transports.amqp_connection import OPEN_SECONDS, AmqpConnection
from chassis.events.transports.amqp_publisher import RabbitMQPublisher

FLUSH_SECONDS = 0.1
"""How long what was settled last may take to leave."""


class RabbitMQSubscription:
    """A Subscription to queues, or with ``patterns`` to copies of what is published meanwhile."""

    def __init__(self, url: str, queues: Sequence[str], prefetch: int, patterns: Sequence[str] = ()) -> None:
        self._url = url
        self._arrived: list[Delivery] = []
        self._unsettled: set[int] = set()
        self._consuming = 0
        self._connection = AmqpConnection(url, "broadsheet events consumer")
        self._undertaker: RabbitMQPublisher | None = None
        try:
            self._start(queues, prefetch, patterns)
        except TransportLost:
            self._connection.close(abort=True)
            raise

    def receive(self, timeout: float) -> list[Delivery]:
        self._connection.drive(lambda: bool(self._arrived) or self._connection.take_wake(), timeout)
        arrived, self._arrived = self._arrived, []
        return arrived

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        done = {delivery.tag for delivery in deliveries} & self._unsettled
        self._unsettled -= done
        earliest = min(self._unsettled, default=None)
        together = {tag for tag in done if earliest is None or tag < earliest}
        if together:
            self._connection.channel.basic_ack(max(together), multiple=True)
        for tag in sorted(done - together):
            self._connection.channel.basic_ack(tag)

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        if self._undertaker is None:
            self._undertaker = RabbitMQPublisher(self._url)
        message_id = str(delivery.headers.get("message_id", "")) or "unknown"
        headers = {"reason": reason, "queue": delivery.queue}
        message = Message(message_id, "", "", delivery.body, headers=headers)
        sent = self._undertaker.publish([message], queue=dead_queue(delivery.queue))
        if sent.get(message_id) != PublishOutcome.CONFIRMED:
            raise TransportLost(f"{dead_queue(delivery.queue)} did not take a dead letter: {sent}")
        self.ack([delivery])

    def wake(self) -> None:
        self._connection.wake()

    def close(self) -> None:
        # Closing in good order would cancel first, and then a quorum queue of RabbitMQ 3 gives the next consumer later
        # messages before the unsettled ones. When the connection breaks, the unsettled ones come first.
        with contextlib.suppress(TransportLost):
            self._connection.drive(lambda: False, FLUSH_SECONDS)
        self._connection.close(abort=True)
        if self._undertaker:
            self._undertaker.close()

    def _start(self, queues: Sequence[str], prefetch: int, patterns: Sequence[str]) -> None:
        channel = self._connection.channel
        channel.basic_qos(prefetch_count=prefetch)
        names = [self._copies_of(channel, patterns)] if patterns else [*queues]
        for name in names:
            receiver = self._receiver(name, copies=bool(patterns))
            channel.basic_consume(name, receiver, auto_ack=bool(patterns), callback=self._on_consuming)
        self._connection.drive(lambda: self._consuming == len(names), OPEN_SECONDS)
        if self._consuming != len(names):
            raise TransportLost(f"the broker did not start consuming within {OPEN_SECONDS} s")

    def _copies_of(self, channel: Channel, patterns: Sequence[str]) -> str:
        """An exclusive queue of ours that goes with the connection, however that ends."""
        declared: list[str] = []
        arguments = {"x-queue-type": "classic"}
        channel.queue_declare(
            "", exclusive=True, arguments=arguments, callback=lambda frame: declared.append(frame.method.queue)
        )
        self._connection.drive(lambda: bool(declared), OPEN_SECONDS)
        if not declared:
            raise TransportLost(f"the broker did not make a queue within {OPEN_SECONDS} s")
        for pattern in patterns:
            channel.queue_bind(declared[0], EXCHANGE, pattern)
        return declared[0]

    def _receiver(self, queue: str, *, copies: bool) -> Any:
        def arrived(_channel: Channel, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
            if not copies:
                self._unsettled.add(method.delivery_tag)
            headers = {name: str(value) for name, value in (properties.headers or {}).items()}
            headers["message_id"] = str(properties.message_id or "")
            self._arrived.append(Delivery(queue, method.delivery_tag, body, method.redelivered, headers))

        return arrived

    def _on_consuming(self, _frame: object) -> None:
        self._consuming += 1

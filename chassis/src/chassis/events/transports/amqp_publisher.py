"""Publishing to RabbitMQ with pipelined confirms."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import pika
from pika.channel import Channel

from chassis.events.envelope import CONTENT_TYPE
from chassis.events.topology import EXCHANGE, REDELIVERY_EXCHANGE
from chassis.events.transports import Message, PublishOutcome, TransportLost
from chassis.events.transports.amqp_connection import OPEN_SECONDS, AmqpConnection
from chassis.events.transports.amqp_topology import EXCHANGES

CONFIRM_SECONDS = 10
"""How long a batch may wait for the broker's answers."""


class PublishingConnection(AmqpConnection):
    """A connection that keeps many messages on their way and knows what the broker said about each."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "broadsheet events publisher")
        self._sent_tags = 0
        self._unconfirmed: dict[int, Message] = {}
        self._later: dict[str, deque[Message]] = {}
        self._outcomes: dict[str, PublishOutcome] = {}
        self._returned: set[str] = set()
        self._queue: str | None = None
        self.channel.add_on_return_callback(self._on_return)
        try:
            self._declare_exchanges()
        except TransportLost:
            self.close(abort=True)
            raise

    @property
    def owed(self) -> bool:
        """Whether the broker owes answers, so that the channel must not be used again."""
        return bool(self._unconfirmed)

    def publish(self, messages: Sequence[Message], queue: str | None, seconds: float) -> dict[str, PublishOutcome]:
        """Send them, waiting for confirms; those of a key one after the other, different keys all at once."""
        self._outcomes, self._returned, self._later, self._queue = {}, set(), {}, queue
        first: list[Message] = []
        for message in messages:
            if message.key in self._later:
                self._later[message.key].append(message)
            else:
                self._later[message.key] = deque()
                first.append(message)
        for message in first:
            self._send(message)
        self.drive(lambda: self.blocked or not self._unconfirmed, seconds)
        return self._outcomes

    @property
    def outcomes(self) -> dict[str, PublishOutcome]:
        """What is known of the last batch, also when the connection broke in its midst."""
        return self._outcomes

    def _declare_exchanges(self) -> None:
        """A relay may be the first who comes to a new broker; without the exchange nothing could be returned."""
        wanted = (EXCHANGE, REDELIVERY_EXCHANGE)
        declared: list[object] = []
        for name in wanted:
            self.channel.exchange_declare(name, EXCHANGES[name], durable=True, callback=declared.append)
        self.drive(lambda: len(declared) == len(wanted), OPEN_SECONDS)
        if len(declared) != len(wanted):
            raise TransportLost(f"the broker did not answer within {OPEN_SECONDS} s")

    def _send(self, message: Message) -> None:
        properties = pika.BasicProperties(  # type: ignore[no-untyped-call]
            content_type=CONTENT_TYPE,
            delivery_mode=2,
            message_id=message.id,
            type=message.type,
            headers=dict(message.headers) or None,
        )
        exchange, key = (EXCHANGE, message.type) if self._queue is None else (REDELIVERY_EXCHANGE, self._queue)
        self.channel.basic_publish(exchange, key, message.body, properties, mandatory=message.mandatory)
        self._sent_tags += 1
        self._unconfirmed[self._sent_tags] = message

    def _on_return(self, _channel: Channel, _method: object, properties: pika.BasicProperties, _body: bytes) -> None:
        self._returned.add(str(properties.message_id))

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        accepted = isinstance(method, pika.spec.Basic.Ack)
        tags = [method.delivery_tag]
        if method.multiple:
            tags = [tag for tag in self._unconfirmed if tag <= method.delivery_tag]
        for tag in tags:
            self._confirmed(self._unconfirmed.pop(tag), accepted=accepted)

    def _confirmed(self, message: Message, *, accepted: bool) -> None:
        if not accepted:
            self._outcomes[message.id] = PublishOutcome.REFUSED
        elif message.id in self._returned:
            self._outcomes[message.id] = PublishOutcome.RETURNED
        else:
            self._outcomes[message.id] = PublishOutcome.CONFIRMED
            if later := self._later[message.key]:
                self._send(later.popleft())


class RabbitMQPublisher:
    """A Publisher that connects when it must and drops a connection that owes it an answer."""

    def __init__(self, url: str, confirm_seconds: float = CONFIRM_SECONDS) -> None:
        self._url = url
        self._confirm_seconds = confirm_seconds
        self._connection: PublishingConnection | None = None

    def ready(self) -> bool:
        connection = self._open()
        self._drive(connection)
        if connection.blocked:
            return False
        if connection.owed:  # it was blocked in the midst of a batch and is not any more
            self._drop()
            self._open()
        return True

    def publish(self, messages: Sequence[Message], *, queue: str | None = None) -> dict[str, PublishOutcome]:
        if not self.ready():
            return {}
        connection = self._open()
        try:
            outcomes = connection.publish(messages, queue, self._confirm_seconds)
        except TransportLost:
            self._drop()
            if not connection.outcomes:
                raise
            return connection.outcomes
        if connection.owed and not connection.blocked:
            self._drop()
        return outcomes

    def close(self) -> None:
        if self._connection:
            self._connection.close(abort=self._connection.owed)
            self._connection = None

    def _open(self) -> PublishingConnection:
        if self._connection is None:
            self._connection = PublishingConnection(self._url)
        return self._connection

    def _drive(self, connection: PublishingConnection) -> None:
        try:
            connection.drive(lambda: True, 0)
            connection.drive(lambda: False, 0)
        except TransportLost:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._connection:
            self._connection.close(abort=True)
            self._connection = None

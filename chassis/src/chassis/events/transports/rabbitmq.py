"""RabbitMQ, 3.10 to 4.x with the same declarations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError, ChannelClosedByBroker

from chassis.events.topology import DEAD_EXCHANGE, EXCHANGE, Queue
from chassis.events.transports import DELIVERY_LIMIT, Depth, Publisher, Subscription, TransportLost
from chassis.events.transports.amqp_link import FAILURES, parameters
from chassis.events.transports.amqp_publisher import RabbitMQPublisher
from chassis.events.transports.amqp_subscription import RabbitMQSubscription

_NEVER = 1_000_000
"""Looking at dead letters counts as a delivery, and without a limit of their own RabbitMQ 4 drops them after 20."""


def arguments(queue: Queue) -> dict[str, object]:
    """How a queue is declared. What may change later belongs into a policy of the broker, not here."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": queue.name,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-single-active-consumer": True,
    }


DEAD_ARGUMENTS: dict[str, object] = {"x-queue-type": "quorum", "x-delivery-limit": _NEVER}
_EXCHANGES = {EXCHANGE: "topic", DEAD_EXCHANGE: "direct"}

Declare = Callable[[BlockingChannel, bool], Any]


class RabbitMQTransport:
    """A Transport on an ``amqp://`` URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def publisher(self) -> Publisher:
        return RabbitMQPublisher(self._url)

    def subscribe(self, queues: Sequence[str], *, prefetch: int) -> Subscription:
        return RabbitMQSubscription(self._url, queues, prefetch)

    def listen(self, pattern: str) -> Subscription:
        return RabbitMQSubscription(self._url, [], 100, pattern)

    def differences(self, queues: Sequence[Queue]) -> list[str]:
        with self._connection() as connection:
            return [
                problem
                for name, declare in _declarations(queues)
                if (problem := _difference(connection, name, declare))
            ]

    def apply(self, queues: Sequence[Queue]) -> list[str]:
        problems = []
        with self._connection() as connection:
            for name, declare in _declarations(queues):
                refused = _try(connection, declare, passive=False)
                if refused:
                    problems.append(f"{name} is other than declared: {refused.reply_text}")
            channel = connection.channel()
            for queue in queues:
                for type_name in queue.types:
                    channel.queue_bind(queue.name, EXCHANGE, type_name)
                channel.queue_bind(queue.dead, DEAD_EXCHANGE, queue.name)
        return problems

    def depth(self, queue: str) -> Depth | None:
        with self._connection() as connection:
            try:
                method = connection.channel().queue_declare(queue, passive=True).method
            except ChannelClosedByBroker as refused:
                if refused.reply_code == 404:
                    return None
                raise
            return Depth(method.message_count, method.consumer_count)

    @contextmanager
    def _connection(self) -> Iterator[BlockingConnection]:
        try:
            connection = pika.BlockingConnection(parameters(self._url, "broadsheet events topology"))
        except FAILURES as error:
            raise TransportLost(f"the broker cannot be reached: {error!r}") from error
        try:
            yield connection
        except AMQPError as error:
            raise TransportLost(f"the connection to the broker is closed: {error!r}") from error
        finally:
            if connection.is_open:
                connection.close()


def _declarations(queues: Sequence[Queue]) -> Iterator[tuple[str, Declare]]:
    for name, kind in _EXCHANGES.items():
        yield f"exchange {name}", _exchange(name, kind)
    for queue in queues:
        yield f"queue {queue.dead}", _queue(queue.dead, DEAD_ARGUMENTS)
        yield f"queue {queue.name}", _queue(queue.name, arguments(queue))


def _exchange(name: str, kind: str) -> Declare:
    return lambda channel, passive: channel.exchange_declare(name, kind, durable=True, passive=passive)


def _queue(name: str, with_arguments: dict[str, object]) -> Declare:
    return lambda channel, passive: channel.queue_declare(name, durable=True, arguments=with_arguments, passive=passive)


def _difference(connection: BlockingConnection, name: str, declare: Declare) -> str | None:
    if _try(connection, declare, passive=True):
        return f"{name} is missing"
    if refused := _try(connection, declare, passive=False):  # it exists, so this only compares
        return f"{name} is other than declared: {refused.reply_text}"
    return None


def _try(connection: BlockingConnection, declare: Declare, *, passive: bool) -> ChannelClosedByBroker | None:
    channel = connection.channel()
    try:
        declare(channel, passive)
    except ChannelClosedByBroker as refused:
        return refused
    channel.close()
    return None

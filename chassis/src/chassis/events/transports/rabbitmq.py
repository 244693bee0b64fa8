"""RabbitMQ, 3.10 to 4.x with the same declarations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError, ChannelClosedByBroker

from chassis.events.topology import Queue
from chassis.events.transports import Depth, Publisher, Subscription
from chassis.events.transports.amqp_connection import FAILURES, lost, parameters
from chassis.events.transports.amqp_publisher import RabbitMQPublisher
from chassis.events.transports.amqp_subscription import RabbitMQSubscription
from chassis.events.transports.amqp_topology import EXCHANGES, DeclaredQueue, declared_queues

if TYPE_CHECKING:
    from chassis.events.transports.rabbitmq_management import Management

_UNSEEN = (
    "Bindings and some arguments were not compared: AMQP does not tell them, and EVENTS_MANAGEMENT_URL is not set."
)
_DIFFERS = (404, 405, 406)
"""How the broker closes a channel on what is not there, somebody else's alone, or other than said."""
Declare = Callable[[BlockingChannel, bool], Any]


class RabbitMQTransport:
    """A Transport on an ``amqp://`` URL; with the management API it sees bindings too."""

    def __init__(self, url: str, management: "Management | None" = None) -> None:
        self._url = url
        self._management = management

    @property
    def not_compared(self) -> str | None:
        return None if self._management else _UNSEEN

    def publisher(self) -> Publisher:
        return RabbitMQPublisher(self._url)

    def subscribe(self, queues: Sequence[str], *, prefetch: int) -> Subscription:
        return RabbitMQSubscription(self._url, queues, prefetch)

    def listen(self, *patterns: str) -> Subscription:
        return RabbitMQSubscription(self._url, [], 100, patterns)

    def differences(self, queues: Sequence[Queue]) -> list[str]:
        if self._management:
            return self._management.differences(queues)
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
            for queue in declared_queues(queues):
                for exchange, key in queue.bindings:
                    channel.queue_bind(queue.name, exchange, key)
        return self._management.differences(queues) if self._management else problems

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
            raise lost(error) from error
        try:
            yield connection
        except AMQPError as error:
            raise lost(error) from error
        finally:
            if connection.is_open:
                connection.close()


def _declarations(queues: Sequence[Queue]) -> Iterator[tuple[str, Declare]]:
    for name, kind in EXCHANGES.items():
        yield f"exchange {name}", _exchange(name, kind)
    for queue in declared_queues(queues):
        yield f"queue {queue.name}", _queue(queue)


def _exchange(name: str, kind: str) -> Declare:
    return lambda channel, passive: channel.exchange_declare(name, kind, durable=True, passive=passive)


def _queue(queue: DeclaredQueue) -> Declare:
    return lambda channel, passive: channel.queue_declare(
        queue.name, durable=True, arguments=queue.arguments, passive=passive
    )


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
        if refused.reply_code not in _DIFFERS:
            raise
        return refused
    channel.close()
    return None

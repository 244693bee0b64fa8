"""What relay and consumer need of a transport; RabbitMQ and the embedded one pass the same conformance suite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from chassis.events.topology import Queue
from chassis.settings import SettingsError

if TYPE_CHECKING:
    from chassis.events.transports.rabbitmq_management import Management

DELIVERY_LIMIT = 20
"""Deliveries without an answer after which a message is a dead letter: it kills whoever takes it."""


class TransportLost(Exception):  # noqa: N818  says what happened
    """The transport does not answer any more; what was not settled will be delivered again."""


class PublishOutcome(StrEnum):
    """What a transport said about a published message."""

    CONFIRMED = "confirmed"
    RETURNED = "returned"
    """No queue is bound to its type."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Message:
    """An envelope on its way. Messages of one ``key`` keep their order; ``mandatory`` ones must reach a queue."""

    id: str
    type: str
    key: str
    body: bytes
    mandatory: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message handed to a subscriber, who settles it or buries it, or leaves it to be delivered again."""

    queue: str
    tag: int
    body: bytes
    redelivered: bool
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Depth:
    """How full a queue is: messages nobody has yet, and who takes them."""

    ready: int
    consumers: int | None
    """None where that is not known."""


class Publisher(Protocol):
    """Publishes from one thread."""

    def ready(self) -> bool:
        """Keep the connection alive and tell whether publishing makes sense now; raises TransportLost."""

    def publish(self, messages: Sequence[Message], *, queue: str | None = None) -> dict[str, PublishOutcome]:
        """Publish, to one queue or to whom the type concerns, and tell by message id what became of it.

        Of each key at most one message is unconfirmed, and nothing follows one that was not confirmed. A message that
        is not in the answer may or may not have arrived. Raises TransportLost when nothing could be sent.
        """

    def close(self) -> None: ...


class Subscription(Protocol):
    """Takes messages from queues, in one thread; only ``wake`` may be called from others."""

    def receive(self, timeout: float) -> list[Delivery]:
        """What arrived, waiting at most ``timeout`` seconds for it; raises TransportLost."""

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Say that they are done with."""

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """Move one to the queue's dead letters, saying why."""

    def wake(self) -> None:
        """Let ``receive`` return now."""

    def close(self) -> None:
        """Give back what was not settled."""


class Transport(Protocol):
    """A broker, or what stands in for one."""

    def publisher(self) -> Publisher: ...

    def subscribe(self, queues: Sequence[str], *, prefetch: int) -> Subscription:
        """Take messages of these queues, at most ``prefetch`` unsettled at a time; raises TransportLost."""

    def listen(self, *patterns: str) -> Subscription:
        """See copies of what is published from now on, by topic pattern, as long as the subscription lives.

        Copies need no ``ack`` and outlive nobody. On RabbitMQ a listener counts as a queue that a message has reached:
        listen for long only to types whose subscribers are optional.
        """

    @property
    def not_compared(self) -> str | None:
        """What ``differences`` cannot compare and why, a sentence; None when it compares everything."""

    def differences(self, queues: Sequence[Queue]) -> list[str]:
        """What is missing or other than declared, a sentence each; changes nothing that exists."""

    def apply(self, queues: Sequence[Queue]) -> list[str]:
        """Create what is missing and leave what is other than declared, which is told, a sentence each."""

    def depth(self, queue: str) -> Depth | None:
        """None if there is no such queue."""


def connect(url: str, management_url: str = "") -> Transport:
    """The transport of an EVENTS_URL; connections are made when they are needed. Raises SettingsError.

    With ``management_url``, that of RabbitMQ's HTTP API, bindings are compared as well.
    """
    if url.startswith("sqlite:///"):
        from chassis.events.transports.sqlite import SqliteTransport  # noqa: PLC0415  one of the two is never needed

        return SqliteTransport(url)
    if url.startswith(("amqp://", "amqps://")):
        from chassis.events.transports.rabbitmq import RabbitMQTransport  # noqa: PLC0415

        return RabbitMQTransport(url, _management(management_url, url) if management_url else None)
    raise SettingsError("EVENTS_URL must begin with sqlite:/// or amqp://.")


def _management(url: str, amqp_url: str) -> "Management":
    from chassis.events.transports.rabbitmq_management import Management  # noqa: PLC0415  only the command asks it

    return Management(url, amqp_url)

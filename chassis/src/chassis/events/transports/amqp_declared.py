"""What a service declares on RabbitMQ: exchanges, queues, their arguments and bindings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chassis.events.topology import DEAD_EXCHANGE, EXCHANGE, Queue
from chassis.events.transports import DELIVERY_LIMIT

EXCHANGES = {EXCHANGE: "topic", DEAD_EXCHANGE: "direct"}
_NEVER = 1_000_000
"""Looking at dead letters counts as a delivery, and without a limit of their own RabbitMQ 4 drops them after 20."""


@dataclass(frozen=True, slots=True)
class DeclaredQueue:
    """A durable queue. What may change later belongs into a policy of the broker, not into the arguments."""

    name: str
    arguments: dict[str, object]
    exchange: str
    keys: tuple[str, ...]
    """The routing keys by which it is bound to the exchange."""


def declared(queues: Iterable[Queue]) -> Iterator[DeclaredQueue]:
    """The queues on the broker for a service's queues, dead letters first."""
    for queue in queues:
        dead = {"x-queue-type": "quorum", "x-delivery-limit": _NEVER}
        yield DeclaredQueue(queue.dead, dead, DEAD_EXCHANGE, (queue.name,))
        yield DeclaredQueue(queue.name, _arguments(queue), EXCHANGE, queue.types)


def _arguments(queue: Queue) -> dict[str, object]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": queue.name,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-single-active-consumer": True,
    }

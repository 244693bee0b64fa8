"""What a service declares on RabbitMQ: exchanges, queues, their arguments and bindings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chassis.events.topology import DEAD_EXCHANGE, EXCHANGE, REDELIVERY_EXCHANGE, Queue
from chassis.events.transports import DELIVERY_LIMIT

EXCHANGES = {EXCHANGE: "topic", DEAD_EXCHANGE: "direct", REDELIVERY_EXCHANGE: "topic"}
"""The exchanges that services publish to are topic exchanges: RabbitMQ's permissions look at the keys of no others."""
_NEVER = 1_000_000
"""Looking at dead letters counts as a delivery, and without a limit of their own RabbitMQ 4 drops them after 20."""


@dataclass(frozen=True, slots=True)
class DeclaredQueue:
    """A durable queue. What may change later belongs into a policy of the broker, not into the arguments."""

    name: str
    arguments: dict[str, object]
    bindings: tuple[tuple[str, str], ...]
    """Exchanges and the routing keys by which it is bound to them."""


def declared_queues(queues: Iterable[Queue]) -> Iterator[DeclaredQueue]:
    """The queues on the broker for a service's queues, dead letters first."""
    for queue in queues:
        dead = {"x-queue-type": "quorum", "x-delivery-limit": _NEVER}
        to_dead, to_queue = ((REDELIVERY_EXCHANGE, name) for name in (queue.dead, queue.name))
        yield DeclaredQueue(queue.dead, dead, ((DEAD_EXCHANGE, queue.name), to_dead))
        yield DeclaredQueue(queue.name, _arguments(queue), (*((EXCHANGE, name) for name in queue.types), to_queue))


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

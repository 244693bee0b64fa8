"""Which queues there are and what is bound to them, as a service's handlers say."""

from collections.abc import Iterable
from dataclasses import dataclass

from chassis.events.types import producer_of

EXCHANGE = "events"
DEAD_EXCHANGE = "events.dead"
REDELIVERY_EXCHANGE = "events.redelivery"
"""Takes what is for one queue, by its name: what is sent again, and dead letters."""
DEAD = ".dead"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and the event types bound to it; events of one key leave it in order."""

    name: str
    types: tuple[str, ...]

    @property
    def dead(self) -> str:
        """Where what cannot be handled goes."""
        return dead_queue(self.name)


def queue_name(service: str, producer: str) -> str:
    """The queue on which a service gets a producer's events: ``blog.auth-events``."""
    return f"{service}.{producer}-events"


def dead_queue(queue: str) -> str:
    return queue + DEAD


def queues(service: str, types: Iterable[str]) -> list[Queue]:
    """One queue per producer, so that a producer's events keep their order and none waits for another producer's."""
    by_producer: dict[str, list[str]] = {}
    for name in sorted(types):
        by_producer.setdefault(producer_of(name), []).append(name)
    return [Queue(queue_name(service, producer), tuple(names)) for producer, names in by_producer.items()]

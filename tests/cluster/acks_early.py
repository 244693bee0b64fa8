"""blog's consumer, spoiled: it acknowledges events as they arrive, before they are handled."""

import sys
from collections.abc import Sequence

from chassis.events.transports import Delivery
from chassis.events.transports.amqp_subscription import RabbitMQSubscription
from chassis.run import main

receive, ack = RabbitMQSubscription.receive, RabbitMQSubscription.ack


def receive_and_ack(self: RabbitMQSubscription, timeout: float) -> list[Delivery]:
    """Acknowledge before anything was done."""
    arrived = receive(self, timeout)
    ack(self, arrived)
    return arrived


def ack_nothing(self: RabbitMQSubscription, deliveries: Sequence[Delivery]) -> None:
    """It was acknowledged already."""


RabbitMQSubscription.receive = receive_and_ack  # type: ignore[method-assign]
RabbitMQSubscription.ack = ack_nothing  # type: ignore[method-assign]
sys.exit(main(["consumer"]))

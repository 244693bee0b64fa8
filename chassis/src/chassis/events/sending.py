"""Sending past the outbox, to one queue."""

from chassis.events.transports import Message, Publisher, PublishOutcome, TransportLost


def send(publisher: Publisher, messages: list[Message], queue: str) -> None:
    """Send messages to one queue; raises TransportLost when it did not take them all."""
    sent = publisher.publish(messages, queue=queue)
    refused = [message.id for message in messages if sent.get(message.id) is not PublishOutcome.CONFIRMED]
    if refused:
        raise TransportLost(f"{queue} did not take {refused[0]} and {len(refused) - 1} others of {len(messages)}")

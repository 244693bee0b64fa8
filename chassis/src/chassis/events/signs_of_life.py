"""What a relay says while there is nothing to publish: for listeners, to whom silence and a dead relay sound alike.

It is no event: no outbox has it, and nobody's queue.
"""

from uuid_utils.compat import uuid7

from chassis import clock
from chassis.events import envelope
from chassis.events.envelope import Event
from chassis.events.transports import Message

SECONDS = 2.0
"""How often it is said, at most."""


def sign_of(service: str) -> str:
    """The type under which a service's relays say it."""
    return f"{service}.relay.alive.v1"


def sign(service: str) -> Message:
    """All that the service's outbox had when this was said has been published."""
    name = sign_of(service)
    said = Event(
        id=uuid7(),
        type=name,
        source=envelope.source_of(name),
        subject=f"relay/{service}",
        time=clock.truncate_to_milliseconds(clock.now()),
        sequence=0,
        partition_key="relay",
    )
    return Message(str(said.id), name, said.partition_key, envelope.encode(said), mandatory=False)

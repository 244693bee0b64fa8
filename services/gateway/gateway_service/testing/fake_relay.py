"""What services' relays say on the bus: events, and that there are none."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from chassis.events import envelope, signs_of_life, transports
from chassis.events.envelope import Event
from chassis.events.transports import Message

from gateway_service.config import UPSTREAMS

SIGN_SECONDS = 0.5


def publish(events_url: str, event: Event) -> None:
    """Publish an event as the relay of its service would."""
    message = Message(str(event.id), event.type, event.partition_key, envelope.encode(event), mandatory=False)
    with closing(transports.connect(events_url).publisher()) as publisher:
        publisher.publish([message])


@contextmanager
def relaying(events_url: str) -> Iterator[None]:
    """All services' relays are alive meanwhile."""
    over = threading.Event()

    def say() -> None:
        with closing(transports.connect(events_url).publisher()) as publisher:
            while not over.is_set():
                publisher.publish([signs_of_life.sign(upstream) for upstream in UPSTREAMS])
                over.wait(SIGN_SECONDS)

    thread = threading.Thread(target=say)
    thread.start()
    yield
    over.set()
    thread.join()

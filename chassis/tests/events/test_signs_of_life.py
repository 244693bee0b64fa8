"""What a relay says while nothing happens: that it is there, and that nothing waits."""

import threading
from collections.abc import Sequence
from contextlib import closing

from chassis.events import envelope, signs_of_life
from chassis.events.databases.plain import PlainDatabase
from chassis.events.relay import Relay
from chassis.events.transports import Message, Publisher, PublishOutcome, Transport

from tests.support.events import PRINTED, printed, publish
from tests.support.waiting import eventually

ALIVE = signs_of_life.sign_of("press")


class Noted:
    """A publisher that confirms all and notes the types."""

    def __init__(self) -> None:
        self.types: list[str] = []

    def ready(self) -> bool:
        return True

    def publish(self, messages: Sequence[Message], *, queue: str | None = None) -> dict[str, PublishOutcome]:
        self.types += [message.type for message in messages]
        return dict.fromkeys((message.id for message in messages), PublishOutcome.CONFIRMED)

    def close(self) -> None: ...


class Running:
    """A relay at work in a thread."""

    def __init__(self, database: PlainDatabase, publisher: Publisher) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=Relay(database, publisher, service="press").run, args=(self._over,))
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()


def test_listener_hears_that_a_relay_is_there(transport: Transport, database: PlainDatabase) -> None:
    with closing(transport.publisher()) as first:
        first.ready()  # makes the exchange
    with closing(transport.listen(ALIVE)) as listener, closing(Running(database, transport.publisher())):
        heard = eventually(lambda: listener.receive(1))
        assert [envelope.decode(each.body).type for each in heard] == [ALIVE]
        eventually(lambda: listener.receive(1))  # and again


def test_sign_is_given_once_all_that_waited_is_published(database: PlainDatabase) -> None:
    publish(database, *(printed(number) for number in range(20)))
    publisher = Noted()
    with closing(Running(database, publisher)):
        eventually(lambda: ALIVE in publisher.types)
    assert publisher.types[:21] == [PRINTED] * 20 + [ALIVE]

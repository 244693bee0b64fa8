"""The conformance suite: RabbitMQ and the embedded transport keep the same promises."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pika
import pytest
from chassis.events import transports
from chassis.events.topology import Queue
from chassis.events.transports import DELIVERY_LIMIT, Message, PublishOutcome, Subscription, Transport, TransportLost
from chassis.events.transports.sqlite import SqliteTransport
from chassis.settings import SettingsError

from tests.support.events import PRINTED, take, wait_until


def message(number: int, key: str = "a", type_name: str = PRINTED, *, mandatory: bool = True) -> Message:
    return Message(f"id-{number}", type_name, key, f"body {number}".encode(), mandatory=mandatory)


@contextmanager
def subscribed(transport: Transport, queue: str, prefetch: int = 100) -> Iterator[Subscription]:
    subscription = transport.subscribe([queue], prefetch=prefetch)
    yield subscription
    subscription.close()


def send(transport: Transport, *messages: Message, queue: str | None = None) -> dict[str, PublishOutcome]:
    publisher = transport.publisher()
    assert publisher.ready()
    sent = publisher.publish(messages, queue=queue)
    publisher.close()
    return sent


def test_message_reaches_the_bound_queue_byte_for_byte(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    body = '{"title":"Zoë \\u0000"}'.encode()

    assert send(transport, Message("id-1", PRINTED, "a", body)) == {"id-1": PublishOutcome.CONFIRMED}

    with subscribed(transport, queue.name) as subscription:
        [delivery] = take(subscription, 1)
        assert (delivery.queue, delivery.body, delivery.redelivered) == (queue.name, body, False)


def test_unroutable_message_is_returned_and_nothing_of_its_key_follows(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])

    sent = send(transport, message(1, "a", "press.nobody.listens.v1"), message(2, "a"), message(3, "b"))

    assert sent == {"id-1": PublishOutcome.RETURNED, "id-3": PublishOutcome.CONFIRMED}


def test_unroutable_message_with_optional_subscribers_is_confirmed(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    optional = message(1, type_name="press.nobody.listens.v1", mandatory=False)
    assert send(transport, optional) == {"id-1": PublishOutcome.CONFIRMED}


def test_messages_of_a_key_arrive_in_the_order_they_were_published(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    messages = [message(number, key=f"key-{number % 7}") for number in range(100)]
    assert set(send(transport, *messages).values()) == {PublishOutcome.CONFIRMED}

    with subscribed(transport, queue.name) as subscription:
        arrived = [delivery.body for delivery in take(subscription, 100)]

    for key in range(7):
        published = [each.body for each in messages if each.key == f"key-{key}"]
        assert [body for body in arrived if body in published] == published


def test_settled_messages_are_gone_and_the_others_come_again_in_order(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    send(transport, *[message(number) for number in range(4)])
    with subscribed(transport, queue.name) as first:
        deliveries = take(first, 4)
        first.ack([deliveries[0], deliveries[2]])

    with subscribed(transport, queue.name) as second:
        again = take(second, 2)

    assert [delivery.body for delivery in again] == [b"body 1", b"body 3"]


def test_prefetch_bounds_what_is_unsettled(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    send(transport, *[message(number) for number in range(5)])

    with subscribed(transport, queue.name, prefetch=2) as subscription:
        first = take(subscription, 2)
        assert subscription.receive(0.3) == []
        subscription.ack(first)
        assert len(take(subscription, 2)) == 2


def test_later_messages_of_a_key_do_not_overtake_through_another_subscriber(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    send(transport, *[message(number) for number in range(4)])

    first = transport.subscribe([queue.name], prefetch=2)
    with subscribed(transport, queue.name) as second:
        assert [delivery.body for delivery in take(first, 2)] == [b"body 0", b"body 1"]
        assert second.receive(0.5) == []
        first.close()
        assert [delivery.body for delivery in take(second, 4)] == [b"body 0", b"body 1", b"body 2", b"body 3"]


def test_buried_message_waits_in_the_dead_letters_with_its_reason(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    send(transport, message(1), message(2))
    with subscribed(transport, queue.name) as subscription:
        [poison, sound] = take(subscription, 2)
        subscription.dead_letter(poison, "not an event")
        subscription.ack([sound])

    with subscribed(transport, queue.dead) as dead:
        [letter] = take(dead, 1)

    assert (letter.body, letter.headers["reason"], letter.headers["queue"]) == (b"body 1", "not an event", queue.name)
    assert letter.headers["message_id"] == "id-1"
    with subscribed(transport, queue.name) as subscription:
        assert subscription.receive(0.3) == []


def test_message_for_one_queue_reaches_that_queue_alone(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    listener = transport.listen("#")

    assert send(transport, message(1), queue=queue.name) == {"id-1": PublishOutcome.CONFIRMED}
    assert send(transport, message(2), queue="no.such-queue") == {"id-2": PublishOutcome.RETURNED}

    with subscribed(transport, queue.name) as subscription:
        assert len(take(subscription, 1)) == 1
    assert listener.receive(0.3) == []
    listener.close()


@pytest.mark.parametrize("pattern", ["#", "press.#", "press.*.printed.v1", "*.article.#", PRINTED])
def test_listener_sees_copies_of_what_matches(transport: Transport, queue: Queue, pattern: str) -> None:
    transport.apply([queue])
    listener = transport.listen(pattern)
    send(transport, message(1))
    assert [delivery.body for delivery in take(listener, 1)] == [b"body 1"]
    listener.close()
    depth = transport.depth(queue.name)
    assert depth is not None
    assert depth.ready == 1


def test_listener_does_not_see_what_does_not_match(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    listener = transport.listen("press.*")
    send(transport, message(1))
    assert listener.receive(0.3) == []
    listener.close()


def test_topology_is_told_applied_and_then_as_declared(transport: Transport, queue: Queue) -> None:
    assert queue.name in " ".join(transport.differences([queue]))
    assert transport.depth(queue.name) is None
    assert transport.apply([queue]) == []
    assert transport.apply([queue]) == []
    assert transport.differences([queue]) == []


def test_depth_counts_what_nobody_has_yet(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    send(transport, message(1), message(2, "b"), message(3, "c"))

    with subscribed(transport, queue.name, prefetch=1) as subscription:
        take(subscription, 1)
        depth = transport.depth(queue.name)
        assert depth is not None
        assert depth.ready == 2


def test_receive_returns_when_woken(transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    with subscribed(transport, queue.name) as subscription:
        subscription.wake()
        assert subscription.receive(60) == []


def test_lease_of_a_subscriber_that_died_runs_out(tmp_path: Path, queue: Queue) -> None:
    transport = SqliteTransport(f"sqlite:///{tmp_path}/bus.sqlite3", lease_seconds=0.3)
    transport.apply([queue])
    send(transport, message(1))
    died = transport.subscribe([queue.name], prefetch=10)
    take(died, 1)

    with subscribed(transport, queue.name) as survivor:
        [delivery] = take(survivor, 1)
        assert delivery.redelivered
        died.ack([delivery])  # it comes back to life, too late
        survivor.ack([delivery])
    died.close()


def test_lease_is_renewed_while_its_subscriber_lives(tmp_path: Path, queue: Queue) -> None:
    transport = SqliteTransport(f"sqlite:///{tmp_path}/bus.sqlite3", lease_seconds=0.6)
    transport.apply([queue])
    send(transport, message(1))
    with subscribed(transport, queue.name) as owner, subscribed(transport, queue.name) as other:
        take(owner, 1)
        for _ in range(10):
            assert owner.receive(0.1) == []
            assert other.receive(0) == []


def test_message_that_kills_whoever_takes_it_is_buried_in_the_end(tmp_path: Path, queue: Queue) -> None:
    transport = SqliteTransport(f"sqlite:///{tmp_path}/bus.sqlite3", lease_seconds=0)
    transport.apply([queue])
    send(transport, message(1))

    with subscribed(transport, queue.name) as subscription:
        for _ in range(DELIVERY_LIMIT):
            take(subscription, 1)
        wait_until(lambda: not subscription.receive(0.01))

    with subscribed(transport, queue.dead) as dead:
        assert "without an answer" in take(dead, 1)[0].headers["reason"]


def test_unknown_url_is_refused() -> None:
    with pytest.raises(SettingsError, match="EVENTS_URL"):
        transports.connect("kafka://localhost")


@pytest.mark.servers
def test_end_of_a_subscription_by_the_broker_says_what_may_have_happened(queue: Queue, rabbitmq_url: str) -> None:
    transport = transports.connect(rabbitmq_url)
    transport.apply([queue])
    with subscribed(transport, queue.name) as subscription:
        with closing(pika.BlockingConnection(pika.URLParameters(rabbitmq_url))) as connection:
            connection.channel().queue_delete(queue.name)
        with pytest.raises(TransportLost, match="its queue is gone or moves, or a delivery was not"):
            subscription.receive(20)

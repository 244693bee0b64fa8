"""What is on RabbitMQ compared with what is declared: with the management API to the last binding, never changed."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pika
import pytest
from chassis.events import transports
from chassis.events.topology import EXCHANGE, Queue
from chassis.events.transports import Transport
from chassis.settings import SettingsError
from chassis.testing import LocalServer
from pika.adapters.blocking_connection import BlockingChannel

from tests.support.events import PRINTED, rabbitmq_queues

pytestmark = pytest.mark.servers
FOREIGN = "mail.letter.sent.v1"


@pytest.fixture
def managed(rabbitmq_url: str, rabbitmq_management_url: str, reader: str) -> Iterator[Transport]:
    """RabbitMQ, seen also through its management API."""
    with rabbitmq_queues(rabbitmq_url, reader):
        yield transports.connect(rabbitmq_url, rabbitmq_management_url)


@pytest.fixture
def channel(rabbitmq_url: str) -> Iterator[BlockingChannel]:
    """Somebody else's hands on the broker."""
    with closing(pika.BlockingConnection(pika.URLParameters(rabbitmq_url))) as connection:
        yield connection.channel()


def test_what_was_applied_is_as_declared(managed: Transport, queue: Queue) -> None:
    assert {f"queue {queue.name} is missing", f"queue {queue.dead} is missing"} <= set(managed.differences([queue]))
    assert managed.apply([queue]) == []
    assert managed.differences([queue]) == []
    assert managed.not_compared is None


def test_missing_and_foreign_bindings_are_told_and_left(
    managed: Transport, queue: Queue, channel: BlockingChannel
) -> None:
    managed.apply([queue])
    channel.queue_unbind(queue.name, EXCHANGE, PRINTED)
    channel.queue_bind(queue.name, EXCHANGE, FOREIGN)
    channel.queue_bind(queue.dead, "amq.topic", "#")
    told = [
        f"queue {queue.dead} is also bound to # of exchange amq.topic",
        f"queue {queue.name} is not bound to {PRINTED}",
        f"queue {queue.name} is also bound to {FOREIGN}",
    ]
    for _ in range(2):  # looking changes nothing
        assert managed.differences([queue]) == told
    assert managed.apply([queue]) == [told[0], told[2]]


def test_other_arguments_are_told_with_both_values(managed: Transport, queue: Queue, channel: BlockingChannel) -> None:
    other = {"x-queue-type": "quorum", "x-delivery-limit": 5, "x-max-length": 10, "x-single-active-consumer": True}
    channel.queue_declare(queue.name, durable=True, arguments=other)
    told = [
        f"queue {queue.name} has x-dead-letter-exchange none, declared is events.dead",
        f"queue {queue.name} has x-delivery-limit 5, declared is 20",
        f"queue {queue.name} has x-max-length 10, declared is none",
    ]
    for found in (managed.differences([queue]), managed.apply([queue])):
        assert set(told) <= set(found)
        assert not any("x-single-active-consumer" in each for each in found)


def test_without_the_management_api_it_is_said_that_bindings_were_not_compared(
    rabbitmq_url: str, queue: Queue, managed: Transport, channel: BlockingChannel
) -> None:
    managed.apply([queue])
    channel.queue_bind(queue.name, EXCHANGE, FOREIGN)
    plain = transports.connect(rabbitmq_url)
    assert plain.differences([queue]) == []
    assert plain.not_compared
    assert "Bindings and some arguments were not compared" in plain.not_compared


def test_management_api_that_does_not_answer_is_said(rabbitmq_url: str, queue: Queue) -> None:
    transport = transports.connect(rabbitmq_url, "http://127.0.0.1:1")
    with pytest.raises(SettingsError, match="EVENTS_MANAGEMENT_URL cannot be used"):
        transport.differences([queue])


def test_management_api_that_refuses_the_account_is_said_without_it(
    rabbitmq_url: str, rabbitmq_management_url: str, queue: Queue
) -> None:
    address = urlsplit(rabbitmq_management_url).netloc.rpartition("@")[2]
    transport = transports.connect(rabbitmq_url, f"http://mallory:hunter2@{address}/")
    with pytest.raises(SettingsError, match=f"http://{address}/api answers 401") as refusal:
        transport.differences([queue])
    assert "hunter2" not in str(refusal.value)


def test_account_and_virtual_host_are_those_of_the_broker_unless_named(http_server: LocalServer, queue: Queue) -> None:
    http_server.reply = lambda _request: (404, b"{}")
    transport = transports.connect("amqp://alice:wonder%40land@broker/press", f"{http_server.url}/rabbit/")
    assert len(transport.differences([queue])) == 5
    request = http_server.requests[0]
    assert (request.path, request.headers["authorization"]) == (
        "/rabbit/api/exchanges/press/events",
        "Basic YWxpY2U6d29uZGVyQGxhbmQ=",
    )

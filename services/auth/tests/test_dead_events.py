"""Dead events in the admin: staff see them, and have them tried again as the command does."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from auth_service.commands import event_service
from auth_service.testing import PASSWORD, Caller
from auth_service.users.models import User
from chassis.events import transports
from chassis.events.databases.django import DjangoDatabase
from chassis.events.envelope import Event, encode
from chassis.events.inbox import Inbox
from chassis.events.testing import deliver, example
from chassis.events.topology import queues
from chassis.events.transports import Message, Transport
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from uuid_utils.compat import uuid7

PAGE = "/admin/chassis_events/deadevent/"
QUEUE = next(queue for queue in queues("auth", event_service().handlers) if queue.name == "auth.media-events")


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = transports.connect(event_service().settings.events_url)
    transport.apply(queues("auth", event_service().handlers))
    yield transport
    with closing(transport.subscribe([QUEUE.name, QUEUE.dead], prefetch=10)) as subscription:
        while left := subscription.receive(0):
            subscription.ack(left)


@pytest.fixture
def dead(db: None) -> Event:
    """An event that died in the inbox."""
    event = replace(example("media.asset.removed.v1"), id=uuid7(), partition_key=str(uuid7()))
    deliver(event_service(), event)
    died = "UPDATE inbox_event SET state = 'dead', error = 'RuntimeError: <b>no room</b>' WHERE event_id = %s"
    with DjangoDatabase().transaction() as transaction:
        transaction.execute(died, (str(event.id),))
        transaction.execute(
            "UPDATE inbox_event SET envelope = %s WHERE event_id = %s", (encode(event).decode(), str(event.id))
        )
    return event


@pytest.fixture
def dana(db: None) -> Client:
    User.objects.create_superuser(email="dana@example.org", username="dana", password=PASSWORD)
    client = Client()
    client.post("/admin/login/", {"username": "dana", "password": PASSWORD})
    return client


def bury(transport: Transport, body: bytes) -> None:
    with closing(transport.publisher()) as publisher:
        publisher.publish([Message("letter", "", "", body)], queue=QUEUE.name)
    with closing(transport.subscribe([QUEUE.name], prefetch=1)) as subscription:
        [delivery] = subscription.receive(5)
        subscription.dead_letter(delivery, "it is no event")


def states() -> list[str]:
    with DjangoDatabase().transaction() as transaction:
        return [state for (state,) in transaction.execute("SELECT state FROM inbox_event")]


def test_staff_see_what_is_dead_in_the_inbox_and_on_the_broker(dana: Client, dead: Event, transport: Transport) -> None:
    bury(transport, b"\x00 no event")
    for _ in range(2):  # looking takes nothing away
        page = dana.get(PAGE).content.decode()
        assert str(dead.id) in page
        assert "RuntimeError: &lt;b&gt;no room&lt;/b&gt;" in page
        assert "it is no event" in page
        assert "bytes-" in page


def test_what_is_chosen_is_tried_again_and_written_down(dana: Client, dead: Event, transport: Transport) -> None:
    event = replace(dead, id=uuid7())
    bury(transport, encode(event))
    page = dana.post(PAGE, {"id": [str(dead.id), str(event.id)]}, follow=True)
    assert [str(said) for said in page.context["messages"]] == ["2 will be tried again."]
    assert "Nothing is dead." in page.content.decode()
    assert Inbox(DjangoDatabase(), QUEUE.name, event_service().handlers).retry_due()
    assert states() == ["handled"]
    with closing(transport.subscribe([QUEUE.name], prefetch=1)) as subscription:
        [delivery] = subscription.receive(5)
        assert delivery.body == encode(event)
        subscription.ack([delivery])
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {str(dead.id), str(event.id)}


def test_what_is_not_chosen_stays_dead(dana: Client, dead: Event, transport: Transport) -> None:
    page = dana.post(PAGE, {"id": [str(uuid7()), "x"]}, follow=True)
    assert [str(said) for said in page.context["messages"]] == ["0 will be tried again."]
    assert states() == ["dead"]


def test_without_a_broker_the_inbox_is_shown(dana: Client, dead: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise transports.TransportLost("away")

    monkeypatch.setattr("chassis.django.admin._transport", lost)
    page = dana.get(PAGE)
    assert str(dead.id) in page.content.decode()
    assert "The broker does not answer" in page.content.decode()
    page = dana.post(PAGE, {"id": [str(dead.id)]}, follow=True)
    assert "what was chosen there stays dead" in page.content.decode()


@pytest.mark.parametrize(("powers", "look", "change"), [([], 403, 403), (["view_deadevent"], 200, 403)])
def test_it_takes_the_permission(dead: Event, transport: Transport, powers: list[str], look: int, change: int) -> None:
    helper = User.objects.create_user(email="helper@example.org", username="helper", password=PASSWORD, is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=powers))
    client = Client()
    client.force_login(helper)
    assert client.get(PAGE).status_code == look
    assert client.post(PAGE, {"id": [str(dead.id)]}).status_code == change
    assert states() == ["dead"]


def test_others_are_sent_to_the_log_in(alice: Caller) -> None:
    assert Client().get(PAGE).status_code == 302
    client = Client()
    client.force_login(User.objects.get())
    assert client.get(PAGE).status_code == 302

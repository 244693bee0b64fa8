"""What is sent to webhooks, to a real receiver: signed, tried again, given up, sent again on request."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from blog_service.commands import event_service
from blog_service.erasure.tables import ERASED
from blog_service.settings import settings
from blog_service.testing import Caller
from blog_service.webhooks import hearing
from blog_service.webhooks.models import Delivery, Webhook
from blog_service.webhooks.schedule import DISABLED_AFTER, LONGEST_REST, RETRIES
from blog_service.webhooks.services import tidying
from blog_service.webhooks.services.sending import LEASE, message_claim, overdue_measure
from blog_service.webhooks.services.tidying import KEPT, backlogs_end, deliveries_forget
from blog_service.webhooks.services.webhooks import OVERLAP
from blog_service.webhooks.tasks import webhooks_deliver, webhooks_tidy
from chassis.django.testing import walk_to_another_key
from chassis.events.databases.django import DjangoDatabase
from chassis.events.envelope import encode
from chassis.events.testing import deliver, published
from chassis.metrics import gauge
from chassis.testing.local_server import LocalServer, Received
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

PING = "blog.webhook.ping.v1"


@pytest.fixture
def hook(alice: Caller, receiver: LocalServer) -> dict[str, Any]:
    """A webhook of alice."""
    answer = alice.post("v2/webhooks", {"url": f"{receiver.url}/in", "events": list(hearing.HEARD)})
    assert answer.status == 201, answer
    return answer.body  # type: ignore[no-any-return]


def pinged(alice: Caller, hook: dict[str, Any]) -> str:
    """A message that waits; gives the id of its delivery."""
    answer = alice.post(f"v2/webhooks/{hook['id']}/ping")
    assert answer.status == 202, answer
    return str(answer.body["id"])


def sent(alice: Caller, hook: dict[str, Any]) -> dict[str, Any]:
    """The newest delivery, as the log shows it."""
    return alice.get(f"v2/webhooks/{hook['id']}/deliveries").body["items"][0]  # type: ignore[no-any-return]


def verified(secret: str, request: Received) -> dict[str, Any]:
    """What a receiver makes of a message, with the library of those who wrote the scheme."""
    return Verifier(secret).verify(request.body, request.headers)  # type: ignore[no-any-return]


def test_a_receiver_gets_the_event_and_can_tell_that_it_is_ours(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    delivery = pinged(alice, hook)
    webhooks_deliver()
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/in")
    assert request.headers["content-type"] == "application/cloudevents+json"
    event = verified(hook["secret"], request)
    assert (event["type"], event["specversion"], event["id"]) == (PING, "1.0", request.headers["webhook-id"])
    log = sent(alice, hook)
    assert (log["id"], log["event_id"], log["type"]) == (delivery, event["id"], PING)
    assert (log["state"], log["attempts"], log["status_code"]) == ("delivered", 1, 200)
    assert (log["next_attempt_at"], log["reason"]) == (None, None)


def test_what_was_changed_on_the_way_or_signed_by_another_is_known(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    pinged(alice, hook)
    webhooks_deliver()
    (request,) = receiver.requests
    for secret, body in (
        (hook["secret"], request.body + b" "),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", request.body),
    ):
        with pytest.raises(WebhookVerificationError):
            Verifier(secret).verify(body, request.headers)


def test_the_body_is_the_event_as_it_was_published(alice: Caller, hook: dict[str, Any], receiver: LocalServer) -> None:
    alice.writes(published=True)
    events = [event for event in published(DjangoDatabase()) if event.type in hearing.HEARD]
    for event in events:
        deliver(event_service(), event)
    webhooks_deliver()
    assert [request.body for request in receiver.requests] == [encode(event) for event in events]


def test_what_is_refused_is_tried_again_later_and_later_under_one_id(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    receiver.reply = lambda _request: (503, b"their secrets")
    pinged(alice, hook)
    now = timezone.now()
    for number, pause in enumerate(RETRIES[:4], start=1):
        webhooks_deliver(now)
        log = sent(alice, hook)
        assert (log["state"], log["attempts"], log["status_code"]) == ("pending", number, 503)
        assert "their secrets" not in json.dumps(log)
        webhooks_deliver(now + pause - timedelta(seconds=1))
        assert len(receiver.requests) == number
        now += pause
    receiver.reply = lambda _request: (204, b"")
    webhooks_deliver(now)
    assert sent(alice, hook)["state"] == "delivered"
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert Webhook.objects.get().failing_since is None


def test_a_redirect_is_a_refusal(alice: Caller, hook: dict[str, Any], receiver: LocalServer) -> None:
    receiver.headers["Location"] = f"{receiver.url}/elsewhere"
    receiver.reply = lambda _request: (307, b"")
    pinged(alice, hook)
    webhooks_deliver()
    assert (sent(alice, hook)["state"], sent(alice, hook)["status_code"]) == ("pending", 307)
    assert [request.path for request in receiver.requests] == ["/in"]


def test_each_attempt_looks_anew_where_the_name_leads(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinged(alice, hook)
    monkeypatch.setitem(settings().__dict__, "webhook_loopback", False)
    webhooks_deliver()
    assert receiver.requests == []
    assert (sent(alice, hook)["status_code"], sent(alice, hook)["reason"]) == (None, "target_not_allowed")


def test_while_one_fails_nothing_else_is_sent_there_and_all_come_in_the_end(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    receiver.reply = lambda _request: (500, b"")
    for _ in range(3):
        pinged(alice, hook)
    now = timezone.now()
    webhooks_deliver(now)
    assert len(receiver.requests) == 1
    receiver.reply = lambda _request: (200, b"")
    webhooks_deliver(now + LONGEST_REST)
    assert len(receiver.requests) == 4
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_one_who_fails_for_days_is_disabled_and_told_and_begins_anew_when_they_say_so(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    receiver.reply = lambda _request: (500, b"")
    pinged(alice, hook)
    now = timezone.now()
    webhooks_deliver(now)
    webhooks_deliver(now + DISABLED_AFTER - timedelta(minutes=1))
    assert Webhook.objects.get().active
    webhooks_deliver(now + DISABLED_AFTER + LONGEST_REST + RETRIES[-1])
    shown = alice.get(f"v2/webhooks/{hook['id']}").body
    assert (shown["active"], shown["disabled_because"]) == (False, "failing")
    assert sent(alice, hook)["state"] == "failed"
    event = published(DjangoDatabase())[-1]
    assert event.type == "blog.webhook.disabled.v1"
    told = {"webhook_id": hook["id"], "owner_id": str(alice.id), "host": "127.0.0.1", "reason": "failing"}
    assert event.data == told
    shown = alice.patch(f"v2/webhooks/{hook['id']}", {"active": True}).body
    assert (shown["active"], shown["disabled_because"], shown["failing_since"]) == (True, None, None)
    receiver.reply = lambda _request: (200, b"")
    pinged(alice, hook)
    webhooks_deliver()
    assert sent(alice, hook)["state"] == "delivered"


def test_one_message_is_given_up_after_its_last_attempt(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    receiver.reply = lambda _request: (500, b"")
    pinged(alice, hook)
    Delivery.objects.update(attempts=len(RETRIES))
    webhooks_deliver()
    assert (sent(alice, hook)["state"], sent(alice, hook)["next_attempt_at"]) == ("failed", None)
    assert Webhook.objects.get().active


def test_one_who_says_that_they_are_gone_is_disabled_at_once(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    receiver.reply = lambda _request: (410, b"")
    pinged(alice, hook)
    webhooks_deliver()
    assert alice.get(f"v2/webhooks/{hook['id']}").body["disabled_because"] == "gone"


def test_what_was_sent_or_given_up_is_sent_again_on_request(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    delivery = pinged(alice, hook)
    webhooks_deliver()
    answer = alice.post(f"v2/webhooks/{hook['id']}/deliveries/{delivery}/redeliver")
    assert (answer.status, answer.body["state"], answer.body["attempts"]) == (202, "pending", 0)
    webhooks_deliver(timezone.now() + timedelta(seconds=1))
    first, second = receiver.requests
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    alice.patch(f"v2/webhooks/{hook['id']}", {"active": False})
    answer = alice.post(f"v2/webhooks/{hook['id']}/deliveries/{delivery}/redeliver")
    assert (answer.status, answer.body["code"]) == (409, "webhook_inactive")


def test_a_former_secret_counts_for_a_day_beside_the_new_one(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    answer = alice.post(f"v2/webhooks/{hook['id']}/secret")
    assert answer.status == 200
    assert answer.body["secret"] != hook["secret"]
    pinged(alice, hook)
    webhooks_deliver()
    for secret in (hook["secret"], answer.body["secret"]):
        assert verified(secret, receiver.requests[0])["type"] == PING
    Webhook.objects.update(former_secret_until=timezone.now() - OVERLAP)
    pinged(alice, hook)
    webhooks_deliver()
    assert verified(answer.body["secret"], receiver.requests[1])["type"] == PING
    with pytest.raises(WebhookVerificationError):
        verified(hook["secret"], receiver.requests[1])


def test_a_secret_that_cannot_be_read_sends_nothing_unsigned(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinged(alice, hook)
    monkeypatch.setitem(settings().__dict__, "webhook_key", "another-key-of-thirty-two-characters")
    webhooks_deliver()
    assert receiver.requests == []
    assert sent(alice, hook)["reason"] == "secret_unreadable"


def test_another_key_holds_up_no_message(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = [hook["secret"], alice.post(f"v2/webhooks/{hook['id']}/secret").body["secret"]]

    def has(key: str, fallback: str) -> None:
        monkeypatch.setitem(settings().__dict__, "webhook_key", key)
        monkeypatch.setitem(settings().__dict__, "webhook_key_fallback", fallback)

    def works() -> bool:
        pinged(alice, hook)
        webhooks_deliver()
        return all(verified(secret, receiver.requests[-1]) for secret in secrets)

    walk_to_another_key(has, works, settings().webhook_key, "BLOG_WEBHOOK_KEY_FALLBACK")


def test_a_secret_of_one_webhook_is_none_of_another(alice: Caller, hook: dict[str, Any], receiver: LocalServer) -> None:
    alice.post("v2/webhooks", {"url": f"{receiver.url}/in", "events": [hearing.HEARD[0]]})
    first, second = Webhook.objects.order_by("id")
    Webhook.objects.filter(id=first.id).update(secret=second.secret)
    pinged(alice, hook)
    webhooks_deliver()
    assert receiver.requests == []


def test_who_is_slow_keeps_nobody_else_waiting(
    alice: Caller, bob: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    came = threading.Event()

    def reply(request: Received) -> tuple[int, bytes]:
        if request.path == "/in":
            assert came.wait(5), "the other had to wait for it"
        else:
            came.set()
        return 200, b""

    receiver.reply = reply
    pinged(alice, hook)
    other = bob.post("v2/webhooks", {"url": f"{receiver.url}/bob", "events": [hearing.HEARD[0]]}).body
    pinged(bob, other)
    webhooks_deliver()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_worker_that_dies_leaves_the_message_to_the_next_when_its_lease_ends(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    pinged(alice, hook)
    now = timezone.now()
    assert message_claim(now)
    assert message_claim(now) is None
    webhooks_deliver(now + LEASE - timedelta(seconds=1))
    assert receiver.requests == []
    webhooks_deliver(now + LEASE)
    assert sent(alice, hook)["state"] == "delivered"


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_message_once(alice: Caller, hook: dict[str, Any], receiver: LocalServer) -> None:
    for _ in range(8):
        pinged(alice, hook)

    def work(_number: int) -> None:
        try:
            webhooks_deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    webhooks_deliver()
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert len(ids) == len(set(ids)) == 8


def test_a_webhook_for_which_too_much_waits_is_disabled(
    alice: Caller, hook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "MOST_WAITING", 2)
    for _ in range(3):
        pinged(alice, hook)
    webhooks_tidy()
    assert alice.get(f"v2/webhooks/{hook['id']}").body["disabled_because"] == "backlog"
    backlogs_end()
    assert Webhook.objects.get().disablings == 1


def test_deliveries_are_forgotten_after_two_weeks(alice: Caller, hook: dict[str, Any]) -> None:
    pinged(alice, hook)
    now = timezone.now()
    assert deliveries_forget(now=now + KEPT - timedelta(minutes=1)) == 0
    assert deliveries_forget(now=now + KEPT + timedelta(minutes=1)) == 1


def test_what_is_late_is_measured_and_what_rests_is_not(
    alice: Caller, hook: dict[str, Any], receiver: LocalServer
) -> None:
    measured = gauge("webhook_deliveries_overdue_seconds")
    receiver.reply = lambda _request: (500, b"")
    pinged(alice, hook)
    now = timezone.now()
    webhooks_deliver(now)
    assert measured._value.get() == 0
    overdue_measure(now + RETRIES[0] + timedelta(seconds=90))
    assert measured._value.get() == pytest.approx(90)


def test_erasing_a_user_takes_what_others_were_told_of_them(
    alice: Caller, bob: Caller, admin: Caller, receiver: LocalServer
) -> None:
    for who in (alice, admin):
        who.post("v2/webhooks", {"url": receiver.url, "events": ["blog.post.created.v1"]})
    alice.writes()
    bob.writes("Other")
    for event in published(DjangoDatabase()):
        if event.type == "blog.post.created.v1":
            deliver(event_service(), event)
    assert Delivery.objects.count() == 3
    assert ERASED["webhooks_webhook"](alice.id) == 1
    assert ERASED["webhooks_delivery"](alice.id) == 1
    assert Delivery.objects.count() == 1
    assert str(alice.id) not in Delivery.objects.get().body

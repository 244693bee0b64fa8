"""Webhooks: whose they are, and what they are told of."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from blog_service.commands import event_service
from blog_service.testing import Caller
from blog_service.webhooks.models import Delivery, Webhook
from blog_service.webhooks.services.webhooks import MOST, url_require
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from chassis.testing import TokenMint
from chassis.testing.local_server import LocalServer
from django.test import Client
from uuid_utils.compat import uuid7

PUBLISHED = "blog.post.published.v1"


def hook(who: Caller, receiver: LocalServer, *events: str, **fields: Any) -> dict[str, Any]:
    """A webhook of somebody, told of publications unless other events are named."""
    answer = who.post("v2/webhooks", {"url": f"{receiver.url}/in", "events": list(events) or [PUBLISHED]} | fields)
    assert answer.status == 201, answer
    return answer.body  # type: ignore[no-any-return]


def hear() -> None:
    """Let blog hear what it has told of, as its consumer does."""
    for event in published(DjangoDatabase()):
        if event.type in event_service().handlers:
            deliver(event_service(), event)


def told(webhook: dict[str, Any]) -> list[str]:
    kept = Delivery.objects.filter(webhook_id=webhook["id"]).order_by("id")
    return [name.removeprefix("blog.").removesuffix(".v1") for name in kept.values_list("type", flat=True)]


def test_an_author_hears_of_their_own_posts_and_an_admin_of_all(
    alice: Caller, bob: Caller, admin: Caller, receiver: LocalServer
) -> None:
    of_alice, of_bob, of_admin = (hook(who, receiver) for who in (alice, bob, admin))
    alice.writes(published=True)
    hear()
    assert [told(each) for each in (of_alice, of_bob, of_admin)] == [["post.published"], [], ["post.published"]]
    assert (of_alice["hears_all"], of_admin["hears_all"]) == (False, True)


def test_a_webhook_is_told_of_what_it_asked_for_alone(alice: Caller, receiver: LocalServer) -> None:
    webhook = hook(alice, receiver, "blog.post.created.v1", "blog.post.deleted.v1")
    alice.writes(published=True)
    alice.delete("v1/posts/first-light")
    hear()
    assert told(webhook) == ["post.created", "post.deleted"]


def test_the_author_of_a_post_hears_of_comments_on_it(alice: Caller, bob: Caller, receiver: LocalServer) -> None:
    of_alice, of_bob = (hook(who, receiver, "blog.comment.created.v1") for who in (alice, bob))
    alice.writes(published=True)
    bob.post("v1/posts/first-light/comments", {"body": "Hello"})
    hear()
    assert (told(of_alice), told(of_bob)) == (["comment.created"], [])


def test_nobody_is_told_which_moderator_decided(
    alice: Caller, bob: Caller, mint: TokenMint, admin: Caller, receiver: LocalServer
) -> None:
    for who in (alice, admin):
        hook(who, receiver, "blog.comment.created.v1", "blog.comment.deleted.v1")
    alice.writes(published=True)
    comment = bob.post("v1/posts/first-light/comments", {"body": "Hello"}).body
    mo = Caller("mo", mint, roles=("moderator",))
    for decider, verdict in ((mo, "hold"), (mo, "approve"), (alice, "hold"), (mo, "approve"), (mo, "reject")):
        assert decider.post(f"v2/comments/{comment['id']}/{verdict}").status == 200
    hear()
    bodies = Delivery.objects.values_list("body", flat=True)
    actors = {(body["sequence"], body.get("actor")) for body in map(json.loads, bodies)}
    assert actors == {(1, str(bob.id)), (2, None), (3, None), (4, str(alice.id)), (5, None), (6, None)}


def test_an_event_that_comes_twice_or_is_replayed_is_told_once(alice: Caller, receiver: LocalServer) -> None:
    webhook = hook(alice, receiver)
    alice.writes(published=True)
    hear()
    hear()
    event = published(DjangoDatabase())[-1]
    deliver(event_service(), replace(event, id=uuid7(), causation_id=str(event.id), replay=True))
    assert told(webhook) == ["post.published"]


def test_an_admin_who_is_none_any_more_hears_of_their_own_posts(
    alice: Caller, admin: Caller, receiver: LocalServer
) -> None:
    webhook = hook(admin, receiver)
    event = example("auth.role.changed.v1")
    data = event.data | {"user_id": str(admin.id), "roles": ["author"]}
    deliver(event_service(), replace(event, id=uuid7(), partition_key=str(admin.id), data=data))
    alice.writes(published=True)
    hear()
    assert told(webhook) == []
    assert not admin.get(f"v2/webhooks/{webhook['id']}").body["hears_all"]


def test_an_admin_who_ends_to_be_one_while_the_address_is_looked_up_hears_of_their_own_posts(
    admin: Caller, receiver: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.writes()

    def look_up_slowly(url: str) -> None:
        event = example("auth.role.changed.v1")
        data = event.data | {"user_id": str(admin.id), "roles": ["author"]}
        deliver(event_service(), replace(event, id=uuid7(), partition_key=str(admin.id), data=data))
        url_require(url)

    monkeypatch.setattr("blog_service.webhooks.v2.views.url_require", look_up_slowly)
    assert not hook(admin, receiver)["hears_all"]


def test_who_is_suspended_hears_of_nothing(alice: Caller, admin: Caller, receiver: LocalServer) -> None:
    webhook = hook(admin, receiver)
    event = example("auth.user.suspended.v1")
    data = event.data | {"user_id": str(admin.id)}
    deliver(event_service(), replace(event, id=uuid7(), partition_key=str(admin.id), data=data))
    alice.writes(published=True)
    hear()
    assert told(webhook) == []


def test_a_secret_is_told_once_is_long_and_lies_sealed(alice: Caller, receiver: LocalServer) -> None:
    webhook = hook(alice, receiver)
    secret = webhook["secret"]
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 24
    assert "secret" not in alice.get(f"v2/webhooks/{webhook['id']}").body
    assert "secret" not in alice.get("v2/webhooks").body["items"][0]
    assert secret.removeprefix("whsec_").encode() not in bytes(Webhook.objects.get().secret)
    assert base64.b64decode(secret.removeprefix("whsec_")) not in bytes(Webhook.objects.get().secret)


def test_the_answer_that_is_repeated_for_a_key_has_no_secret(alice: Caller, receiver: LocalServer) -> None:
    body = {"url": receiver.url, "events": [PUBLISHED]}
    first, second = (alice.post("v2/webhooks", body, Idempotency_Key="once") for _ in range(2))
    assert (first.status, second.status, Webhook.objects.count()) == (201, 201, 1)
    assert second.body == first.body | {"secret": None}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"url": "https://169.254.169.254/latest/meta-data/"}, "/url", "target_not_allowed"),
        ({"url": "https://10.0.0.1/"}, "/url", "target_not_allowed"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "/url", "target_not_allowed"),
        ({"url": "https://93.184.215.14:22/"}, "/url", "target_not_allowed"),
        ({"url": "http://93.184.215.14/"}, "/url", "target_not_allowed"),
        ({"url": "file:///etc/passwd"}, "/url", "target_not_allowed"),
        ({"url": "https://u:p@93.184.215.14/"}, "/url", "target_not_allowed"),
        ({"url": 5}, "/url", "invalid"),
        ({"url": "https://93.184.215.14/" + "a" * 2000}, "/url", "max_length"),
        ({"events": []}, "/events", "min_length"),
        ({"events": ["blog.erasure.done.v1"]}, "/events/0", "invalid_choice"),
        ({"events": ["*"]}, "/events/0", "invalid_choice"),
        ({"events": [PUBLISHED] * 10}, "/events", "max_length"),
        ({"secret": "whsec_mine"}, "/secret", "unknown"),
        ({"hears_all": True}, "/hears_all", "unknown"),
    ],
)
def test_what_cannot_be_is_refused_in_both_ways_and_nothing_is_written(
    alice: Caller, receiver: LocalServer, change: dict[str, Any], pointer: str, code: str
) -> None:
    made = hook(alice, receiver)
    whole = {"url": receiver.url, "events": [PUBLISHED]}
    for answer in (alice.post("v2/webhooks", whole | change), alice.patch(f"v2/webhooks/{made['id']}", change)):
        assert answer.status == 422, answer
        assert [(error["pointer"], error["code"]) for error in answer.body["errors"]] == [(pointer, code)]
    kept = alice.get("v2/webhooks").body["items"]
    assert kept == [{name: value for name, value in made.items() if name != "secret"}]


def test_a_public_address_is_taken(alice: Caller) -> None:
    answer = alice.post("v2/webhooks", {"url": "https://93.184.215.14/in", "events": [PUBLISHED]})
    assert answer.status == 201, answer


def test_nobody_has_more_than_enough(alice: Caller, bob: Caller, receiver: LocalServer) -> None:
    for _ in range(MOST):
        hook(alice, receiver)
    answer = alice.post("v2/webhooks", {"url": receiver.url, "events": [PUBLISHED]})
    assert (answer.status, answer.body["code"]) == (409, "webhooks_too_many")
    hook(bob, receiver)


def test_others_webhooks_are_not_there_but_for_admins(
    alice: Caller, bob: Caller, charlie: Caller, admin: Caller, receiver: LocalServer
) -> None:
    webhook = hook(alice, receiver)
    path = f"v2/webhooks/{webhook['id']}"
    calls = [("GET", path), ("PATCH", path), ("POST", f"{path}/secret"), ("POST", f"{path}/ping")]
    calls += [("GET", f"{path}/deliveries"), ("POST", f"{path}/deliveries/{uuid7()}/redeliver"), ("DELETE", path)]
    for method, called in calls:
        assert charlie.call(method, called, {}).status == 401
        assert (answer := bob.call(method, called, {})).status == 404, answer
        assert answer.body["code"] == "webhook_not_found"
    assert bob.get("v2/webhooks").body["items"] == []
    assert (refused := bob.get("v2/webhooks?all=true")).status == 403, refused
    assert [each["id"] for each in admin.get("v2/webhooks?all=true").body["items"]] == [webhook["id"]]
    assert admin.get("v2/webhooks").body["items"] == []
    assert admin.patch(path, {"active": False}).body["active"] is False
    assert admin.delete(path).status == 204
    assert alice.get(path).status == 404


def test_a_change_leaves_the_rest(alice: Caller, receiver: LocalServer) -> None:
    webhook = hook(alice, receiver)
    path = f"v2/webhooks/{webhook['id']}"
    changed = alice.patch(path, {"events": ["blog.post.updated.v1", "blog.post.created.v1"]}).body
    assert changed["events"] == ["blog.post.created.v1", "blog.post.updated.v1"]
    assert (changed["url"], changed["active"]) == (webhook["url"], True)
    changed = alice.patch(path, {"url": "https://93.184.215.14/in"}).body
    assert (changed["url"], len(changed["events"])) == ("https://93.184.215.14/in", 2)


def test_what_is_not_active_is_told_of_nothing(alice: Caller, receiver: LocalServer) -> None:
    webhook = hook(alice, receiver, active=False)
    alice.writes(published=True)
    hear()
    assert told(webhook) == []
    answer = alice.post(f"v2/webhooks/{webhook['id']}/ping")
    assert (answer.status, answer.body["code"]) == (409, "webhook_inactive")


def test_webhooks_and_what_they_were_sent_are_lists_by_cursor(alice: Caller, receiver: LocalServer) -> None:
    made = [hook(alice, receiver)["id"] for _ in range(3)][::-1]
    sent = [alice.post(f"v2/webhooks/{made[0]}/ping").body["id"] for _ in range(3)][::-1]
    for path, expected in (("v2/webhooks", made), (f"v2/webhooks/{made[0]}/deliveries", sent)):
        first = alice.get(f"{path}?limit=2").body
        second = alice.get(f"{path}?limit=2&cursor={first['next_cursor']}").body
        assert [each["id"] for each in first["items"] + second["items"]] == expected
        assert second["next_cursor"] is None


def test_a_delivery_of_another_webhook_is_not_there(alice: Caller, receiver: LocalServer) -> None:
    one, other = (hook(alice, receiver)["id"] for _ in range(2))
    sent = alice.post(f"v2/webhooks/{one}/ping").body["id"]
    answer = alice.post(f"v2/webhooks/{other}/deliveries/{sent}/redeliver")
    assert (answer.status, answer.body["code"]) == (404, "delivery_not_found")


def test_staff_see_them_in_the_admin_and_admins_may_stop_them(
    alice: Caller, admin: Caller, receiver: LocalServer, neighbours: Any
) -> None:
    webhook = hook(alice, receiver)
    alice.post(f"v2/webhooks/{webhook['id']}/ping")
    neighbours.has_password(admin, "their password")
    staff = Client()
    staff.post("/admin/login/", {"username": admin.username, "password": "their password"})
    shown = staff.get(f"/admin/webhooks/webhook/{webhook['id']}/change/").content.decode()
    assert receiver.url in shown
    assert staff.get("/admin/webhooks/delivery/").status_code == 200
    staff.post("/admin/webhooks/webhook/", {"action": "deactivate", "_selected_action": [webhook["id"]]})
    assert not Webhook.objects.get().active
    staff.post("/admin/webhooks/webhook/", {"action": "activate", "_selected_action": [webhook["id"]]})
    assert Webhook.objects.get().active
    again = {"action": "send_again", "_selected_action": [str(Delivery.objects.get().id)]}
    staff.post("/admin/webhooks/delivery/", again)
    assert Delivery.objects.get().state == Delivery.State.PENDING

"""Somebody else's server hears of a publication, from the write through outbox, broker, consumer and worker."""

import pytest
from chassis.testing.local_server import local_server
from standardwebhooks import Webhook

from tests.support.api import Visitor, expect, json_of
from tests.support.waiting import eventually


@pytest.mark.usefixtures("own_platform")
def test_a_receiver_hears_that_a_post_is_published(alice: Visitor) -> None:
    with local_server() as receiver:
        asked = {"url": f"{receiver.url}/in", "events": ["blog.post.published.v1"]}
        webhook = json_of(alice.http.post("/api/v2/webhooks", json=asked), 201)
        post = alice.publish(alice.create_post(title="Told to a receiver")["slug"])
        eventually(lambda: bool(receiver.requests), seconds=60)
    (request,) = receiver.requests
    event = Webhook(webhook["secret"]).verify(request.body, request.headers)
    assert (event["type"], event["data"]["post_id"]) == ("blog.post.published.v1", post["id"])
    log = json_of(alice.http.get(f"/api/v2/webhooks/{webhook['id']}/deliveries"), 200)["items"]
    assert [each["event_id"] for each in log] == [request.headers["webhook-id"]]
    expect(alice.http.delete(f"/api/v2/webhooks/{webhook['id']}"), 204)

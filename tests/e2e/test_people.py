"""What readers do with a post: follow its author, find it in their feed, like it, and talk about it."""

import uuid

import pytest

from tests.support.api import Json, Visitor, expect, json_of
from tests.support.waiting import eventually


@pytest.fixture
def post(alice: Visitor) -> Json:
    """A public post, which the home feeds of Alice's followers have."""
    return alice.publish(alice.create_post(title=f"Told {uuid.uuid4().hex[:8]}")["slug"])


def test_a_follower_finds_the_post_in_their_feed(alice: Visitor, bob: Visitor, post: Json) -> None:
    author = f"/api/v1/authors/{alice.username}"
    followed = json_of(bob.http.post(f"{author}/follow"), 200)
    assert (followed["following"], followed["followers_count"]) == (True, 1)
    later = alice.publish(alice.create_post(title=f"Later {uuid.uuid4().hex[:8]}")["slug"])
    newest = [later["slug"], post["slug"]]
    assert [each["slug"] for each in json_of(bob.http.get("/api/v1/feed"), 200)["results"][:2]] == newest
    assert [each["slug"] for each in json_of(bob.http.get("/api/v2/feed"), 200)["items"][:2]] == newest
    expect(bob.http.delete(f"/api/v2/authors/{followed['id']}/follow"), 204)
    assert json_of(bob.http.get("/api/v1/feed"), 200)["results"] == []


def test_a_reader_likes_the_post(bob: Visitor, stranger: Visitor, post: Json) -> None:
    path = f"/api/v1/posts/{post['slug']}"
    assert json_of(bob.http.post(f"{path}/favourite"), 200)["favourited"] is True
    shown = json_of(bob.http.get(f"/api/v2/posts/{post['id']}"), 200)
    assert (shown["favourited"], shown["counts"]["favourites"]) == (True, 1)
    expect(bob.http.delete(f"{path}/favourite"), 200)
    expect(stranger.http.post(f"{path}/favourite"), 401)


def _removed(comments: Json) -> Json | None:
    return next((each for each in comments["items"] if each["state"] == "removed"), None)


def test_readers_talk_about_the_post(alice: Visitor, bob: Visitor, stranger: Visitor, post: Json) -> None:
    path = f"/api/v1/posts/{post['slug']}/comments"
    comment = json_of(bob.http.post(path, json={"body": "*Well* said <script>alert(1)</script>"}), 201)
    assert comment["html"].startswith("<p><em>Well</em> said")
    assert "script" not in comment["html"]
    reply = json_of(
        alice.http.post(f"/api/v2/posts/{post['id']}/comments", json={"body": "Thanks", "parent_id": comment["id"]}),
        201,
    )
    found = json_of(stranger.http.get(f"/api/v2/posts/{post['id']}/comments"), 200)["items"]
    assert [each["id"] for each in found] == [comment["id"], reply["id"]]
    expect(bob.http.post(f"/api/v1/comments/{reply['id']}/report", json={"reason": "too short"}), 202)
    expect(bob.http.delete(f"/api/v1/comments/{reply['id']}"), 403)
    expect(alice.http.delete(f"/api/v1/comments/{comment['id']}"), 204)
    place = eventually(lambda: _removed(json_of(stranger.http.get(f"/api/v2/posts/{post['id']}/comments"), 200)))
    assert (place["state"], place["body"], place["author"]) == ("removed", "", None)

"""What strangers see comes from memory, and is never behind what authors did by more than a moment."""

import pytest

from tests.support.api import Json, Visitor, expect, json_of
from tests.support.photographs import photograph
from tests.support.waiting import eventually

POSTS = "/api/v1/posts"


@pytest.fixture
def kept(alice: Visitor, stranger: Visitor) -> Json:
    """A published post that is kept, and so is the list with it."""
    post = alice.publish(alice.create_post()["slug"])
    for path in (POSTS, f"{POSTS}/{post['slug']}"):
        eventually(lambda path=path: stranger.http.get(path).headers["X-Cache"] == "hit")  # type: ignore[misc]
    return post


def newest(stranger: Visitor) -> str:
    return str(json_of(stranger.http.get(POSTS), 200)["results"][0]["slug"])


def test_list_changes_with_what_is_published(alice: Visitor, stranger: Visitor, kept: Json) -> None:
    assert newest(stranger) == kept["slug"]
    slug = alice.publish(alice.create_post()["slug"])["slug"]
    eventually(lambda: newest(stranger) == slug, every=0.01)


def test_post_that_is_taken_back_is_gone(alice: Visitor, stranger: Visitor, kept: Json) -> None:
    path = f"{POSTS}/{kept['slug']}"
    json_of(alice.http.patch(path, json={"body": "Another text"}), 200)
    eventually(lambda: json_of(stranger.http.get(path), 200)["body"] == "Another text")
    expect(alice.http.post(f"{path}/unpublish"), 200)
    eventually(lambda: stranger.http.get(path).status_code == 404)
    eventually(lambda: newest(stranger) != kept["slug"])


def test_author_sees_their_own_writes_at_once(alice: Visitor, kept: Json) -> None:
    path = f"{POSTS}/{kept['slug']}"
    for text in ("One", "Two", "Three"):
        json_of(alice.http.patch(path, json={"body": text}), 200)
        assert json_of(alice.http.get(path), 200)["body"] == text
        assert json_of(alice.http.get(POSTS), 200)["results"][0]["excerpt"] == text


def test_comment_changes_the_count_in_lists(alice: Visitor, bob: Visitor, stranger: Visitor, kept: Json) -> None:
    assert json_of(stranger.http.get(POSTS), 200)["results"][0]["comments_count"] == 0
    expect(bob.http.post(f"{POSTS}/{kept['slug']}/comments", json={"body": "Well said."}), 201)
    eventually(lambda: json_of(stranger.http.get(POSTS), 200)["results"][0]["comments_count"] == 1)
    eventually(lambda: json_of(stranger.http.get(f"{POSTS}/{kept['slug']}/comments"), 200)["count"] == 1)


def test_picture_is_kept_until_it_is_replaced_private_or_deleted(alice: Visitor, stranger: Visitor) -> None:
    uploaded = json_of(alice.upload(photograph(400, 300, seed="kept")), 201)
    own, shown = f"/api/v2/assets/{uploaded['id']}", uploaded["urls"]["thumb"]
    first = stranger.wait_for_picture(shown)
    eventually(lambda: stranger.http.get(shown).headers["X-Cache"] == "hit")

    version = alice.http.get(own).headers["ETag"]
    other = photograph(400, 300, seed="another")
    replaced = json_of(alice.http.put(f"{own}/content", content=other, headers={"If-Match": version}), 200)
    eventually(lambda: stranger.http.get(shown).status_code == 308, every=0.01)
    present = replaced["urls"]["thumb"]
    assert stranger.wait_for_picture(present).content != first.content
    eventually(lambda: stranger.http.get(present).headers["X-Cache"] == "hit")

    for visibility, status in (("private", 404), ("public", 200)):
        version = alice.http.get(own).headers["ETag"]
        expect(alice.http.patch(own, json={"visibility": visibility}, headers={"If-Match": version}), 200)
        eventually(lambda status=status: stranger.http.get(present).status_code == status, every=0.01)  # type: ignore[misc]
    eventually(lambda: stranger.http.get(present).headers["X-Cache"] == "hit")

    expect(alice.http.delete(own), 204)
    eventually(lambda: stranger.http.get(present).status_code == 404, every=0.01)

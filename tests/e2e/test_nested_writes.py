"""A post and its pictures in one request, through all services."""

import json

from tests.support.api import Visitor, expect, json_of
from tests.support.photographs import photograph, truncated

Parts = list[tuple[str, tuple[str | None, str | bytes]]]


def test_a_post_brings_its_pictures_along(alice: Visitor) -> None:
    files: Parts = [
        ("images[0].file", ("first.jpg", photograph())),
        ("post", ("blob", json.dumps({"title": "All at once", "body": "x" * 100_000, "published": True}))),
        ("images[0].caption", (None, "Dawn")),
    ]
    answer = expect(alice.http.post("/api/v1/posts", files=files), 201)
    post = alice.wait_for_post(answer.json()["slug"], published=True)
    assert [(image["caption"], image["state"]) for image in post["images"]] == [("Dawn", "confirmed")]
    alice.wait_for_picture(post["images"][0]["urls"]["thumb"])


def test_a_bad_picture_leaves_neither_post_nor_picture(bob: Visitor) -> None:
    before = json_of(bob.http.get("/api/v1/media"), 200)["count"]
    files: Parts = [
        ("title", (None, "Half a post")),
        ("body", (None, "")),
        ("images[0].file", ("good.jpg", photograph())),
        ("images[1].file", ("bad.jpg", truncated())),
    ]
    answer = expect(bob.http.post("/api/v1/posts", files=files), 422)
    assert (answer.json()["code"], answer.json()["index"]) == ("image_refused", 1)
    assert json_of(bob.http.get("/api/v1/media"), 200)["count"] == before
    assert json_of(bob.http.get("/api/v1/posts?mine=true"), 200)["count"] == 0

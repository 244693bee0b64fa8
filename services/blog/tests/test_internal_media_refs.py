"""Which pictures posts use, as media asks when events may have been lost."""

from typing import Any
from uuid import UUID

from blog_service.posts.models import Post
from blog_service.testing import Caller, Neighbours
from chassis.events import testing
from chassis.events.databases.django import DjangoDatabase
from chassis.testing import TokenMint
from django.test import Client

FIRST = UUID(int=0)


def asked(mint: TokenMint, after: object = FIRST, *, limit: object = 200, by: str = "media") -> Any:
    token = mint.service(by, "blog")
    return Client().get(
        f"/internal/media-refs?after={after}&limit={limit}", headers={"Authorization": f"Bearer {token}"}
    )


def told(mint: TokenMint, after: object = FIRST, *, limit: int = 200) -> list[dict[str, Any]]:
    answer = asked(mint, after, limit=limit)
    assert answer.status_code == 200, answer.content
    objects: list[dict[str, Any]] = answer.json()["objects"]
    return objects


def test_a_post_is_told_of_as_its_last_event_did(alice: Caller, neighbours: Neighbours, mint: TokenMint) -> None:
    first, second = sorted(str(neighbours.has_asset(alice)) for _ in range(2))
    post = alice.writes(images=[{"media": first}, {"media": second}])
    alice.writes(title="Without pictures")
    [row] = told(mint)
    event = [each for each in testing.published(DjangoDatabase()) if each.type == "blog.media_refs.changed.v1"][-1]
    assert row["object_id"] == str(post["id"])
    assert sorted(row["media_ids"]) == sorted(event.data["media_ids"]) == [first, second]
    assert {name: row[name] for name in ("object_type", "author_id")} == {
        name: event.data[name] for name in ("object_type", "author_id")
    }
    assert row["sequence"] == Post.objects.get(id=post["id"]).event_sequence >= event.sequence


def test_posts_come_page_by_page(alice: Caller, neighbours: Neighbours, mint: TokenMint) -> None:
    for number in range(3):
        alice.writes(title=f"Post {number}", images=[{"media": str(neighbours.has_asset(alice))}])
    pages, after = [], str(FIRST)
    while page := told(mint, after, limit=2):
        after = page[-1]["object_id"]
        pages.append(len(page))
    assert pages == [2, 1]


def test_only_media_may_ask_by_an_id_and_for_so_many(alice: Caller, mint: TokenMint) -> None:
    assert asked(mint, by="gateway").status_code == 403
    assert alice.get("/internal/media-refs").status == 401
    assert asked(mint, "nowhere").json()["code"] == "id_invalid"
    for limit in ("", "0", "201", "-1", "many"):  # a shorter page would look like the last one
        assert asked(mint, limit=limit).json()["code"] == "too_many", limit

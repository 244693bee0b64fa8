"""What blog tells the archive that somebody asked for about themselves."""

import json
from typing import Any

import pytest
from blog_service.erasure.tables import ERASED
from blog_service.exports.tables import EXPORTED, LEFT_OUT
from blog_service.testing import Caller, Neighbours
from blog_service.transfer.models import ImportedPost
from blog_service.webhooks.models import Delivery
from chassis.testing import TokenMint
from chassis.testing.local_server import LocalServer
from django.test import Client
from uuid_utils.compat import uuid7

GO_WITH_ANOTHER = {"posts_postimage", "webhooks_subscription"}


def told_about(caller: Caller, mint: TokenMint, *, by: str = "media") -> dict[str, list[dict[str, Any]]]:
    answer: Any = Client().get(
        f"/internal/exports/{caller.id}", headers={"Authorization": f"Bearer {mint.service(by, 'blog')}"}
    )
    assert answer.status_code == 200, answer.content
    files: dict[str, list[dict[str, Any]]] = {}
    for line in b"".join(answer.streaming_content).splitlines():
        file, row = json.loads(line)
        files.setdefault(file, []).append(row)
    return files


def test_every_table_of_somebodys_rows_says_what_they_are_told(db: None) -> None:
    told = {part.table for part in EXPORTED}
    assert ERASED.keys() - told - LEFT_OUT.keys() == set(), "say in exports/tables.py what their owner is told"
    assert (told | LEFT_OUT.keys()) - ERASED.keys() == GO_WITH_ANOTHER
    assert told & LEFT_OUT.keys() == set()


def test_the_archive_has_all_they_wrote_and_liked_and_nothing_of_others(
    alice: Caller, dana: Caller, mint: TokenMint, neighbours: Neighbours
) -> None:
    picture = str(neighbours.has_asset(dana))
    own = dana.writes("Mine", body="First", tags=["night"], images=[{"media": picture, "caption": "A river"}])
    dana.patch(f"v1/posts/{own['slug']}", {"body": "Second"})
    link = dana.post(f"v2/posts/{own['id']}/preview-links", {"expires_in": 3600}).body
    theirs = alice.writes("Of alice", body="Secret of alice", published=True)
    dana.patch(f"v1/posts/{theirs['slug']}", {"body": "As it should be"})
    dana.post(f"v1/posts/{theirs['slug']}/favourite")
    dana.post("v1/authors/alice/follow")
    said = dana.post(f"v1/posts/{theirs['slug']}/comments", {"body": "Well said"}).body["id"]
    answered = alice.post(f"v1/posts/{theirs['slug']}/comments", {"body": "Thanks", "parent": said}).body["id"]
    dana.post(f"v1/comments/{answered}/report", {"reason": "rude"})

    told = told_about(dana, mint)
    assert told["author"] == [{"username": "dana", "bio": "", "avatar": None, "posts_count": 0, "followers_count": 0}]
    assert [(post["slug"], post["body"], post["tags"]) for post in told["posts"]] == [("mine", "Second", ["night"])]
    assert [(image["asset_id"], image["caption"]) for image in told["images"]] == [(picture, "A river")]
    assert [revision["body"] for revision in told["revisions"]] == ["First", "Second"]
    assert [change["body"] for change in told["changes_of_others_posts"]] == ["As it should be"]
    assert [one["id"] for one in told["preview_links"]] == [link["id"]]
    assert [(comment["body"], comment["slug"]) for comment in told["comments"]] == [("Well said", theirs["slug"])]
    assert [(one["comment_id"], one["reason"]) for one in told["reports"]] == [(answered, "rude")]
    assert [one["slug"] for one in told["favourites"]] == [theirs["slug"]]
    assert [one["username"] for one in told["follows"]] == ["alice"]
    assert "Thanks" not in json.dumps(told)
    assert "Secret of alice" not in json.dumps(told)


def test_of_webhooks_neither_secrets_nor_what_was_sent_are_told(
    alice: Caller, dana: Caller, mint: TokenMint, receiver: LocalServer
) -> None:
    asked = {"url": f"{receiver.url}/in", "events": ["blog.post.published.v1"]}
    hook = dana.post("v2/webhooks", asked).body
    alice.post("v2/webhooks", asked)
    Delivery.objects.create(webhook_id=hook["id"], event_id=uuid7(), type=asked["events"][0], body="Secret of alice")
    told = told_about(dana, mint)
    assert [(one["id"], one["url"]) for one in told["webhooks"]] == [(hook["id"], asked["url"])]
    assert told["webhook_subscriptions"] == [{"webhook_id": hook["id"], "type": "blog.post.published.v1"}]
    assert [(one["webhook_id"], one["state"]) for one in told["webhook_deliveries"]] == [(hook["id"], "pending")]
    assert not {"secret", "former_secret"} & told["webhooks"][0].keys()
    assert "Secret of alice" not in json.dumps(told)


def test_what_was_taken_in_from_elsewhere_is_told(alice: Caller, dana: Caller, mint: TokenMint) -> None:
    for who in (alice, dana):
        ImportedPost.objects.create(author_id=who.id, source="ghost", key="1", post_id=who.writes()["id"])
    told = told_about(dana, mint)
    assert told["imported_posts"] == [{"post_id": told["posts"][0]["id"], "source": "ghost", "key": "1"}]


@pytest.mark.parametrize("by", ["auth", "gateway"])
def test_no_other_service_is_told(alice: Caller, mint: TokenMint, by: str) -> None:
    answer = Client().get(
        f"/internal/exports/{alice.id}", headers={"Authorization": f"Bearer {mint.service(by, 'blog')}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "caller_not_listed")


def test_who_left_nothing_is_told_nothing(charlie: Caller, mint: TokenMint) -> None:
    assert told_about(charlie, mint) == {}

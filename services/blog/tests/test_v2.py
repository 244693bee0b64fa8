"""Reading posts in version 2."""

import pytest
from blog_service.posts.models import Post
from blog_service.testing import SIZE, Caller, Neighbours
from uuid_utils.compat import uuid7

BASE = "https://news.example.org"


def test_a_post_has_the_agreed_shape(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    v1 = alice.writes(tags=["t"], images=[{"media": str(media), "caption": "c"}], published=True)
    answer = charlie.get(f"v2/posts/{v1['id']}")
    assert answer.body == {
        "id": v1["id"],
        "slug": "first-light",
        "status": "published",
        "title": "First light",
        "body": "# md",
        "html": '<h1 id="user-content-md">md</h1>',
        "summary": "md",
        "author": {"id": str(alice.id), "username": "alice", "avatar": None},
        "authors": [{"id": str(alice.id), "username": "alice", "avatar": None, "accepted": True}],
        "tags": ["t"],
        "images": [
            {
                "id": v1["images"][0]["id"],
                "media_id": str(media),
                "caption": "c",
                "alt": "",
                "position": 0,
                **SIZE,
                "state": "confirmed",
                "reason": None,
                "urls": {size: f"{BASE}/m/{media}/{size}" for size in ("thumb", "medium", "large")},
            }
        ],
        "revision": 1,
        "created_at": v1["created_at"],
        "updated_at": v1["updated_at"],
        "published_at": v1["published_at"],
        "scheduled_for": None,
        "counts": {"favourites": 0, "comments": 0},
        "favourited": False,
        "comments_open": True,
        "links": {"self": f"{BASE}/api/v2/posts/{v1['id']}", "html": f"{BASE}/posts/{v1['slug']}"},
    }


def test_a_pending_picture_has_no_addresses_yet(alice: Caller, neighbours: Neighbours) -> None:
    post = alice.writes(images=[{"media": str(neighbours.has_asset(alice, "processing"))}])
    image = alice.get(f"v2/posts/{post['id']}").body["images"][0]
    assert (image["state"], image["urls"]) == ("pending", {})


def test_a_draft_is_there_for_its_author_and_editors_alone(
    alice: Caller, bob: Caller, charlie: Caller, dana: Caller
) -> None:
    post_id = alice.writes()["id"]
    for path in (f"v2/posts/{post_id}", "v2/posts/by-slug/first-light"):
        assert [person.get(path).status for person in (alice, dana, bob, charlie)] == [200, 200, 404, 404]
    assert alice.get(f"v2/posts/{post_id}").body["status"] == "draft"
    assert alice.get("v2/posts").body["items"] == []


@pytest.mark.parametrize("path", ["v2/posts/first-light", "v2/posts/by-slug/missing", f"v2/posts/{uuid7()}"])
def test_a_post_that_is_not_there_is_a_problem(charlie: Caller, path: str) -> None:
    answer = charlie.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.body["type"] == f"{BASE}/problems/{answer.body['code']}"
    assert answer.body["request_id"] == answer.headers["X-Request-ID"]


def test_an_old_slug_leads_to_the_new_one(alice: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    alice.patch("v1/posts/first-light", {"title": "Dawn"})
    answer = charlie.get("v2/posts/by-slug/first-light")
    assert (answer.status, answer.headers["Location"]) == (308, f"{BASE}/api/v2/posts/by-slug/dawn")
    assert charlie.get("v2/posts/by-slug/dawn").body["title"] == "Dawn"


def test_the_etag_changes_with_whatever_is_seen(alice: Caller, charlie: Caller) -> None:
    path = f"v2/posts/{alice.writes(published=True)['id']}"
    first = charlie.get(path)
    assert charlie.get(path, If_None_Match=first.headers["ETag"]).status == 304
    alice.patch("v1/posts/first-light", {"tags": ["new"]})
    second = charlie.get(path, If_None_Match=first.headers["ETag"])
    assert (second.status, second.headers["ETag"] != first.headers["ETag"]) == (200, True)


def test_a_list_is_walked_by_cursor_to_its_end(alice: Caller, charlie: Caller) -> None:
    for number in range(5):
        alice.writes(f"p{number}", tags=["t"], published=True)
    Post.objects.filter(slug__in=["p1", "p2", "p3"]).update(published_at="2026-11-01T00:00:00.123456Z")
    seen, cursor = [], ""
    for _ in range(3):
        page = charlie.get(f"v2/posts?tag=t&limit=2{cursor}").body
        assert set(page) == {"items", "next_cursor"}
        seen += [post["slug"] for post in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["p4", "p0", "p3", "p2", "p1"]
    assert page["next_cursor"] is None


def test_a_post_published_meanwhile_moves_no_other(alice: Caller, charlie: Caller) -> None:
    for number in range(3):
        alice.writes(f"p{number}", published=True)
    cursor = charlie.get("v2/posts?limit=1").body["next_cursor"]
    alice.writes("late", published=True)
    items = charlie.get(f"v2/posts?cursor={cursor}").body["items"]
    assert [post["slug"] for post in items] == ["p1", "p0"]
    assert "body" not in items[0]


@pytest.mark.parametrize("cursor", ["", "x", "é", "%00"])
def test_a_cursor_that_was_never_given_out_is_refused(charlie: Caller, cursor: str) -> None:
    answer = charlie.get(f"v2/posts?cursor={cursor}")
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.body["code"] == "cursor_invalid"


def test_a_cursor_goes_on_with_the_filters_it_began_with(alice: Caller, charlie: Caller) -> None:
    for number in range(3):
        alice.writes(f"p{number}", tags=["t"], published=True)
    cursor = charlie.get("v2/posts?tag=t&limit=1").body["next_cursor"]
    assert [post["slug"] for post in charlie.get(f"v2/posts?cursor={cursor}&tag=t").body["items"]] == ["p1", "p0"]
    for query in ("", "&tag=u", "&tag=t&author=alice"):
        answer = charlie.get(f"v2/posts?cursor={cursor}{query}")
        assert (answer.status, answer.body["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize("query", ["page=1", "format=json", "format=0"])
def test_an_unknown_filter_is_refused(charlie: Caller, query: str) -> None:
    answer = charlie.get(f"v2/posts?{query}")
    assert (answer.status, answer.body["code"]) == (400, "filter_unknown")

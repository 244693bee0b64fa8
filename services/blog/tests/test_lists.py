"""Lists of posts and tags in version 1."""

from typing import Any

import pytest
from blog_service.authors.models import Author
from blog_service.middleware import private_by_default
from blog_service.posts.models import Post
from blog_service.testing import Caller, Neighbours
from blog_service.webhooks.services import webhooks
from chassis.testing.local_server import LocalServer
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

LIST = "https://news.example.org/api/v1/posts"


def slugs(answer: Any) -> list[str]:
    assert answer.status == 200, answer
    return [post["slug"] for post in answer.body["results"]]


def publish_at(slug: str, moment: str) -> None:
    Post.objects.filter(slug=slug).update(published_at=moment)


def test_a_list_has_posts_without_body_and_html(alice: Caller, charlie: Caller) -> None:
    post = alice.writes(tags=["a"], published=True)
    del post["body"], post["html"]
    assert charlie.get("v1/posts").body == {"count": 1, "next": None, "previous": None, "results": [post]}


def test_posts_come_newest_first(alice: Caller, charlie: Caller) -> None:
    for title, day in (("b", 2), ("c", 3), ("a", 1)):
        alice.writes(title, published=True)
        publish_at(title, f"2026-11-0{day}T00:00:00Z")
    assert slugs(charlie.get("v1/posts")) == ["c", "b", "a"]


def test_the_owner_sees_drafts_only_when_asking_for_their_own(alice: Caller, bob: Caller) -> None:
    alice.writes("draft")
    alice.writes("published", published=True)
    bob.writes("other", published=True)
    assert slugs(alice.get("v1/posts")) == ["other", "published"]
    mine = alice.get("v1/posts?mine=true")
    assert (slugs(mine), mine.body["count"]) == (["draft", "published"], 2)
    assert slugs(alice.get("v1/posts?mine=false")) == ["other", "published"]


def test_posts_of_ones_own_are_listed_by_status(alice: Caller, bob: Caller, neighbours: Neighbours) -> None:
    image = [{"media": str(neighbours.has_asset(alice, "processing"))}]
    alice.writes("draft")
    alice.writes("waiting", images=image, published=True)
    alice.writes("published", published=True)
    later = {"to": "scheduled", "at": "2099-01-01T00:00:00Z"}
    for step in (later, {"to": "archived"}):
        post = alice.writes(step["to"], published=step["to"] == "archived")
        assert alice.post(f"v2/posts/{post['id']}/transitions", step).status == 200
    bob.writes("other")
    for status, expected in (
        ("draft", {"draft", "waiting"}),
        ("waiting", {"waiting"}),
        ("scheduled", {"scheduled"}),
        ("published", {"published"}),
        ("archived,waiting", {"archived", "waiting"}),
    ):
        v1 = alice.get(f"v1/posts?mine=true&status={status}")
        assert (set(slugs(v1)), v1.body["count"]) == (expected, len(expected))
        assert {post["slug"] for post in alice.get(f"v2/posts?mine=true&status={status}").body["items"]} == expected


@pytest.mark.parametrize(
    "query", ["status=draft", "mine=true&status=", "mine=true&status=lost", "mine=true&status=draft,"]
)
def test_a_status_that_makes_no_sense_is_refused(alice: Caller, query: str) -> None:
    for version in ("v1", "v2"):
        answer = alice.get(f"{version}/posts?{query}")
        assert (answer.status, answer.body["code"]) == (400, "filter_invalid")


def test_a_stranger_has_no_posts_of_their_own(charlie: Caller) -> None:
    answer = charlie.get("v1/posts?mine=true")
    assert (answer.status, answer.body["code"]) == (401, "token_missing")


def test_lists_are_narrowed_by_author_without_regard_to_case(alice: Caller, bob: Caller, charlie: Caller) -> None:
    alice.writes("a", published=True)
    bob.writes("b", published=True)
    answer = charlie.get("v1/posts?author=ALICE")
    assert (slugs(answer), answer.body["count"]) == (["a"], 1)
    assert slugs(charlie.get("v1/posts?author=nobody")) == []


def test_lists_are_narrowed_by_tag_without_regard_to_case(alice: Caller, charlie: Caller) -> None:
    alice.writes("a", tags=["Über"], published=True)
    alice.writes("b", tags=["other"], published=True)
    answer = charlie.get("v1/posts?tag=über")
    assert (slugs(answer), answer.body["count"]) == (["a"], 1)
    assert slugs(charlie.get("v1/posts?tag=none")) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("published_at__gte=2026-11-02", ["c", "b"]),
        ("published_at__lte=2026-11-02T00:00:00Z", ["b", "a"]),
        ("published_at__gte=2026-11-02T00:30:00%2B01:00", ["c", "b"]),
        ("published_at__gte=2026-11-02&published_at__lte=2026-11-02", ["b"]),
        ("author=alice&tag=t&published_at__gte=2026-11-03", ["c"]),
        ("ordering=published_at", ["a", "b", "c"]),
        ("ordering=-title", ["c", "b", "a"]),
        ("ordering=created_at", ["b", "c", "a"]),
        ("ordering=-updated_at", ["a", "c", "b"]),
    ],
)
def test_filters_and_orderings(alice: Caller, charlie: Caller, query: str, expected: list[str]) -> None:
    for title, day in (("b", 2), ("c", 3), ("a", 1)):
        alice.writes(title, tags=["t"], published=True)
        publish_at(title, f"2026-11-0{day}T00:00:00Z")
    answer = charlie.get(f"v1/posts?{query}")
    assert (slugs(answer), answer.body["count"]) == (expected, len(expected))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "filter_unknown"),
        ("q=", "filter_invalid"),
        ("q=%20", "filter_invalid"),
        ("q=" + "+".join(f"w{n}" for n in range(17)), "filter_invalid"),
        ("mine=perhaps", "filter_invalid"),
        ("ordering=body", "filter_invalid"),
        ("published_at__gte=yesterday", "filter_invalid"),
        ("published_at__gte=0001-01-01T00:00:00%2B14:00", "filter_invalid"),
        ("published_at__lte=2026-02-30", "filter_invalid"),
        ("page=0", "filter_invalid"),
        ("page=x", "filter_invalid"),
        ("page_size=-1", "filter_invalid"),
        ("author=%00", "filter_invalid"),
        ("author=", "filter_invalid"),
        ("tag=", "filter_invalid"),
        ("ordering=", "filter_invalid"),
        ("tag=" + "t" * 300, "filter_invalid"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(charlie: Caller, query: str, code: str) -> None:
    answer = charlie.get(f"v1/posts?{query}")
    assert (answer.status, answer.body["code"]) == (400, code)
    assert query.partition("=")[0] in answer.body["detail"]


def test_pages_link_to_each_other_and_keep_the_filters(alice: Caller, charlie: Caller) -> None:
    for number in range(5):
        alice.writes(f"p{number}", published=True)
    first = charlie.get("v1/posts?author=alice&page_size=2").body
    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"] == f"{LIST}?author=alice&page_size=2&page=2"
    second = charlie.get(first["next"].partition("/api/")[2]).body
    assert second["previous"] == f"{LIST}?author=alice&page_size=2&page=1"
    last = charlie.get(second["next"].partition("/api/")[2]).body
    assert ([post["slug"] for post in last["results"]], last["next"]) == (["p0"], None)


def test_a_page_past_the_end_is_404_and_the_first_is_always_there(alice: Caller, charlie: Caller) -> None:
    assert charlie.get("v1/posts?page=1").status == 200
    alice.writes(published=True)
    assert charlie.get("v1/posts?page=2").status == 404
    assert charlie.get(f"v1/posts?page={10**100}").status == 404


def test_a_page_has_twenty_posts_unless_asked_and_never_more_than_a_hundred(alice: Caller, charlie: Caller) -> None:
    for number in range(101):
        alice.writes(f"p{number}", published=True)
    assert len(charlie.get("v1/posts").body["results"]) == 20
    assert len(charlie.get(f"v1/posts?page_size={10**50}").body["results"]) == 100


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("v1/posts", 3),
        ("v1/posts?mine=true", 4),
        ("v1/posts?mine=true&status=published", 4),
        ("v2/posts?mine=true&status=published,draft", 3),
        ("v1/posts?author=alice&tag=t", 6),
        ("v2/posts", 2),
        ("v1/tags", 2),
        ("v2/tags", 1),
        ("v2/changes", 13),  # eight of them to number what was written
    ],
)
def test_a_list_takes_the_same_queries_however_long_it_is(
    alice: Caller, neighbours: Neighbours, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    image = [{"media": str(neighbours.has_asset(alice))}]
    for written, rows in ((0, 1), (1, 50)):
        for number in range(written, rows):
            alice.writes(f"p{number}", tags=["t", f"t{number}"], images=image, published=True)
        with django_assert_num_queries(queries):
            answer = alice.get(f"{path}{'&' if '?' in path else '?'}{'limit' if 'v2' in path else 'page_size'}=100")
        assert len(answer.body.get("results", answer.body.get("items"))) >= rows


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("v2/webhooks?limit=100", 2),
        ("v2/webhooks/{webhook}/deliveries?limit=100", 3),
        ("v2/posts/{post}/preview-links", 2),
    ],
)
def test_a_list_of_ones_own_does_so_too(  # noqa: PLR0917  most are fixtures
    alice: Caller,
    receiver: LocalServer,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    queries: int,
) -> None:
    monkeypatch.setattr(webhooks, "MOST", 51)
    webhook = {"url": receiver.url, "events": ["blog.post.published.v1"]}
    ids = {"post": alice.writes()["id"], "webhook": alice.post("v2/webhooks", webhook).body["id"]}
    path = path.format(**ids)
    made_by = path.partition("?")[0].replace("/deliveries", "/ping")
    for made, rows in ((0, 1), (1, 50)):
        for _ in range(made, rows):
            answer = alice.post(made_by, webhook if made_by == "v2/webhooks" else None)
            assert answer.status in {201, 202}, answer
        with django_assert_num_queries(queries):
            answer = alice.get(path)
        assert len(answer.body["items"]) >= rows


def test_tags_are_counted_by_published_posts(alice: Caller, charlie: Caller) -> None:
    alice.writes("a", tags=["Ink", "paper"], published=True)
    alice.writes("b", tags=["ink"], published=True)
    alice.writes("c", tags=["ink", "secret"])
    expected = [{"name": "Ink", "posts_count": 2}, {"name": "paper", "posts_count": 1}]
    assert charlie.get("v1/tags").body == {"count": 2, "next": None, "previous": None, "results": expected}


def test_kept_counts_follow_every_change(alice: Caller, charlie: Caller) -> None:
    def counts() -> tuple[int, int, dict[str, int]]:
        tags = {tag["name"]: tag["posts_count"] for tag in charlie.get("v1/tags").body["results"]}
        return charlie.get("v1/posts").body["count"], Author.objects.get().posts_count, tags

    alice.writes("a", tags=["x", "y"])
    alice.writes("b", tags=["x"], published=True)
    assert counts() == (1, 1, {"x": 1})
    alice.post("v1/posts/a/publish")
    assert counts() == (2, 2, {"x": 2, "y": 1})
    alice.patch("v1/posts/a", {"tags": ["y", "z", "Z"]})
    assert counts() == (2, 2, {"x": 1, "y": 1, "z": 1})
    alice.post("v1/posts/b/unpublish")
    assert counts() == (1, 1, {"y": 1, "z": 1})
    alice.delete("v1/posts/a")
    assert counts() == (0, 0, {})


def test_a_strangers_view_may_be_cached_and_a_callers_may_not(alice: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    public = charlie.get("v1/posts")
    assert public.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=30"
    assert "Authorization" in public.headers["Vary"]
    assert charlie.get("v1/posts", If_None_Match=public.headers["ETag"]).status == 304
    assert alice.get("v1/posts").headers["Cache-Control"] == "private, no-store"
    assert charlie.get("v1/posts", Cookie="session=1").headers["Cache-Control"] == "private, no-store"
    assert charlie.get("v1/posts/missing").headers["Cache-Control"] == "private, no-store"
    assert alice.get("v1/tags").headers["Cache-Control"] == public.headers["Cache-Control"]


def test_nothing_is_kept_that_no_view_has_said_so_of() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("ok")

    answer = private_by_default(view)(RequestFactory().get("/api/v1/new"))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")

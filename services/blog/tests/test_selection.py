"""What of posts an answer of version 2 holds, and many posts at once."""

from typing import Any

import pytest
from blog_service.testing import Caller
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

BATCH = "v2/posts:batch-get"


@pytest.fixture
def post(alice: Caller) -> dict[str, Any]:
    return alice.writes(published=True)


def test_fields_leave_only_these_and_the_id(alice: Caller, charlie: Caller, post: dict[str, Any]) -> None:
    wanted = {"id": post["id"], "slug": "first-light", "title": "First light"}
    assert charlie.get(f"v2/posts/{post['id']}?fields=slug,title").body == wanted
    assert charlie.get("v2/posts/by-slug/first-light?fields=title,slug").body == wanted
    assert charlie.get("v2/posts?fields=slug,title").body["items"] == [wanted]
    assert alice.get("v2/posts?mine=true&fields=slug,title").body["items"] == [wanted]
    assert charlie.post(f"{BATCH}?fields=slug,title", {"ids": [post["id"]]}).body["items"] == [wanted]


def test_a_part_of_a_post_has_an_etag_of_its_own(charlie: Caller, post: dict[str, Any]) -> None:
    tags = [charlie.get(f"v2/posts/{post['id']}{query}").headers["ETag"] for query in ("", "?fields=slug")]
    assert tags[0] != tags[1]
    assert [tag.partition("-")[0] for tag in tags] == ['"1'] * 2


def test_an_included_author_is_told_of_more(charlie: Caller, post: dict[str, Any]) -> None:
    more = {"bio": "", "posts_count": 1}
    whole = charlie.get(f"v2/posts/{post['id']}").body
    wanted = whole | {"author": whole["author"] | more}
    assert charlie.get(f"v2/posts/{post['id']}?include=author").body == wanted
    assert charlie.get("v2/posts?include=author").body["items"][0]["author"] == wanted["author"]
    assert charlie.post(f"{BATCH}?include=author", {"ids": [post["id"]]}).body["items"][0]["author"] == wanted["author"]


def test_included_comments_are_those_that_the_list_begins_with(
    alice: Caller, charlie: Caller, post: dict[str, Any]
) -> None:
    path = f"v2/posts/{post['id']}"
    for number in range(21):
        assert alice.post(f"{path}/comments", {"body": str(number)}).status == 201
    listed = charlie.get(f"{path}/comments").body
    assert charlie.get(f"{path}?include=comments").body["comments"] == listed
    assert charlie.get(f"{path}?include=comments&fields=slug").body.keys() == {"id", "slug", "comments"}
    rest = charlie.get(f"{path}/comments?cursor={listed['next_cursor']}").body["items"]
    assert [comment["body"] for comment in rest] == ["20"]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("v2/posts", "fields=slug,secret", "field_unknown"),
        ("v2/posts", "fields=body", "field_unknown"),
        ("v2/posts", "include=comments", "include_unknown"),
        ("v2/posts/by-slug/first-light", "include=author,editor", "include_unknown"),
        ("v2/posts/by-slug/first-light", "fields=,", "field_unknown"),
        ("v2/posts/by-slug/first-light", "fields=slug&fields=title", "field_unknown"),
        ("v2/posts/by-slug/first-light", "else=1", "filter_unknown"),
        ("v2/posts", "fields=", "field_unknown"),
        ("v2/posts", "include=", "include_unknown"),
    ],
)
def test_what_is_unknown_is_refused(charlie: Caller, post: dict[str, Any], path: str, query: str, code: str) -> None:
    answer = charlie.get(f"{path}?{query}")
    assert (answer.status, answer.body["code"]) == (400, code)


def test_a_batch_answers_alike_for_hidden_and_absent(
    alice: Caller, bob: Caller, charlie: Caller, dana: Caller, post: dict[str, Any]
) -> None:
    draft, absent = alice.writes("Draft")["id"], str(uuid7())
    ids = [absent, draft, post["id"], absent]
    for stranger in (charlie, bob):
        body = stranger.post(BATCH, {"ids": ids}).body
        assert [item["id"] for item in body["items"]] == [post["id"]]
        assert body["missing"] == [absent, draft]
    for entitled in (alice, dana):
        body = entitled.post(BATCH, {"ids": ids}).body
        assert ([item["id"] for item in body["items"]], body["missing"]) == ([draft, post["id"]], [absent])


@pytest.mark.parametrize("ids", [None, "x", ["x"], [5], [None], [str(uuid7())] * 101, {}])
def test_a_senseless_batch_is_refused(charlie: Caller, db: None, ids: Any) -> None:
    answer = charlie.post(BATCH, {"ids": ids})
    assert (answer.status, answer.body["errors"][0]["pointer"][:4]) == (422, "/ids")
    assert charlie.post(BATCH, {}).status == 422


def test_a_batch_asks_as_often_for_one_as_for_many(
    alice: Caller, charlie: Caller, post: dict[str, Any], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [post["id"], *(alice.writes(f"t{number}", published=True)["id"] for number in range(5))]
    for asked in (ids[:1], ids):
        with django_assert_num_queries(2):
            charlie.post(f"{BATCH}?include=author", {"ids": asked})

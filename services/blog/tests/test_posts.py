"""Writing and reading posts in version 1."""

from functools import partial
from typing import Any

import pytest
from blog_service.markdown import rendering
from blog_service.markdown.budget import Budget
from blog_service.testing import Caller, Neighbours
from chassis.testing import TokenMint
from django.db import connection
from pytest_django import DjangoAssertNumQueries

BASE = "https://news.example.org/api/v1"
POST = "v1/posts/first-light"


def test_a_new_post_has_the_agreed_shape(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    body = {
        "title": "First light",
        "body": "# md",
        "tags": ["dawn", "Photography"],
        "images": [{"media": str(media), "caption": "c", "alt": "a"}],
        "published": False,
    }
    answer = alice.post("v1/posts", body)
    assert answer.status == 201
    post = answer.body
    assert answer.headers["Location"] == post["url"] == f"{BASE}/posts/first-light"
    image = post["images"][0]
    sizes = {size: f"https://news.example.org/m/{media}/{size}" for size in ("thumb", "medium", "large")}
    author = {"id": str(alice.id), "username": "alice", "bio": "", "avatar": None, "url": f"{BASE}/authors/alice"}
    assert post == {
        "id": post["id"],
        "url": post["url"],
        "slug": "first-light",
        "title": "First light",
        "body": "# md",
        "html": '<h1 id="user-content-md">md</h1>',
        "excerpt": "md",
        "author": author,
        "authors": [author | {"accepted": True}],
        "tags": ["dawn", "Photography"],
        "images": [
            {
                "id": image["id"],
                "media": str(media),
                "caption": "c",
                "alt": "a",
                "position": 0,
                "state": "confirmed",
                "reason": None,
                "urls": sizes,
            }
        ],
        "published": False,
        "published_at": None,
        "created_at": post["created_at"],
        "updated_at": post["created_at"],
        "version": 1,
        "favourites_count": 0,
        "comments_count": 0,
        "favourited": False,
        "comments_open": True,
    }
    assert alice.get("v1/posts/first-light").body == post


def test_whoever_is_no_author_may_not_write(mint: TokenMint, db: None) -> None:
    assert Caller("eve", mint, roles=("reader",)).post("v1/posts", {"title": "t", "body": ""}).status == 403


def test_a_stranger_may_not_write(charlie: Caller) -> None:
    answer = charlie.post("v1/posts", {"title": "t", "body": ""})
    assert (answer.status, answer.body["code"]) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer error=")


def test_a_draft_is_there_for_its_author_and_editors_alone(
    alice: Caller, bob: Caller, charlie: Caller, dana: Caller
) -> None:
    alice.writes()
    assert [person.get(POST).status for person in (alice, dana, bob, charlie)] == [200, 200, 404, 404]
    assert bob.patch(POST, {"title": "Mine"}).status == 404
    assert bob.post(f"{POST}/publish").status == 404
    assert charlie.get("v1/posts").body["count"] == 0


def test_a_published_post_is_there_for_everyone(alice: Caller, charlie: Caller) -> None:
    alice.writes()
    published = alice.post(f"{POST}/publish")
    assert (published.status, published.body["published"], published.body["version"]) == (200, True, 2)
    assert published.body["published_at"] == published.body["updated_at"]
    assert charlie.get(POST).body == published.body


def test_a_post_can_be_published_when_it_is_written(alice: Caller, charlie: Caller) -> None:
    post = alice.writes(published=True)
    assert (post["published"], post["version"]) == (True, 1)
    assert charlie.get(POST).status == 200


def test_publishing_twice_changes_nothing(alice: Caller) -> None:
    once = alice.writes(published=True)
    assert alice.post(f"{POST}/publish").body == once


def test_an_unpublished_post_is_a_draft_again(alice: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    answer = alice.post(f"{POST}/unpublish")
    assert (answer.status, answer.body["published"], answer.body["published_at"]) == (200, False, None)
    assert charlie.get(POST).status == 404
    assert charlie.get("v1/posts").body["results"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", POST, {"title": "t", "body": "b"}),
        ("PATCH", POST, {"title": "t"}),
        ("DELETE", POST, None),
        ("POST", f"{POST}/publish", None),
        ("POST", f"{POST}/unpublish", None),
    ],
)
class TestChanging:
    """What holds for every way to change a post."""

    def test_another_author_may_not(self, alice: Caller, bob: Caller, method: str, path: str, body: Any) -> None:
        before = alice.writes(published=True)
        answer = bob.call(method, path, body)
        assert (answer.status, answer.body["code"]) == (403, "not_the_author")
        assert alice.get(POST).body == before

    def test_a_stranger_may_not(self, alice: Caller, charlie: Caller, method: str, path: str, body: Any) -> None:
        alice.writes(published=True)
        assert charlie.call(method, path, body).status == 401

    def test_an_editor_may(self, alice: Caller, dana: Caller, method: str, path: str, body: Any) -> None:
        alice.writes(published=True)
        assert dana.call(method, path, body).status in {200, 204}

    def test_a_post_that_is_not_there_is_404(self, alice: Caller, method: str, path: str, body: Any) -> None:
        assert alice.call(method, path, body).status == 404


def test_put_writes_anew_and_keeps_optional_fields_that_are_absent(alice: Caller) -> None:
    alice.writes(tags=["a", "b"], published=True)
    after = alice.put(POST, {"title": "First light", "body": "new"}).body
    assert (after["body"], after["html"], after["tags"], after["published"]) == ("new", "<p>new</p>", ["a", "b"], True)
    assert alice.put(POST, {"title": "First light"}).body == {"body": ["This field is required."]}


CHANGES: dict[str, Any] = {"title": "First Light!", "body": "changed", "tags": ["c"], "images": [], "published": True}


@pytest.mark.parametrize("field", CHANGES)
def test_patch_of_one_field_leaves_the_rest_equal(alice: Caller, neighbours: Neighbours, field: str) -> None:
    image = {"media": str(neighbours.has_asset(alice)), "caption": "c", "alt": "a"}
    before = alice.writes(tags=["a", "b"], images=[image])
    after = alice.patch(POST, {field: CHANGES[field]}).body
    follows = {"body": {"html", "excerpt"}, "published": {"published_at"}}.get(field, set())
    assert {name for name in before if before[name] != after[name]} == {field, "version", "updated_at"} | follows
    assert after["version"] == 2


def test_a_patch_of_nothing_is_no_new_version(alice: Caller) -> None:
    before = alice.writes()
    assert alice.patch(POST, {}).body == before
    assert alice.patch(POST, {"title": before["title"], "tags": []}).body == before


@pytest.mark.parametrize("field", ["tags", "images"])
def test_null_is_not_empty(alice: Caller, field: str) -> None:
    alice.writes(tags=["a"])
    assert list(alice.patch(POST, {field: None}).body) == [field]
    assert list(alice.put(POST, {"title": "t", "body": "b", field: None}).body) == [field]
    assert alice.get(POST).body["tags"] == ["a"]


def test_empty_empties(alice: Caller) -> None:
    alice.writes(tags=["a"])
    assert alice.patch(POST, {"tags": []}).body["tags"] == []


def test_a_deleted_post_is_gone_and_its_slug_is_spent(alice: Caller) -> None:
    first = alice.writes(tags=["a"])
    assert alice.delete(POST).status == 204
    assert alice.get(POST).status == 404
    assert alice.writes()["slug"] == f"{first['slug']}-2"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"title", "body"}),
        ([], {"non_field_errors"}),
        ("text", {"non_field_errors"}),
        ({"title": "", "body": "b"}, {"title"}),
        ({"title": " ", "body": "b"}, {"title"}),
        ({"title": 5, "body": "b"}, {"title"}),
        ({"title": "t" * 201, "body": "b"}, {"title"}),
        ({"title": "t", "body": "é" * (512 * 1024 + 1)}, {"body"}),
        ({"title": "t", "body": None}, {"body"}),
        ({"title": "t", "body": "b", "tags": "a"}, {"tags"}),
        ({"title": "t", "body": "b", "tags": [""]}, {"tags"}),
        ({"title": "t", "body": "b", "tags": ["t" * 51]}, {"tags"}),
        ({"title": "t", "body": "b", "tags": [str(n) for n in range(51)]}, {"tags"}),
        ({"title": "t", "body": "b", "images": [{}]}, {"images"}),
        ({"title": "t", "body": "b", "images": [{"media": "x"}]}, {"images"}),
        ({"title": "t", "body": "b", "images": {"media": "x"}}, {"images"}),
        ({"title": "t", "body": "b", "published": "maybe"}, {"published"}),
        ({"title": "t", "body": "b", "published": None}, {"published"}),
    ],
)
def test_a_malformed_post_is_refused_by_field(alice: Caller, body: Any, wrong: set[str]) -> None:
    answer = alice.post("v1/posts", body)
    assert (answer.status, set(answer.body)) == (400, wrong)
    assert alice.get("v1/posts?mine=true").body["count"] == 0


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"title": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"title": "\\u0000", "body": ""}', "application/json", 400),
        (b'{"title": "\\ud800", "body": ""}', "application/json", 400),
        (b"title=t", "application/x-www-form-urlencoded", 415),
        (b" " * (2 * 1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_what_is_no_json_is_refused(alice: Caller, body: bytes, content_type: str, status: int) -> None:
    answer = alice.call("POST", "v1/posts", body, Content_Type=content_type)
    assert (answer.status, set(answer.body)) == (status, {"detail", "code"})


def test_a_slash_at_the_end_means_the_same(alice: Caller) -> None:
    alice.writes(published=True)
    assert alice.get(f"{POST}/").status == 200
    assert alice.get("v1/posts/").body["count"] == 1


def test_a_method_that_is_not_there_is_405(alice: Caller) -> None:
    answer = alice.put("v1/posts", {})
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")


def test_an_invalid_token_is_refused_where_none_is_needed(alice: Caller, charlie: Caller) -> None:
    answer = charlie.get("v1/posts", Authorization="Bearer nonsense")
    assert (answer.status, answer.body["code"]) == (401, "token_malformed")


def test_a_published_post_takes_few_queries(alice: Caller, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    alice.writes("warm", tags=["ink"], published=True)
    # BEGIN, author, slug, tags, tag, two events, post, words, three counts, followers, COMMIT; post and images
    with django_assert_num_queries({"postgresql": 17, "sqlite": 18}[connection.vendor]):
        alice.writes("hello", tags=["ink"], published=True)


def test_publishing_a_draft_takes_few_queries(alice: Caller, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    alice.writes(tags=["ink", "fog"])
    # who may, unsettled pictures; BEGIN, post, its tags and images, event, change, post, tags, author, all, followers,
    # COMMIT; post and images
    with django_assert_num_queries(16):
        assert alice.post(f"{POST}/publish").status == 200


def test_a_body_that_is_too_complex_names_the_field(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "render", partial(rendering.render, budget=Budget(tokens=2)))
    answer = alice.post("v1/posts", {"title": "t", "body": "a b"})
    assert (answer.status, list(answer.body)) == (400, ["body"])
    assert alice.get("v1/posts?mine=true").body["count"] == 0


def test_a_list_that_is_too_long_is_refused_for_its_length_alone(alice: Caller) -> None:
    wrong = {"tags": [None] * 51, "images": [{"media": 5}] * 51}
    answer = alice.post("v1/posts", {"title": "t", "body": ""} | wrong)
    too_long = "Ensure this field has no more than 50 elements."
    assert answer.status == 400
    assert answer.body["tags"] == [too_long]
    assert answer.body["images"] in ([too_long], {"non_field_errors": [too_long]})


@pytest.mark.parametrize("text", ["a\x08", "\u200b", "a\u202e"])
@pytest.mark.parametrize("field", ["title", "tags", "caption", "alt"])
def test_text_that_nobody_can_read_is_refused_by_name(
    alice: Caller, neighbours: Neighbours, field: str, text: str
) -> None:
    image = {"media": str(neighbours.has_asset(alice)), field: text}
    change = {"title": text} if field == "title" else {"tags": [text]} if field == "tags" else {"images": [image]}
    answer = alice.post("v1/posts", {"title": "t", "body": ""} | change)
    assert answer.status == 400
    assert field in str(answer.body)


def test_a_body_is_text_that_feeds_can_carry(alice: Caller) -> None:
    assert alice.post("v1/posts", {"title": "t", "body": "a\x08"}).body == {
        "body": ["Take out the character U+0008, which is no text."]
    }
    assert alice.post("v1/posts", {"title": "t", "body": "\u202ea"}).status == 201

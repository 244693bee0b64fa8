"""Posts, comments, authors and tags in RealWorld's dialect, over the same data."""

from typing import Any

import pytest
from blog_service.comments.realworld.numbers import ids_of, number_of
from blog_service.testing import Caller
from chassis.django.testing import ApiResponse
from chassis.testing import TokenMint
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

ARTICLE = {"title": "How to train your dragon", "description": "Ever wonder how?", "body": "Very carefully."}


class Reader:
    """Somebody with a front end of RealWorld's, who has another client, too."""

    def __init__(self, caller: Caller, mint: TokenMint | None = None) -> None:
        self.caller = caller
        self._mint = mint

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> ApiResponse:
        if self._mint:
            token = self._mint.access(
                self.caller.id, self.caller.username, roles=("author",), scope="posts", aud="broadsheet/realworld"
            )
            headers["Authorization"] = f"Token {token}"
        stranger = Caller(self.caller.username)
        return stranger.call(method, f"/realworld/api/{path}", body, **headers)

    def posts(self, **fields: Any) -> dict[str, Any]:
        answer = self.call("POST", "articles", {"article": ARTICLE | fields})
        assert answer.status == 201, answer
        return dict(answer.body["article"])

    def comments(self, slug: str, body: str = "Thank you!") -> dict[str, Any]:
        answer = self.call("POST", f"articles/{slug}/comments", {"comment": {"body": body}})
        assert answer.status == 201, answer
        return dict(answer.body["comment"])


@pytest.fixture
def erin(alice: Caller, mint: TokenMint) -> Reader:
    return Reader(alice, mint)


@pytest.fixture
def frank(bob: Caller, mint: TokenMint) -> Reader:
    return Reader(bob, mint)


@pytest.fixture
def nobody(charlie: Caller) -> Reader:
    return Reader(charlie)


def errors(answer: ApiResponse) -> tuple[int, Any]:
    return answer.status, answer.body["errors"]


def test_article_is_public_at_once_in_the_shape_of_the_dialect(erin: Reader, nobody: Reader, alice: Caller) -> None:
    posted = erin.posts(tagList=["training", "dragons"])
    read = nobody.call("GET", f"articles/{posted['slug']}").body["article"]
    assert read == posted
    assert set(read) == {
        *("slug", "title", "description", "body", "tagList", "createdAt", "updatedAt", "favorited", "favoritesCount"),
        "author",
    }
    assert read["tagList"] == ["dragons", "training"]
    assert read["author"] == {"username": "alice", "bio": None, "image": None, "following": False}
    assert alice.get(f"v1/posts/{posted['slug']}").body["published"]


def test_what_both_versions_wrote_is_there(alice: Caller, nobody: Reader) -> None:
    slug = alice.writes("Written elsewhere", published=True)["slug"]
    alice.writes("A draft")
    answer = nobody.call("GET", "articles").body
    assert [each["slug"] for each in answer["articles"]] == [slug]
    assert answer["articlesCount"] == 1
    assert "body" not in answer["articles"][0]
    assert answer["articles"][0]["description"] == "md"


def test_articles_are_narrowed_and_come_in_parts(erin: Reader, frank: Reader, nobody: Reader) -> None:
    first, second = erin.posts(tagList=["dragons"]), erin.posts(title="Another")
    frank.posts(title="Of somebody else")
    frank.call("POST", f"articles/{first['slug']}/favorite")

    def found(query: str) -> tuple[list[str], int]:
        body = nobody.call("GET", f"articles?{query}").body
        return [each["slug"] for each in body["articles"]], body["articlesCount"]

    assert found("author=ALICE") == ([second["slug"], first["slug"]], 2)
    assert found("tag=Dragons") == ([first["slug"]], 1)
    assert found("favorited=bob") == ([first["slug"]], 1)
    assert found("favorited=nobody-here") == found("author=nobody-here") == found("tag=none") == ([], 0)
    assert found("author=alice&limit=1&offset=1") == ([first["slug"]], 2)
    assert found("limit=1000&unknown=1&offset=0")[1] == 3
    for wrong in ("limit=-1", "offset=x", "limit=²", "offset=99999999999"):
        assert nobody.call("GET", f"articles?{wrong}").status == 422


def test_change_keeps_what_is_absent_and_moves_the_slug_with_the_title(erin: Reader, nobody: Reader) -> None:
    slug = erin.posts(tagList=["dragons"])["slug"]
    changed = erin.call("PUT", f"articles/{slug}", {"article": {"title": "Did you train it?"}}).body["article"]
    assert changed["slug"] == "did-you-train-it"
    assert (changed["body"], changed["tagList"]) == (ARTICLE["body"], ["dragons"])
    assert nobody.call("GET", f"articles/{slug}").body["article"]["slug"] == "did-you-train-it"
    assert erin.call("PUT", f"articles/{slug}", {"article": {"tagList": []}}).body["article"]["tagList"] == []
    assert errors(erin.call("PUT", f"articles/{slug}", {"article": {"tagList": None}})) == (
        422,
        {"tagList": ["can't be blank"]},
    )


@pytest.mark.parametrize("field", ["title", "description", "body"])
def test_field_that_is_missing_or_blank_is_422(erin: Reader, field: str) -> None:
    for article in (ARTICLE | {field: ""}, {name: value for name, value in ARTICLE.items() if name != field}):
        answer = erin.call("POST", "articles", {"article": article})
        assert errors(answer) == (422, {field: ["can't be blank"]})
    assert errors(erin.call("POST", "articles", {})) == (422, {"article": ["can't be blank"]})


WRITES = [("PUT", ""), ("DELETE", ""), ("POST", "/favorite"), ("DELETE", "/favorite"), ("POST", "/comments")]


@pytest.mark.parametrize(("method", "below"), WRITES)
def test_writes_need_a_token_and_an_article(erin: Reader, nobody: Reader, method: str, below: str) -> None:
    body = {"article": {"body": "x"}, "comment": {"body": "x"}}
    assert errors(nobody.call(method, f"articles/none{below}", body)) == (401, {"token": ["is missing"]})
    assert errors(erin.call(method, f"articles/none{below}", body)) == (404, {"article": ["not found"]})


def test_nobody_changes_what_is_anothers(erin: Reader, frank: Reader, charlie: Caller) -> None:
    slug = erin.posts()["slug"]
    number = erin.comments(slug)["id"]
    for method, path, noun in (
        ("PUT", "", "article"),
        ("DELETE", "", "article"),
        ("DELETE", f"/comments/{number}", "comment"),
    ):
        answer = frank.call(method, f"articles/{slug}{path}", {"article": {"body": "hijacked"}})
        assert errors(answer) == (403, {noun: ["forbidden"]})
    assert erin.call("DELETE", f"articles/{slug}").status == 204
    assert charlie.get(f"v1/posts/{slug}").status == 404


def test_favourites_are_those_of_every_version(erin: Reader, bob: Caller, frank: Reader) -> None:
    slug = erin.posts()["slug"]
    liked = frank.call("POST", f"articles/{slug}/favorite").body["article"]
    assert (liked["favorited"], liked["favoritesCount"]) == (True, 1)
    assert bob.get(f"v1/posts/{slug}").body["favourited"]
    left = frank.call("DELETE", f"articles/{slug}/favorite").body["article"]
    assert (left["favorited"], left["favoritesCount"]) == (False, 0)


def test_followed_authors_are_marked_and_make_the_feed(erin: Reader, frank: Reader, nobody: Reader) -> None:
    first, second = erin.posts(), erin.posts(title="Another")
    assert frank.call("GET", "articles/feed").body == {"articles": [], "articlesCount": 0}
    assert frank.call("POST", "profiles/alice/follow").body["profile"]["following"]
    feed = frank.call("GET", "articles/feed?limit=1").body
    assert ([each["slug"] for each in feed["articles"]], feed["articlesCount"]) == ([second["slug"]], 2)
    assert feed["articles"][0]["author"]["following"]
    assert frank.call("GET", "articles/feed?limit=1&offset=1").body["articles"][0]["slug"] == first["slug"]
    assert frank.call("GET", "articles/feed?offset=5").body["articles"] == []
    assert not nobody.call("GET", "profiles/alice").body["profile"]["following"]
    assert not frank.call("DELETE", "profiles/alice/follow").body["profile"]["following"]
    frank.posts(title="By bob")
    assert errors(frank.call("POST", "profiles/bob/follow")) == (409, {"profile": ["nobody follows themselves"]})
    assert errors(nobody.call("GET", "articles/feed")) == (401, {"token": ["is missing"]})
    assert errors(frank.call("POST", "profiles/nobody-here/follow")) == (404, {"profile": ["not found"]})


def test_picture_elsewhere_and_avatar_are_both_images(alice: Caller, nobody: Reader, neighbours: Any) -> None:
    neighbours.has_account(alice)
    neighbours.authors["alice"]["picture_url"] = "https://example.com/alice.jpg"
    assert nobody.call("GET", "profiles/alice").body["profile"]["image"] == "https://example.com/alice.jpg"


def test_what_is_sent_twice_under_a_key_is_made_once(erin: Reader, nobody: Reader) -> None:
    articles = [erin.call("POST", "articles", {"article": ARTICLE}, Idempotency_Key="once") for _ in range(2)]
    slug = articles[0].body["article"]["slug"]
    comments = f"articles/{slug}/comments"
    said = [erin.call("POST", comments, {"comment": {"body": "Thank you!"}}, Idempotency_Key="once") for _ in range(2)]
    for first, second in (articles, said):
        assert (first.status, second.status, second.body) == (201, 201, first.body)
    assert nobody.call("GET", "articles").body["articlesCount"] == 1
    assert nobody.call("GET", comments).body["comments"] == [said[0].body["comment"]]


def test_comments_have_whole_numbers_and_go_by_them(erin: Reader, frank: Reader, nobody: Reader) -> None:
    slug = erin.posts()["slug"]
    first, second = frank.comments(slug), frank.comments(slug, "Second")
    assert set(first) == {"id", "createdAt", "updatedAt", "body", "author"}
    told = nobody.call("GET", f"articles/{slug}/comments").body["comments"]
    assert told == [first, second]
    assert frank.call("DELETE", f"articles/{slug}/comments/{first['id']}").status == 204
    assert nobody.call("GET", f"articles/{slug}/comments").body["comments"] == [second]
    for number in (first["id"], 1, 0, 2**60, 10**30):
        answer = frank.call("DELETE", f"articles/{slug}/comments/{number}")
        assert errors(answer) == (404, {"comment": ["not found"]})
    elsewhere = erin.posts(title="Another")["slug"]
    assert frank.call("DELETE", f"articles/{elsewhere}/comments/{second['id']}").status == 404
    assert errors(erin.call("POST", f"articles/{slug}/comments", {"comment": {"body": ""}})) == (
        422,
        {"body": ["can't be blank"]},
    )


def test_number_is_exact_in_javascript_and_leads_back() -> None:
    for comment_id in (uuid7() for _ in range(100)):
        number = number_of(comment_id)
        assert 0 < number < 2**53
        bounds = ids_of(number)
        assert bounds
        assert bounds[0] <= comment_id <= bounds[1]


def test_tags_are_those_of_published_posts(erin: Reader, alice: Caller, nobody: Reader) -> None:
    erin.posts(tagList=["dragons", "training"])
    alice.writes("A draft", tags=["secret"])
    assert nobody.call("GET", "tags").body == {"tags": ["dragons", "training"]}


def test_tokens_of_one_side_open_nothing_on_the_other(erin: Reader, alice: Caller, mint: TokenMint) -> None:
    token = mint.access(alice.id, "alice", roles=("author",), scope="posts", aud="broadsheet/realworld")
    assert Caller("x").post("v1/posts", {}, Authorization=f"Bearer {token}").body["code"] == "token_audience"
    stranger = Caller("x")
    answer = stranger.get("/realworld/api/articles", Authorization=f"Token {alice.token}")
    assert errors(answer) == (401, {"token": ["is invalid"]})
    assert answer.headers["WWW-Authenticate"].startswith("Token ")


def test_lists_cost_the_same_however_long(erin: Reader, frank: Reader) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert frank.call("GET", path).status == 200
        return len(queries)

    slug = erin.posts()["slug"]
    frank.comments(slug)
    paths = ("articles", f"articles/{slug}/comments", "tags")
    before = [cost(path) for path in paths]
    for number in range(5):
        erin.posts(title=f"Number {number}", tagList=[f"tag {number}"])
        frank.comments(slug, f"Number {number}")
    assert [cost(path) for path in paths] == before


@pytest.mark.parametrize("path", ["articles/ÄÖ/x", "nothing", "articles/a/comments/x"])
def test_address_that_is_none_is_said_in_the_dialect(nobody: Reader, path: str) -> None:
    status, said = errors(nobody.call("GET", path))
    assert status == 404
    assert list(said) == ["body"]

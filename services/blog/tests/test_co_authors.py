"""Co-authors: named by who began a post, shown once they have accepted; what each may do is a matrix."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from blog_service.authors.models import Author
from blog_service.counts_audit import wrong_counts
from blog_service.erasure.services import erasure_begin, erasures_run
from blog_service.exports.tables import EXPORTED
from blog_service.posts.models import CoAuthorship, Post
from blog_service.testing import Caller, Neighbours
from chassis.django.testing import ApiResponse
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from chassis.testing import TokenMint
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7


def shared(owner: Caller, *co_authors: Caller, accept: bool = True, **fields: Any) -> dict[str, Any]:
    """A post of the owner on which the others are named, in v2's shape."""
    post_id = owner.writes(**fields)["id"]
    for each in co_authors:
        Author.objects.get_or_create(id=each.id, defaults={"username": each.username})
    answer = names(owner, post_id, owner, *co_authors)
    assert answer.status == 200, answer
    for each in co_authors if accept else ():
        assert each.put(f"v2/posts/{post_id}/authorship").status == 204
    return owner.get(f"v2/posts/{post_id}").body  # type: ignore[no-any-return]


def names(writer: Caller, post_id: str, *authors: Caller) -> ApiResponse:
    return writer.patch(f"v2/posts/{post_id}", {"authors": [{"id": str(each.id)} for each in authors]}, If_Match="*")


def shown(answer: ApiResponse) -> list[str]:
    assert answer.status == 200, answer
    return [each["username"] for each in answer.body["authors"]]


def found(answer: ApiResponse) -> list[str]:
    assert answer.status == 200, answer
    return [post["slug"] for post in answer.body.get("results", answer.body.get("items"))]


def text(path: str) -> str:
    """What strangers read there that is no JSON."""
    answer = Client().get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def in_realworld(who: Caller, method: str, post: dict[str, Any], body: Any = None) -> ApiResponse:
    assert who.mint
    token = who.mint.access(who.id, who.username, roles=who.roles, scope="posts", aud="broadsheet/realworld")
    return who.call(method, f"/realworld/api/articles/{post['slug']}", body, Authorization=f"Token {token}")


ASKED: dict[str, Callable[[Caller, dict[str, Any]], ApiResponse]] = {
    "read the draft": lambda who, post: who.get(f"v2/posts/{post['id']}"),
    "edit": lambda who, post: who.patch(f"v2/posts/{post['id']}", {"body": "changed"}, If_Match="*"),
    "edit in v1": lambda who, post: who.patch(f"v1/posts/{post['slug']}", {"body": "changed in v1"}),
    "edit in RealWorld": lambda who, post: in_realworld(who, "PUT", post, {"article": {"body": "b"}}),
    "publish": lambda who, post: who.post(f"v2/posts/{post['id']}/transitions", {"to": "published"}),
    "publish in v1": lambda who, post: who.post(f"v1/posts/{post['slug']}/publish"),
    "read revisions": lambda who, post: who.get(f"v2/posts/{post['id']}/revisions"),
    "restore": lambda who, post: who.post(f"v2/posts/{post['id']}/revisions/1/restore"),
    "make a preview": lambda who, post: who.post(f"v2/posts/{post['id']}/preview-links", {}),
    "name authors": lambda who, post: who.patch(
        f"v2/posts/{post['id']}", {"authors": [{"id": post["author"]["id"]}]}, If_Match="*"
    ),
    "delete": lambda who, post: who.delete(f"v2/posts/{post['id']}", If_Match="*"),
    "delete in v1": lambda who, post: who.delete(f"v1/posts/{post['slug']}"),
    "delete in RealWorld": lambda who, post: in_realworld(who, "DELETE", post),
}
DISPOSING = {"name authors", "delete", "delete in v1", "delete in RealWorld"}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("status", ["draft", "published"])
def test_who_may_do_what(alice: Caller, mint: TokenMint, status: str, asked: str) -> None:
    """The matrix: owner, co-author who has accepted or not, editor, moderator, another author."""
    people = {
        "owner": alice,
        "co-author": Caller("bob", mint),
        "named": Caller("nell", mint),
        "editor": Caller("dana", mint, roles=("author", "editor")),
        "moderator": Caller("mo", mint, roles=("moderator",)),
        "other": Caller("oscar", mint),
    }
    may = {"owner", "editor"} if asked in DISPOSING else {"owner", "co-author", "named", "editor"}
    reads = asked == "read the draft" and status == "published"
    for who, caller in people.items():
        post = shared(alice, people["co-author"], people["named"], accept=False, published=status == "published")
        assert people["co-author"].put(f"v2/posts/{post['id']}/authorship").status == 204
        answer = ASKED[asked](caller, post)
        if who in may or reads:
            is_again = (asked, status) == ("publish", "published")
            assert answer.status == 409 if is_again else answer.status < 300, (who, answer)
        elif status == "published" or who in {"co-author", "named"}:
            assert answer.status == 403, (who, answer)
        else:
            assert answer.status == 404, (who, answer)


def test_who_is_named_is_shown_when_they_have_accepted(alice: Caller, bob: Caller, charlie: Caller) -> None:
    post = shared(alice, bob, accept=False, published=True)
    address = f"v2/posts/{post['id']}"
    assert [each["accepted"] for each in post["authors"]] == [True, False]
    assert shown(charlie.get(address)) == ["alice"]
    assert shown(bob.get(address)) == ["alice", "bob"]
    before = bob.get(address).body["revision"]
    assert bob.put(f"{address}/authorship").status == 204
    assert bob.put(f"{address}/authorship").status == 204
    for read in (address, f"v2/posts/by-slug/{post['slug']}", f"v1/posts/{post['slug']}"):
        assert shown(charlie.get(read)) == ["alice", "bob"]
    assert charlie.get(address).body["author"]["username"] == "alice"
    assert bob.get(address).body["revision"] == before + 1, "accepting twice is one change"


def test_a_co_author_leaves_or_declines_and_is_a_stranger_again(alice: Caller, bob: Caller, charlie: Caller) -> None:
    for accept in (True, False):
        post = shared(alice, bob, accept=accept)
        address = f"v2/posts/{post['id']}"
        bob.roles = ("reader",)  # whoever may write no more may still leave
        assert bob.delete(f"{address}/authorship").status == 204
        assert (bob.delete(f"{address}/authorship").status, bob.get(address).status) == (404, 404)
        bob.roles = ("author",)
        assert bob.put(f"{address}/authorship").status == 404
        assert shown(alice.get(address)) == ["alice"]
    assert charlie.put(f"{address}/authorship").status == 401
    assert alice.delete(f"{address}/authorship").status == 404, "who began it cannot leave"


def test_their_posts_are_in_lists_feeds_and_on_pages_of_both(alice: Caller, bob: Caller, charlie: Caller) -> None:
    draft = shared(alice, bob, title="In the making")
    public = shared(alice, bob, title="Both", published=True)
    named = shared(alice, bob, accept=False, title="Not yet", published=True)
    for author in ("alice", "BOB"):
        expected = ["not-yet", "both"] if author == "alice" else ["both"]
        for version in ("v1", "v2"):
            assert found(charlie.get(f"{version}/posts?author={author}")) == expected
        assert charlie.get(f"v1/posts?author={author}").body["count"] == len(expected)
        assert charlie.get(f"v1/authors/{author}").body["posts_count"] == len(expected)
        assert "Both" in text(f"/authors/{author.lower()}")
        assert "/posts/both" in text(f"/rss.xml?author={author}")
    for version in ("v1", "v2"):
        assert sorted(found(bob.get(f"{version}/posts?mine=true"))) == sorted(post["slug"] for post in (draft, public))
    assert found(bob.get("v2/posts?named=true")) == [named["slug"]], "what strangers did is not among one's own"
    assert charlie.get("v2/posts?named=true").status == 401
    answer = charlie.post("v2/posts:batch-get", {"ids": [draft["id"], public["id"]]})
    assert (found(answer), answer.body["missing"]) == (["both"], [draft["id"]])
    assert found(bob.post("v2/posts:batch-get", {"ids": [draft["id"]]})) == ["in-the-making"]


def test_pages_and_feeds_name_all_authors(alice: Caller, bob: Caller, charlie: Caller) -> None:
    post = shared(alice, bob, title="Both", published=True)
    page = text("/posts/both")
    data = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert [each["name"] for each in data["author"]] == ["alice", "bob"]
    assert page.count('rel="author"') == page.count('property="article:author"') == 2
    assert text("/posts").count('rel="author"') == 2
    assert text("/atom.xml").count("<name>") == 2
    assert text("/rss.xml").count("<dc:creator") == 2
    names_in_json = [each["name"] for each in charlie.get("/feed.json").body["items"][0]["authors"]]
    assert names_in_json == ["alice", "bob"]
    keys = charlie.get(f"v2/posts/{post['id']}").headers["Surrogate-Key"].split()
    assert {str(alice.id), str(bob.id)} < set(keys)
    assert str(bob.id) in charlie.get("v1/posts").headers["Surrogate-Key"].split()


@pytest.mark.parametrize(
    ("authors", "pointer", "code"),
    [
        (["bob"], "/authors/0/id", "not_the_author"),
        ([], "/authors", "not_the_author"),
        (["alice", "alice"], "/authors/1/id", "twice"),
        (["alice", "bob", "bob"], "/authors/2/id", "twice"),
        (["alice", "nobody"], "/authors/1/id", "unknown"),
        (["alice", "suspended"], "/authors/1/id", "unknown"),
        (["alice", "reader"], "/authors/1/id", "unknown"),
        (["alice", *["nobody"] * 10], "/authors", "max_length"),
    ],
)
def test_authors_that_cannot_be(alice: Caller, bob: Caller, authors: list[str], pointer: str, code: str) -> None:
    post = alice.writes()
    ids = {"alice": alice.id, "bob": bob.id, "nobody": uuid7()}
    Author.objects.create(id=bob.id, username="bob")
    for name, what in (("suspended", {"suspended": True}), ("reader", {"may_write": False})):
        ids[name] = Author.objects.create(id=uuid7(), username=name, **what).id
    sent = {"authors": [{"id": str(ids[name])} for name in authors]}
    answer = alice.patch(f"v2/posts/{post['id']}", sent, If_Match="*")
    assert answer.status == 422, answer
    assert [(each["pointer"], each["code"]) for each in answer.body["errors"]] == [(pointer, code)]
    assert not CoAuthorship.objects.exists()


def test_a_new_post_has_its_authors_in_the_same_request_also_who_is_known_to_auth_alone(
    alice: Caller, bob: Caller, neighbours: Neighbours
) -> None:
    alice.writes()
    sent: dict[str, Any] = {"title": "Both", "body": "b"}
    sent["authors"] = [{"id": str(alice.id)}, {"id": str(bob.id)}]
    assert alice.post("v2/posts", sent, Idempotency_Key="1" * 8).status == 422
    neighbours.has_account(bob)
    assert shown_new(alice.post("v2/posts", sent, Idempotency_Key="2" * 8)) == ["alice", "bob"]
    neighbours.away = True
    sent["authors"][1]["id"] = str(uuid7())
    assert alice.post("v2/posts", sent, Idempotency_Key="3" * 8).status == 503


def shown_new(answer: ApiResponse) -> list[str]:
    assert answer.status == 201, answer
    return [each["username"] for each in answer.body["authors"]]


def test_who_stays_on_a_changed_list_need_not_accept_again(alice: Caller, bob: Caller, dana: Caller) -> None:
    post = shared(alice, bob)
    Author.objects.create(id=dana.id, username="dana")
    answer = names(dana, post["id"], alice, dana, bob)
    assert [(each["username"], each["accepted"]) for each in answer.body["authors"]] == [
        ("alice", True),
        ("dana", False),
        ("bob", True),
    ]
    assert shown(names(alice, post["id"], alice)) == ["alice"]
    assert bob.get(f"v2/posts/{post['id']}").status == 404


def test_counts_follow_who_is_shown_and_what_is_public(alice: Caller, bob: Caller, dana: Caller) -> None:
    def counted() -> list[int]:
        assert list(wrong_counts(repair=False)) == []
        return [Author.objects.get(id=each.id).posts_count for each in (alice, bob)]

    post = shared(alice, bob, accept=False, published=True, tags=["a"])
    assert counted() == [1, 0]
    bob.put(f"v2/posts/{post['id']}/authorship")
    assert counted() == [1, 1]
    bob.post(f"v1/posts/{post['slug']}/unpublish")
    assert counted() == [0, 0]
    bob.post(f"v1/posts/{post['slug']}/publish")
    bob.delete(f"v2/posts/{post['id']}/authorship")
    assert counted() == [1, 0]
    names(alice, post["id"], alice, bob)
    bob.put(f"v2/posts/{post['id']}/authorship")
    alice.delete(f"v1/posts/{post['slug']}")
    assert counted() == [0, 0]


def test_nobody_is_a_co_author_of_very_many_posts(alice: Caller, bob: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blog_service.posts.services.authors.MOST", 1)
    first = shared(alice, bob)
    second = shared(alice, bob, accept=False)
    assert bob.put(f"v2/posts/{first['id']}/authorship").status == 204
    answer = bob.put(f"v2/posts/{second['id']}/authorship")
    assert (answer.status, answer.body["code"]) == (409, "co_authored_too_many")


def test_an_erased_co_author_is_on_no_post_and_the_posts_stay(alice: Caller, bob: Caller, charlie: Caller) -> None:
    post = shared(alice, bob, published=True)
    erasure_begin(uuid7(), bob.id, now=timezone.now())
    erasures_run(now=timezone.now())
    assert shown(charlie.get(f"v2/posts/{post['id']}")) == ["alice"]
    assert not Author.objects.filter(id=bob.id).exists()
    assert str(bob.id) not in json.dumps(Post.objects.get(id=post["id"]).co_authors)
    assert list(wrong_counts(repair=False)) == []


def test_code_that_does_not_know_of_co_authors_deletes_their_posts(alice: Caller, bob: Caller) -> None:
    """As that of the release before, on this one's database."""
    post = shared(alice, bob)
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, CoAuthorship._meta.db_table)
    assert [each["foreign_key"] for each in constraints.values() if each["foreign_key"]] == []
    left = CoAuthorship.objects.values("post_id", "author_id", "accepted").get()
    alice.delete(f"v2/posts/{post['id']}", If_Match="*")
    CoAuthorship.objects.create(**left)
    assert found(bob.get("v2/posts?mine=true")) == []
    erasure_begin(uuid7(), bob.id, now=timezone.now())
    erasures_run(now=timezone.now())
    assert not CoAuthorship.objects.exists()
    assert not Author.objects.filter(id=bob.id).exists()


def test_the_posts_of_an_erased_owner_go_whoever_else_wrote_them(alice: Caller, bob: Caller, charlie: Caller) -> None:
    post = shared(alice, bob, published=True)
    erasure_begin(uuid7(), alice.id, now=timezone.now())
    erasures_run(now=timezone.now())
    assert charlie.get(f"v2/posts/{post['id']}").status == 404
    assert Author.objects.get(id=bob.id).posts_count == 0
    assert not CoAuthorship.objects.exists()


def test_a_suspended_co_author_stays_on_the_byline_and_a_suspended_owner_takes_nothing_from_it(
    alice: Caller, bob: Caller, charlie: Caller
) -> None:
    """As ADR 0031 has it of authors: what was public stays as it was."""
    post = shared(alice, bob, published=True)
    Author.objects.filter(id=bob.id).update(suspended=True)
    assert shown(charlie.get(f"v2/posts/{post['id']}")) == ["alice", "bob"]
    assert charlie.get("v1/authors/bob").status == 404


def test_the_archive_of_a_co_author_tells_of_it(alice: Caller, bob: Caller) -> None:
    post = shared(alice, bob)
    parts = {part.file: list(part.rows(bob.id)) for part in EXPORTED}
    told = [{"post_id": UUID(post["id"]), "accepted": True, "slug": post["slug"], "title": post["title"]}]
    assert parts["co_authored_posts"] == told


def test_events_name_who_is_shown(alice: Caller, bob: Caller) -> None:
    shared(alice, bob, published=True)
    told = [
        event.data["co_author_ids"] for event in published(DjangoDatabase()) if event.type == "blog.post.updated.v1"
    ]
    assert told == [[str(bob.id)]], "accepted; not named"


def test_who_is_named_or_declines_changes_what_if_match_says_and_nothing_that_readers_see(
    alice: Caller, bob: Caller, charlie: Caller
) -> None:
    post = alice.writes(published=True)
    address = f"v2/posts/{post['id']}"

    def seen() -> tuple[Any, ...]:
        changes = [each["cursor"] for each in charlie.get("v2/changes").body["items"]]
        return charlie.get(address).body["updated_at"], changes, len(list(published(DjangoDatabase())))

    before, revision = seen(), alice.get(address).body["revision"]
    Author.objects.create(id=bob.id, username="bob")
    assert names(alice, post["id"], alice, bob).status == 200
    assert bob.delete(f"{address}/authorship").status == 204
    assert (seen(), alice.get(address).body["revision"]) == (before, revision + 2)
    names(alice, post["id"], alice, bob)
    bob.put(f"{address}/authorship")
    assert seen() != before


def test_caches_forget_a_co_author_whenever_their_posts_are_more_or_fewer(alice: Caller, bob: Caller) -> None:
    def told() -> list[str]:
        kind = "blog.shown.changed.v1"
        return [event.data["shown_id"] for event in published(DjangoDatabase()) if event.type == kind]

    post = shared(alice, bob, accept=False, published=True)
    assert told() == []
    steps: list[Callable[[], ApiResponse]] = [
        lambda: bob.put(f"v2/posts/{post['id']}/authorship"),
        lambda: bob.post(f"v1/posts/{post['slug']}/unpublish"),
        lambda: bob.post(f"v1/posts/{post['slug']}/publish"),
        lambda: bob.delete(f"v2/posts/{post['id']}/authorship"),
        lambda: names(alice, post["id"], alice, bob),
        lambda: bob.put(f"v2/posts/{post['id']}/authorship"),
        lambda: alice.delete(f"v1/posts/{post['slug']}"),
    ]
    counted = 0
    for step, is_more in zip(steps, (True, True, True, True, False, True, True), strict=True):
        assert step().status < 300
        counted += is_more
        assert told() == [str(bob.id)] * counted


def test_who_reads_only_cannot_be_named_though_auth_alone_knows_it(
    alice: Caller, bob: Caller, neighbours: Neighbours
) -> None:
    post = alice.writes()
    bob.roles = ("reader",)
    neighbours.has_account(bob)
    assert names(alice, post["id"], alice, bob).status == 422


@pytest.mark.parametrize("what", [{"suspended": True}, {"may_write": False}])
def test_while_its_author_may_not_publish_co_authors_may_not_either_and_editors_may(
    alice: Caller, bob: Caller, dana: Caller, what: dict[str, bool]
) -> None:
    post = shared(alice, bob)
    address = f"v2/posts/{post['id']}"
    Author.objects.filter(id=alice.id).update(**what)
    for answer in (
        bob.post(f"{address}/transitions", {"to": "published"}),
        bob.post(f"{address}/transitions", {"to": "scheduled", "at": "2100-01-01T00:00:00Z"}),
        bob.post(f"v1/posts/{post['slug']}/publish"),
        bob.patch(f"v1/posts/{post['slug']}", {"published": True}),
    ):
        assert (answer.status, answer.body["code"]) == (403, "not_the_author")
    assert bob.patch(address, {"body": "Better."}, If_Match="*").status == 200
    assert dana.post(f"{address}/transitions", {"to": "published"}).status == 200
    assert bob.patch(f"v1/posts/{post['slug']}", {"published": True}).status == 200, "it is so already"


@pytest.mark.parametrize(("path", "queries"), [("v1/posts", 4), ("v2/posts", 3), ("v1/posts?author=alice", 5)])
def test_lists_take_the_same_queries_however_many_authors_posts_have(  # noqa: PLR0917  fixtures
    alice: Caller,
    mint: TokenMint,
    charlie: Caller,
    path: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in (1, 4):
        shared(alice, *(Caller(f"b{number}{n}", mint) for n in range(number)), published=True)
        with django_assert_num_queries(queries):
            assert charlie.get(path).status == 200

"""Comments: who may say, read and remove what, and who is told."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from blog_service.comments import limits
from blog_service.comments.models import Comment, Decision, Report
from blog_service.comments.services import comment_decide, comments_erase, reports_erase
from blog_service.counts_audit import wrong_counts
from blog_service.settings import settings
from blog_service.testing import Caller
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from chassis.testing import TokenMint
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

POST = "v1/posts/first-light"
COMMENTS = f"{POST}/comments"


@pytest.fixture
def post(alice: Caller) -> dict[str, Any]:
    """A public post of Alice."""
    return alice.writes(published=True)


@pytest.fixture
def mo(mint: TokenMint) -> Caller:
    """A moderator."""
    return Caller("mo", mint, roles=("moderator",))


def says(person: Caller, body: str = "Well said", **fields: Any) -> dict[str, Any]:
    answer = person.post(COMMENTS, {"body": body} | fields)
    assert answer.status == 201, answer
    return answer.body  # type: ignore[no-any-return]


def read(person: Caller) -> list[str]:
    """The bodies that somebody reads under the post, the same in both versions."""
    page = person.get(COMMENTS)
    assert page.body["count"] == len(page.body["results"])
    bodies = [comment["body"] for comment in page.body["results"]]
    post_id = person.get(POST).body["id"]
    assert [comment["body"] for comment in person.get(f"v2/posts/{post_id}/comments").body["items"]] == bodies
    return bodies


def count(person: Caller) -> int:
    return person.get(POST).body["comments_count"]  # type: ignore[no-any-return]


def reported_by(mint: TokenMint, comment: dict[str, Any], *numbers: int) -> None:
    for number in numbers:
        answer = Caller(f"r{number}", mint).post(f"v1/comments/{comment['id']}/report", {"reason": "spam"})
        assert answer.status == 202


def told() -> list[tuple[str, int]]:
    """What the events about comments say happened, and how many the post has then."""
    events = [event for event in published(DjangoDatabase()) if event.type.startswith("blog.comment.")]
    return [(re.sub(r"^blog\.comment\.|\.v1$", "", event.type), event.data["comments_count"]) for event in events]


def test_a_comment_has_the_agreed_shape(post: dict[str, Any], bob: Caller, charlie: Caller) -> None:
    comment = says(bob, "*Well* said")
    assert comment == {
        "id": comment["id"],
        "post": "first-light",
        "parent": None,
        "author": {
            "id": str(bob.id),
            "username": "bob",
            "bio": "",
            "avatar": None,
            "url": "https://news.example.org/api/v1/authors/bob",
        },
        "body": "*Well* said",
        "html": "<p><em>Well</em> said</p>",
        "state": "visible",
        "created_at": comment["created_at"],
        "edited_at": None,
    }
    assert charlie.get(COMMENTS).body == {"count": 1, "next": None, "previous": None, "results": [comment]}
    assert count(charlie) == 1


def test_version_2_says_the_same(post: dict[str, Any], bob: Caller, charlie: Caller) -> None:
    path = f"v2/posts/{post['id']}/comments"
    comment = bob.post(path, {"body": "Well said"}).body
    assert comment["author"] == {"id": str(bob.id), "username": "bob", "avatar": None}
    reply = bob.post(path, {"body": "And so on", "parent_id": comment["id"]}).body
    assert (reply["post_id"], reply["parent_id"]) == (post["id"], comment["id"])
    assert charlie.get(path).body == {"items": [comment, reply], "next_cursor": None}
    assert charlie.get(f"v2/posts/{post['id']}").body["counts"]["comments"] == 2
    first = charlie.get(f"{path}?limit=1").body
    assert charlie.get(f"{path}?limit=1&cursor={first['next_cursor']}").body["items"] == [reply]


def test_a_comment_is_as_harmless_as_a_post_and_its_ids_are_no_other_texts(post: dict[str, Any], bob: Caller) -> None:
    text = "# md\n\n[a](javascript:alert(1)) [b](#md)\n\n<script>alert(1)</script><p style='x' id=top>c</p>"
    first, second = says(bob, text)["html"], says(bob, text)["html"]
    for html in (first, second):
        assert not re.search("script|style|alert", html)
        (heading,) = re.findall(r'<h1 id="([^"]+)"', html)
        assert f'href="#{heading}"' in html
        assert heading.startswith("user-content-")
    ids = [set(re.findall(r'id="([^"]+)"', html)) for html in (first, second, post["html"])]
    assert len(ids[0] | ids[1] | ids[2]) == sum(map(len, ids))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"body": ""}, "body"),
        ({"body": "  \n"}, "body"),
        ({"body": None}, "body"),
        ({"body": 5}, "body"),
        ({"body": "x" * 10_001}, "body"),
        ({"body": "a\x01b"}, "body"),
        ({"body": "*a* " * 2000}, "body"),
        ({"body": "x", "parent": "y"}, "parent"),
        ({"body": "x", "parent": str(uuid7())}, "parent"),
    ],
)
def test_what_can_be_no_comment_is_refused(post: dict[str, Any], bob: Caller, body: object, field: str) -> None:
    answer = bob.post(COMMENTS, body)
    assert (answer.status, list(answer.body)) == (400, [field])
    assert not Comment.objects.exists()


def test_replies_have_one_level_and_stay_on_their_post(post: dict[str, Any], alice: Caller, bob: Caller) -> None:
    comment = says(bob)
    reply = says(alice, "Thank you", parent=comment["id"])
    assert reply["parent"] == comment["id"]
    assert bob.post(COMMENTS, {"body": "x", "parent": reply["id"]}).body == {
        "parent": ["This is a reply itself: reply to what it replies to."]
    }
    other = alice.writes("Other", published=True)
    assert bob.post("v1/posts/other/comments", {"body": "x", "parent": comment["id"]}).status == 400
    answer = bob.post(f"v2/posts/{other['id']}/comments", {"body": "x", "parent_id": comment["id"]})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/parent_id")


def test_a_post_that_is_closed_takes_no_comments_and_keeps_those_it_has(
    post: dict[str, Any], alice: Caller, bob: Caller
) -> None:
    says(bob)
    closed = alice.patch(POST, {"comments_open": False})
    assert (closed.body["comments_open"], closed.body["version"]) == (False, 2)
    assert published(DjangoDatabase())[-1].type == "blog.post.updated.v1"
    for answer in (bob.post(COMMENTS, {"body": "x"}), bob.post(f"v2/posts/{post['id']}/comments", {"body": "x"})):
        assert (answer.status, answer.body["code"]) == (409, "comments_closed")
    assert read(bob) == ["Well said"]
    etag = alice.get(f"v2/posts/{post['id']}").headers["ETag"]
    assert alice.patch(f"v2/posts/{post['id']}", {"comments_open": True}, If_Match=etag).body["comments_open"]
    assert says(bob)


def test_a_post_is_commented_by_those_alone_who_may_read_it(alice: Caller, bob: Caller, charlie: Caller) -> None:
    post_id = alice.writes()["id"]
    for path in (COMMENTS, f"v2/posts/{post_id}/comments"):
        assert bob.get(path).status == bob.post(path, {"body": "x"}).status == 404
        assert alice.post(path, {"body": "x"}).body["code"] == "comments_closed"
        assert charlie.post(path, {"body": "x"}).body["code"] == "token_missing"
    alice.post(f"{POST}/publish")
    bob.roles = ("reader",)
    comment = says(bob)
    alice.post(f"{POST}/unpublish")
    for answer in (
        bob.get(COMMENTS),
        bob.patch(f"v1/comments/{comment['id']}", {"body": "y"}),
        bob.delete(f"v1/comments/{comment['id']}"),
        bob.post(f"v1/comments/{comment['id']}/report", {"reason": "x"}),
    ):
        assert answer.status == 404


def test_only_its_author_changes_a_comment(
    post: dict[str, Any], alice: Caller, bob: Caller, dana: Caller, mo: Caller
) -> None:
    comment = says(bob)
    for version in ("v1", "v2"):
        for person in (alice, dana, mo):
            answer = person.patch(f"{version}/comments/{comment['id']}", {"body": "x"})
            assert (answer.status, answer.body["code"]) == (403, "not_the_author")
    changed = bob.patch(f"v1/comments/{comment['id']}", {"body": "**Better** said"}).body
    assert (changed["html"], changed["created_at"]) == ("<p><strong>Better</strong> said</p>", comment["created_at"])
    assert changed["edited_at"]
    assert bob.patch(f"v2/comments/{comment['id']}", {"body": "**Better** said"}).status == 200
    assert told() == [("created", 1), ("updated", 1)]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_who_holds_no_role_removes_what_is_theirs(post: dict[str, Any], bob: Caller, version: str) -> None:
    bob.roles = ()
    assert bob.delete(f"{version}/comments/{says(bob)['id']}").status == 204


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("who", ["author", "post's author", "moderator"])
def test_a_comment_is_removed_by_its_author_the_posts_and_moderators(  # noqa: PLR0917
    post: dict[str, Any], alice: Caller, bob: Caller, charlie: Caller, dana: Caller, mo: Caller, who: str, version: str
) -> None:
    path = f"{version}/comments/{says(bob)['id']}"
    answer = dana.delete(path)  # an editor
    assert (answer.status, answer.body["code"]) == (403, "not_the_author")
    remover = {"author": bob, "post's author": alice, "moderator": mo}[who]
    assert remover.delete(path).status == 204
    assert remover.delete(path).body["code"] == "comment_not_found"
    assert read(charlie) == read(mo) == []
    assert count(charlie) == 0
    assert told() == [("created", 1), ("deleted", 0)]
    assert bool(Comment.objects.get().body) is (who != "author")


def test_a_removed_comment_keeps_a_place_for_its_replies(
    post: dict[str, Any], alice: Caller, bob: Caller, charlie: Caller
) -> None:
    comment = says(bob)
    reply = says(alice, "Thank you", parent=comment["id"])
    bob.delete(f"v1/comments/{comment['id']}")
    place, shown = charlie.get(COMMENTS).body["results"]
    assert place | {"created_at": None} == comment | {
        "state": "removed",
        "body": "",
        "html": "",
        "author": None,
        "created_at": None,
    }
    assert (shown, count(charlie)) == (reply, 1)
    assert bob.post(COMMENTS, {"body": "x", "parent": comment["id"]}).status == 400
    alice.delete(f"v1/comments/{reply['id']}")
    assert read(charlie) == []


def test_what_enough_people_report_is_held_until_a_moderator_has_looked(  # noqa: PLR0917
    post: dict[str, Any], alice: Caller, bob: Caller, charlie: Caller, dana: Caller, mo: Caller, mint: TokenMint
) -> None:
    comment = says(bob, "Buy now")
    reported_by(mint, comment, 1, 2)
    assert read(charlie) == ["Buy now"]
    reported_by(mint, comment, 3)
    assert read(charlie) == read(dana) == []
    for person in (alice, bob, mo):
        assert read(person) == ["Buy now"]
        assert person.get(COMMENTS).body["results"][0]["state"] == "held"
        assert count(person) == 0
    assert dana.delete(f"v1/comments/{comment['id']}").status == 404
    comment_decide(UUID(comment["id"]), Decision.Verdict.APPROVED, actor=mo.id)
    assert (read(charlie), count(charlie)) == (["Buy now"], 1)
    reported_by(mint, comment, 4, 5)
    assert read(charlie) == ["Buy now"]
    reported_by(mint, comment, 6)
    assert read(charlie) == []
    assert told() == [("created", 1), ("deleted", 0), ("created", 1), ("deleted", 0)]


def test_a_held_comment_with_replies_is_a_removed_one_to_others(
    post: dict[str, Any], alice: Caller, bob: Caller, charlie: Caller, mint: TokenMint
) -> None:
    comment = says(bob, "Buy now")
    says(alice, "No", parent=comment["id"])
    reported_by(mint, comment, 1, 2, 3)
    place, _ = charlie.get(COMMENTS).body["results"]
    assert (place["state"], place["body"], place["html"], place["author"]) == ("removed", "", "", None)
    assert bob.get(COMMENTS).body["results"][0]["body"] == "Buy now"


def test_one_report_of_each_counts(post: dict[str, Any], bob: Caller, charlie: Caller, dana: Caller) -> None:
    comment = says(bob)
    for _ in range(5):
        assert dana.post(f"v2/comments/{comment['id']}/report", {"reason": "spam"}).status == 202
    assert (Report.objects.count(), read(charlie)) == (1, ["Well said"])


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": 1}, {"reason": "x", "y": 1}])
def test_a_report_says_why(post: dict[str, Any], bob: Caller, dana: Caller, body: object) -> None:
    path = f"comments/{says(bob)['id']}/report"
    assert (dana.post(f"v1/{path}", body).status, dana.post(f"v2/{path}", body).status) == (400, 422)
    assert dana.post(f"v1/comments/{uuid7()}/report", {"reason": "x"}).body["code"] == "comment_not_found"


def test_one_user_says_and_reports_so_much_in_an_hour(
    post: dict[str, Any], bob: Caller, dana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings().model_copy(update={"comments_per_hour": 2, "comment_reports_per_hour": 1})
    monkeypatch.setattr(limits, "settings", lambda: few)
    first, second = says(bob), says(bob)
    answer = bob.post(COMMENTS, {"body": "x"})
    assert (answer.status, answer.body["code"]) == (429, "comments_too_many")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601
    assert says(dana)
    assert dana.post(f"v1/comments/{first['id']}/report", {"reason": "x"}).status == 202
    answer = dana.post(f"v1/comments/{second['id']}/report", {"reason": "x"})
    assert (answer.status, answer.body["code"]) == (429, "reports_too_many")
    bob.delete(f"v1/comments/{first['id']}")
    assert bob.post(COMMENTS, {"body": "x"}).status == 429
    Comment.objects.filter(id=first["id"]).update(created_at=timezone.now() - timedelta(hours=1))
    assert says(bob)


def test_a_comment_sent_twice_under_a_key_is_one(post: dict[str, Any], bob: Caller) -> None:
    answers = [bob.post(COMMENTS, {"body": "x"}, Idempotency_Key="k") for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert Comment.objects.count() == 1


def test_an_erased_user_leaves_no_words_no_name_and_no_reports(
    post: dict[str, Any], alice: Caller, bob: Caller, charlie: Caller
) -> None:
    comment = says(bob, "I am Bob")
    says(bob, "Bob again")
    reply = says(alice, "Hello", parent=comment["id"])
    bob.post(f"v1/comments/{reply['id']}/report", {"reason": "I am Bob"})
    assert [comments_erase(bob.id) for _ in range(2)] == [2, 0]
    assert [reports_erase(bob.id) for _ in range(2)] == [1, 0]
    place, shown = charlie.get(COMMENTS).body["results"]
    assert (place["author"], place["body"], place["state"], shown) == (None, "", "removed", reply)
    assert "Bob" not in str(list(Comment.objects.values())) + str(list(Report.objects.values()))
    assert not Comment.objects.filter(author_id=bob.id).exists()
    assert count(charlie) == 1
    assert list(wrong_counts(repair=False)) == []


def test_a_deleted_post_takes_its_comments_along(post: dict[str, Any], alice: Caller, bob: Caller) -> None:
    says(alice, "x", parent=says(bob)["id"])
    assert alice.delete(POST).status == 204
    assert not Comment.objects.exists()


def test_comments_take_the_same_queries_however_many_there_are(
    post: dict[str, Any], bob: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for written, rows in ((0, 1), (1, 50)):
        for _ in range(written, rows):
            says(bob)
        for path, queries in ((f"{COMMENTS}?page_size=100", 3), (f"v2/posts/{post['id']}/comments?limit=100", 2)):
            with django_assert_num_queries(queries):
                assert bob.get(path).status == 200


def test_caches_forget_comments_with_their_post_and_with_those_who_are_named(
    post: dict[str, Any], alice: Caller, bob: Caller, charlie: Caller
) -> None:
    says(bob)
    for path in (COMMENTS, f"v2/posts/{post['id']}/comments"):
        answer = charlie.get(path)
        assert answer.headers["Surrogate-Key"].split() == [post["id"], str(bob.id)]
        assert answer.headers["Cache-Control"].startswith("public")
        assert "Surrogate-Key" not in alice.get(path).headers

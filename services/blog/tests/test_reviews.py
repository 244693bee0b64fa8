"""Moderation by the API: who sees what is held and reported, and who decides about it."""

from datetime import timedelta
from typing import Any

import pytest
from blog_service.comments import limits
from blog_service.comments.models import Comment, Decision, Report
from blog_service.comments.services import decisions_erase
from blog_service.counts_audit import wrong_counts
from blog_service.posts.models import Post
from blog_service.settings import settings
from blog_service.testing import Caller
from chassis.django.testing import ApiResponse
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from chassis.testing import TokenMint
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

COMMENTS = "v1/posts/first-light/comments"


@pytest.fixture
def mo(db: None, mint: TokenMint) -> Caller:
    """A moderator."""
    return Caller("mo", mint, roles=("moderator",))


@pytest.fixture
def post(alice: Caller) -> dict[str, Any]:
    """A public post of Alice."""
    return alice.writes(published=True)


@pytest.fixture
def comment(post: dict[str, Any], bob: Caller) -> dict[str, Any]:
    """What Bob says about it."""
    return says(bob)


def says(person: Caller, body: str = "Buy now") -> dict[str, Any]:
    answer = person.post(COMMENTS, {"body": body})
    assert answer.status == 201, answer
    return answer.body  # type: ignore[no-any-return]


def report(mint: TokenMint, comment: dict[str, Any], times: int = 3) -> None:
    """Enough of three to hold it."""
    for number in range(times):
        answer = Caller(f"r{number}", mint).post(f"v1/comments/{comment['id']}/report", {"reason": f"spam {number}"})
        assert answer.status == 202


def decide(person: Caller, verdict: str, comment: dict[str, Any], version: str = "v2") -> ApiResponse:
    return person.post(f"{version}/comments/{comment['id']}/{verdict}")


def reviewed(person: Caller, query: str = "") -> list[dict[str, Any]]:
    """What somebody is given to review, the same in both versions; by ``status`` of the one post."""
    of_post = ("", "") if not query else ("&post=first-light", f"&post_id={Post.objects.get().id}")
    v1, v2 = (
        person.get(f"{version}/comments{query}{post}") for version, post in zip(("v1", "v2"), of_post, strict=True)
    )
    assert (v1.status, v2.status) == (200, 200), (v1, v2)
    assert [each["id"] for each in v1.body["results"]] == [each["id"] for each in v2.body["items"]]
    assert v1.body["count"] == len(v1.body["results"])
    return v2.body["items"]  # type: ignore[no-any-return]


def ids(comments: list[dict[str, Any]]) -> list[str]:
    return [comment["id"] for comment in comments]


def code(answer: ApiResponse) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def told() -> list[str]:
    """What the events about comments say happened."""
    return [e.type.split(".")[2] for e in published(DjangoDatabase()) if e.type.startswith("blog.comment.")]


def test_what_is_reported_and_what_is_held_waits_with_the_reasons(
    comment: dict[str, Any], mo: Caller, alice: Caller, mint: TokenMint
) -> None:
    says(alice, "Nobody minds this")
    assert reviewed(mo) == []
    report(mint, comment, 2)
    (waiting,) = reviewed(mo)
    assert (waiting["state"], waiting["body"], waiting["reports_count"]) == ("visible", "Buy now", 2)
    assert [said["reason"] for said in waiting["reports"]] == ["spam 0", "spam 1"]
    assert waiting["reports"][0].keys() == {"reason", "created_at"}
    Caller("r2", mint).post(f"v1/comments/{comment['id']}/report", {"reason": "spam 2"})
    assert [(each["state"], each["reports_count"]) for each in reviewed(alice)] == [("held", 3)]
    assert comment["id"] not in ids(reviewed(mo, "?status=visible"))
    assert ids(reviewed(mo, "?status=held,visible"))[0] == comment["id"]


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("who", ["alice", "mo", "ada"])
def test_the_posts_author_moderators_and_admins_decide(
    version: str, who: str, comment: dict[str, Any], *, alice: Caller, mo: Caller, mint: TokenMint, charlie: Caller
) -> None:
    decider = {"alice": alice, "mo": mo, "ada": Caller("ada", mint, roles=("admin",))}[who]
    for verdict, state, count in (("hold", "held", 0), ("approve", "visible", 1), ("reject", "removed", 0)):
        answer = decide(decider, verdict, comment, version)
        assert (answer.status, answer.body["state"], answer.body["body"]) == (200, state, "Buy now"), answer
        assert charlie.get("v1/posts/first-light").body["comments_count"] == count
        assert charlie.get(COMMENTS).body["count"] == count
    assert [each["verdict"] for each in answer.body["decisions"]] == ["held", "approved", "rejected"]
    assert ids(reviewed(decider, "?status=removed")) == [comment["id"]]
    assert decide(decider, "approve", comment, version).body["state"] == "visible"
    assert told() == ["created", "deleted", "created", "deleted", "created"]
    assert {(d.decider_id, d.as_moderator) for d in Decision.objects.all()} == {(decider.id, who != "alice")}
    assert not list(wrong_counts(repair=False))


@pytest.mark.parametrize("verdict", ["approve", "hold", "reject"])
def test_nobody_else_decides(
    verdict: str, comment: dict[str, Any], *, bob: Caller, dana: Caller, charlie: Caller, mint: TokenMint
) -> None:
    eve = Caller("eve", mint)
    for person in (bob, dana, eve):
        assert code(decide(person, verdict, comment)) == (403, "not_the_author")
    assert code(decide(charlie, verdict, comment)) == (401, "token_missing")
    report(mint, comment)
    assert code(decide(bob, verdict, comment)) == (403, "not_the_author")
    for person in (dana, eve):  # who may not know of it
        assert code(decide(person, verdict, comment)) == (404, "comment_not_found")
    assert not Decision.objects.exists()


def test_each_reviews_what_is_theirs_to_decide(
    comment: dict[str, Any], *, bob: Caller, dana: Caller, charlie: Caller, alice: Caller, mo: Caller, mint: TokenMint
) -> None:
    report(mint, comment)
    assert reviewed(bob) == reviewed(dana) == []
    assert code(charlie.get("v2/comments")) == code(charlie.get("v1/comments")) == (401, "token_missing")
    own = bob.writes(title="Bob's post", published=True)
    alice.post(f"v1/posts/{own['slug']}/comments", {"body": "Hm"})
    assert reviewed(bob) == []
    assert ids(reviewed(alice)) == ids(reviewed(mo)) == [comment["id"]]
    assert mo.get(f"v1/comments?post={own['slug']}").body["count"] == 0
    assert mo.get("v1/comments?post=first-light").body["count"] == 1
    assert mo.get(f"v2/comments?post_id={own['id']}&status=visible").body["items"][0]["body"] == "Hm"


def test_reviews_are_asked_for_sensibly(mo: Caller, alice: Caller) -> None:
    for path in ("v2/comments?status=lost", "v1/comments?status=held,", "v2/comments?post_id=first-light"):
        assert code(mo.get(path)) == (400, "filter_invalid")
    assert code(mo.get("v1/comments?post=first-light")) == (404, "post_not_found")
    for status in ("visible", "held,removed"):
        for version in ("v1", "v2"):
            assert code(mo.get(f"{version}/comments?status={status}")) == (400, "filter_invalid")
            assert alice.get(f"{version}/comments?status={status}").status == 200
    assert code(mo.get("v2/comments?post=first-light")) == (400, "filter_unknown")


def test_what_is_approved_waits_no_more_until_it_is_reported_again(
    comment: dict[str, Any], mo: Caller, mint: TokenMint, charlie: Caller
) -> None:
    report(mint, comment)
    assert decide(mo, "approve", comment).body["reports_count"] == 0
    assert reviewed(mo) == []
    assert charlie.get(COMMENTS).body["count"] == 1
    Caller("late", mint).post(f"v1/comments/{comment['id']}/report", {"reason": "still spam"})
    (waiting,) = reviewed(mo)
    assert ([each["reason"] for each in waiting["reports"]], waiting["state"]) == (["still spam"], "visible")


def test_an_author_approves_neither_their_own_words_nor_against_a_moderator(
    comment: dict[str, Any], alice: Caller, mo: Caller, mint: TokenMint
) -> None:
    own = says(alice, "I may say what I like here")
    report(mint, own)
    assert code(decide(alice, "approve", own)) == (403, "moderator_needed")
    for verdict in ("hold", "reject"):
        decide(mo, verdict, comment)
        assert code(decide(alice, "approve", comment)) == (403, "moderator_needed")
    decide(alice, "hold", comment)  # does not make it theirs to approve
    assert code(decide(alice, "approve", comment)) == (403, "moderator_needed")
    decide(mo, "approve", comment)
    decide(alice, "reject", comment)
    assert decide(alice, "approve", comment).status == 200


@pytest.mark.parametrize("state", ["removed", "held"])
def test_what_somebody_unknown_took_away_moderators_alone_bring_back(
    state: str, comment: dict[str, Any], alice: Caller, mo: Caller, mint: TokenMint
) -> None:
    """The release before kept no decisions."""
    report(mint, comment, 2)  # which are too few to hold it
    decide(mo, "approve", comment)
    Comment.objects.update(state=state)
    for verdict in ("hold", "reject"):
        assert code(decide(alice, "approve", comment)) == (403, "moderator_needed")
        assert decide(alice, verdict, comment).status == 200
    assert code(decide(alice, "approve", comment)) == (403, "moderator_needed")
    assert [each["decider_id"] for each in reviewed(mo, "?status=removed")[0]["decisions"]][1] is None
    assert decide(mo, "approve", comment).status == 200


def test_what_reports_alone_hold_the_posts_author_approves(
    comment: dict[str, Any], alice: Caller, mint: TokenMint
) -> None:
    report(mint, comment)
    assert decide(alice, "approve", comment).body["state"] == "visible"


def test_who_wrote_a_comment_takes_back_words_that_were_rejected(
    comment: dict[str, Any], bob: Caller, dana: Caller, mo: Caller
) -> None:
    decide(mo, "reject", comment)
    assert code(dana.delete(f"v2/comments/{comment['id']}")) == (404, "comment_not_found")
    assert bob.delete(f"v2/comments/{comment['id']}").status == 204
    assert Comment.objects.get().body == Comment.objects.get().html == ""
    assert code(decide(mo, "approve", comment)) == (404, "comment_not_found")
    assert code(bob.delete(f"v2/comments/{comment['id']}")) == (404, "comment_not_found")
    assert told() == ["created", "deleted"]


@pytest.mark.parametrize("verdict", ["hold", "reject"])
def test_own_words_come_back_by_whom_they_were_taken_away(
    verdict: str, post: dict[str, Any], alice: Caller, mo: Caller, mint: TokenMint
) -> None:
    assert post["slug"] == "first-light"
    for person, other in ((alice, mo), (mo, Caller("max", mint, roles=("moderator",)))):
        own = says(person)
        assert decide(person, verdict, own).status == 200
        assert decide(person, "approve", own).status == 200
        decide(other, verdict, own)
        assert decide(person, verdict, own).status == 200  # makes it nobody's to approve
        assert code(decide(person, "approve", own)) == (403, "moderator_needed")
        decide(other, "approve", own)
        report(mint, own)
        assert code(decide(person, "approve", own)) == (403, "moderator_needed")
        assert decide(other, "approve", own).status == 200


def test_a_decision_that_changes_nothing_is_kept_once(comment: dict[str, Any], mo: Caller, mint: TokenMint) -> None:
    for verdict, kept in (("approve", 1), ("hold", 2), ("reject", 3), ("approve", 4)):
        for _ in range(2):
            assert len(decide(mo, verdict, comment).body["decisions"]) == kept
    report(mint, comment, 1)
    for verdict, kept in (("hold", 5), ("reject", 6), ("hold", 7), ("approve", 8)):
        for _ in range(2):
            assert len(decide(mo, verdict, comment).body["decisions"]) == kept


def test_what_is_held_again_after_a_rejection_is_still_reported(
    comment: dict[str, Any], mo: Caller, mint: TokenMint
) -> None:
    report(mint, comment, 1)
    for verdict, waiting in (("reject", []), ("hold", [comment["id"]]), ("approve", []), ("hold", [])):
        decide(mo, verdict, comment)
        assert [each["id"] for each in mo.get("v2/comments?status=reported").body["items"]] == waiting


def test_who_reported_may_do_so_again_once_it_was_approved(
    comment: dict[str, Any], mo: Caller, dana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"v2/comments/{comment['id']}/report"
    for reason in ("spam", "once more"):
        assert dana.post(path, {"reason": reason}).status == 202
    assert [each["reason"] for each in reviewed(mo)[0]["reports"]] == ["spam"]
    decide(mo, "approve", comment)
    assert dana.post(path, {"reason": "it is spam"}).status == 202
    assert [each["reason"] for each in reviewed(mo)[0]["reports"]] == ["it is spam"]
    decide(mo, "approve", comment)
    monkeypatch.setattr(limits, "settings", lambda: settings().model_copy(update={"comment_reports_per_hour": 1}))
    assert code(dana.post(path, {"reason": "yet"})) == (429, "reports_too_many")


def test_who_decided_and_was_erased_is_nobody(comment: dict[str, Any], mo: Caller, mint: TokenMint) -> None:
    decide(mo, "hold", comment)
    decisions_erase(mo.id)
    ada = Caller("ada", mint, roles=("admin",))
    assert [each["decider_id"] for each in reviewed(ada)[0]["decisions"]] == [None]


def test_a_comment_that_is_gone_when_it_is_decided_is_not_found(
    comment: dict[str, Any], mo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("v1", "v2"):
        answer = f"blog_service.discussions.{version}.reviews.discussion_decide"
        monkeypatch.setattr(answer, lambda comment_id, *_: Comment.objects.filter(id=comment_id).delete())
        assert code(decide(mo, "hold", comment, version)) == (404, "comment_not_found")


def test_who_decided_as_a_moderator_is_known_to_moderators_alone(
    comment: dict[str, Any], alice: Caller, mo: Caller
) -> None:
    decide(alice, "hold", comment)
    decide(mo, "hold", comment)
    deciders = [[each["decider_id"] for each in reviewed(person)[0]["decisions"]] for person in (alice, mo)]
    assert deciders == [[str(alice.id), None], [str(alice.id), str(mo.id)]]


def test_words_that_are_gone_are_decided_about_no_more(
    comment: dict[str, Any], bob: Caller, mo: Caller, mint: TokenMint
) -> None:
    report(mint, comment, 1)
    bob.delete(f"v2/comments/{comment['id']}")
    for verdict in ("approve", "hold", "reject"):
        assert code(decide(mo, verdict, comment)) == (404, "comment_not_found")
    assert reviewed(mo, "?status=held,reported,removed") == []


def test_a_comment_that_a_moderator_deleted_is_rejected(comment: dict[str, Any], mo: Caller, alice: Caller) -> None:
    mo.delete(f"v2/comments/{comment['id']}")
    assert [each["verdict"] for each in reviewed(alice, "?status=removed")[0]["decisions"]] == ["rejected"]


def test_comments_of_a_post_are_seen_by_status_by_those_who_decide(
    post: dict[str, Any],
    comment: dict[str, Any],
    *,
    alice: Caller,
    bob: Caller,
    dana: Caller,
    mo: Caller,
    charlie: Caller,
    mint: TokenMint,
) -> None:
    fine = says(bob, "Well said")
    report(mint, comment)
    nested = f"v2/posts/{post['id']}/comments"
    for person in (alice, mo):
        for status, expected in (("held", [comment]), ("visible", [fine]), ("held,visible", [comment, fine])):
            assert ids(person.get(f"{nested}?status={status}").body["items"]) == ids(expected)
            assert ids(person.get(f"{COMMENTS}?status={status}").body["results"]) == ids(expected)
    for person in (bob, dana):
        assert code(person.get(f"{nested}?status=held")) == (403, "not_the_author")
    assert code(charlie.get(f"{COMMENTS}?status=held")) == (401, "token_missing")
    assert code(alice.get(f"{nested}?status=lost")) == (400, "filter_invalid")


def test_comments_on_a_post_that_is_public_no_more_wait_for_its_author_alone(
    comment: dict[str, Any], alice: Caller, mo: Caller, mint: TokenMint
) -> None:
    report(mint, comment)
    alice.post("v1/posts/first-light/unpublish")
    assert (ids(reviewed(alice)), ids(reviewed(mo))) == ([comment["id"]], [])
    assert code(decide(mo, "approve", comment)) == (404, "comment_not_found")


def test_an_authors_approval_answers_no_reports_for_moderators(
    comment: dict[str, Any], alice: Caller, mo: Caller, mint: TokenMint
) -> None:
    readers = [Caller(f"r{number}", mint) for number in range(3)]

    def all_report(*reporters: Caller) -> None:
        for reader in reporters:
            assert reader.post(f"v1/comments/{comment['id']}/report", {"reason": "spam"}).status == 202

    all_report(*readers)
    decide(alice, "approve", comment)
    assert (reviewed(alice), [each["reports_count"] for each in reviewed(mo)]) == ([], [3])
    all_report(*readers[:2])  # they say so again
    assert [(each["reports_count"], each["state"]) for each in reviewed(alice)] == [(2, "visible")]
    all_report(readers[2])
    assert [(each["reports_count"], each["state"]) for each in reviewed(mo)] == [(3, "held")]
    decide(mo, "approve", comment)
    assert reviewed(alice) == reviewed(mo) == []


def test_who_is_reported_does_not_read_why_unless_they_moderate(
    post: dict[str, Any], alice: Caller, mo: Caller, mint: TokenMint
) -> None:
    assert post["slug"] == "first-light"
    own = says(alice)
    report(mint, own, 2)
    assert [(each["reports_count"], each["reports"]) for each in reviewed(alice)] == [(2, [])]
    assert [each["reason"] for each in reviewed(mo)[0]["reports"]] == ["spam 0", "spam 1"]


def test_the_newest_reports_and_decisions_are_shown_and_all_reports_counted(
    comment: dict[str, Any], alice: Caller, bob: Caller, mo: Caller
) -> None:
    other = says(bob, "Another")
    now = timezone.now()
    for each, reports in ((comment, 25), (other, 2)):
        of_comment = Comment.objects.get(id=each["id"])
        Report.objects.bulk_create(
            Report(comment=of_comment, reporter_id=uuid7(), reason=f"{n}", created_at=now - timedelta(seconds=n))
            for n in range(reports)
        )
        Comment.objects.update(reported_at=now)
    for _ in range(11):
        decide(mo, "hold", comment)
        decide(mo, "reject", comment)
    waiting, second = alice.get("v2/comments?status=removed,reported").body["items"]
    assert (waiting["reports_count"], second["reports_count"]) == (25, 2)
    assert [each["reason"] for each in waiting["reports"]] == [f"{n}" for n in reversed(range(20))]
    assert [each["reason"] for each in second["reports"]] == ["1", "0"]
    assert (len(waiting["decisions"]), waiting["decisions"][-1]["verdict"]) == (20, "rejected")


@pytest.mark.parametrize(
    ("who", "query", "index"),
    [
        ("mo", "", ("comment_held", "comment_reported")),
        ("mo", "?status=reported", ("comment_reported",)),
        ("alice", "", ("comment_of_post",)),
        ("alice", "?status=removed,reported", ("comment_of_post",)),
    ],
)
def test_what_waits_is_found_by_an_index(
    who: str,
    query: str,
    index: tuple[str, ...],
    *,
    comment: dict[str, Any],
    alice: Caller,
    mo: Caller,
    bob: Caller,
    mint: TokenMint,
) -> None:
    report(mint, comment)
    loud = bob.writes(title="Loud", published=True)
    row = {"post_id": loud["id"], "author_id": bob.id, "body": "x", "html": "x"}
    said = Comment.objects.bulk_create(Comment(**row) for _ in range(5_000))
    Report.objects.bulk_create(Report(comment=each, reporter_id=uuid7(), reason="x") for each in said)
    Comment.objects.filter(post_id=loud["id"]).update(approved_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as asked:
        found = {"alice": alice, "mo": mo}[who].get(f"v2/comments{query}").body["items"]
    assert ids(found) == [comment["id"]]
    if connection.vendor != "postgresql":  # whose plans are read below
        return
    (listed,) = (each["sql"] for each in asked if '"html"' in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {listed}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on comments_" not in plan, plan
    assert all(name in plan for name in index), plan


def test_a_review_costs_the_same_however_much_waits(
    post: dict[str, Any], bob: Caller, mo: Caller, mint: TokenMint, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        comment = says(bob, f"Offer {number}")
        report(mint, comment)
        decide(mo, "hold", comment)
        if number in (0, 3):
            with django_assert_num_queries(3):
                assert len(mo.get("v2/comments").body["items"]) == number + 1

"""Writing posts in version 2."""

from typing import Any
from uuid import UUID

import pytest
from blog_service.posts.models import Post
from blog_service.testing import Caller, Neighbours
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

POST = {"title": "First light", "body": "# md"}


def writes(caller: Caller, key: str = "k-1", **fields: Any) -> Any:
    return caller.post("v2/posts", POST | fields, Idempotency_Key=key)


def drafts(caller: Caller, **fields: Any) -> dict[str, Any]:
    answer = writes(caller, str(uuid7()), **fields)
    assert answer.status == 201, answer
    body: dict[str, Any] = answer.body
    return body | {"path": f"v2/posts/{answer.body['id']}", "etag": answer.headers["ETag"]}


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.body["errors"]]


def test_a_new_post_is_a_draft_as_it_is_read(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    image = {"media_id": str(media), "caption": "c", "alt": "a"}
    answer = writes(alice, summary="In short", slug="dawn", tags=["t"], images=[image])
    assert (answer.status, answer.body["status"]) == (201, "draft")
    assert answer.headers["Location"] == answer.body["links"]["self"]
    read = alice.get(f"v2/posts/{answer.body['id']}")
    assert (read.body, read.headers["ETag"]) == (answer.body, answer.headers["ETag"])
    assert {name: read.body[name] for name in ("slug", "summary", "tags")} == {
        "slug": "dawn",
        "summary": "In short",
        "tags": ["t"],
    }
    assert {name: read.body["images"][0][name] for name in image} == image


def test_a_key_is_needed_and_makes_one_post(alice: Caller) -> None:
    answer = alice.post("v2/posts", POST)
    assert (answer.status, answer.body["code"]) == (400, "idempotency_key_missing")
    first, again = writes(alice), writes(alice)
    assert (first.body, again.headers["Idempotency-Replayed"]) == (again.body, "true")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = writes(alice, title="Another")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/title"),
        (POST | {"title": 5}, "/title"),
        (POST | {"title": None}, "/title"),
        (POST | {"body": None}, "/body"),
        (POST | {"body": "é" * (512 * 1024 + 1)}, "/body"),
        (POST | {"summary": "s" * 501}, "/summary"),
        (POST | {"slug": "Not a slug"}, "/slug"),
        (POST | {"slug": "a\n"}, None),
        (POST | {"tags": None}, "/tags"),
        (POST | {"tags": ["t"] * 10_000}, "/tags"),
        (POST | {"images": None}, "/images"),
        (POST | {"images": [{"media_id": "x"}]}, "/images/0/media_id"),
        (POST | {"images": [{"media_id": "01900000-0000-7000-8000-0000000000ff"}]}, "/images/0/media_id"),
        (POST | {"published": True}, "/published"),
    ],
)
def test_a_malformed_post_is_refused_by_field(alice: Caller, body: Any, pointer: str | None) -> None:
    answer = alice.post("v2/posts", body, Idempotency_Key="k-1")
    if pointer is None:  # blanks around a word are no part of it
        assert answer.body["slug"] == "a"
        return
    assert (answer.status, answer.body["code"]) == (422, "validation_failed")
    assert pointer in pointers(answer)
    assert not Post.objects.exists()


def test_pictures_of_others_are_refused_by_name(alice: Caller, bob: Caller, neighbours: Neighbours) -> None:
    theirs = neighbours.has_asset(bob)
    assert pointers(writes(alice, images=[{"media_id": str(theirs)}])) == ["/images/0/media_id"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
class TestChanging:
    """What holds for every change under a precondition."""

    def call(self, who: Caller, method: str, path: str, etag: str | None) -> Any:
        body = {"title": "Dawn"} if method == "PATCH" else None
        return who.call(method, path, body, **({"If_Match": etag} if etag else {}))

    def test_it_works(self, alice: Caller, method: str) -> None:
        post = drafts(alice)
        assert self.call(alice, method, post["path"], post["etag"]).status in {200, 204}

    def test_a_change_without_a_precondition_is_428(self, alice: Caller, method: str) -> None:
        post = drafts(alice)
        answer = self.call(alice, method, post["path"], None)
        assert (answer.status, answer.body["code"]) == (428, "precondition_required")

    @pytest.mark.parametrize("etag", ['"2"', '"2-0011223344556677"', 'W/"1"', "1", '"1x"', '""'])
    def test_another_revision_is_412(self, alice: Caller, method: str, etag: str) -> None:
        post = drafts(alice)
        answer = self.call(alice, method, post["path"], etag)
        assert (answer.status, answer.body["code"]) == (412, "precondition_failed")
        assert alice.get(post["path"]).body["title"] == "First light"

    def test_a_stranger_may_not(self, alice: Caller, charlie: Caller, method: str) -> None:
        post = drafts(alice)
        assert self.call(charlie, method, post["path"], post["etag"]).status == 401

    def test_another_author_does_not_even_see_a_draft(self, alice: Caller, bob: Caller, method: str) -> None:
        post = drafts(alice)
        assert self.call(bob, method, post["path"], None).status == 404
        alice.post(f"{post['path']}/transitions", {"to": "published"})
        answer = self.call(bob, method, post["path"], None)
        assert (answer.status, answer.body["code"]) == (403, "not_the_author")

    def test_an_editor_may(self, alice: Caller, dana: Caller, method: str) -> None:
        post = drafts(alice)
        assert self.call(dana, method, post["path"], "*").status in {200, 204}

    def test_a_post_that_is_not_there_is_404(self, alice: Caller, method: str) -> None:
        assert self.call(alice, method, f"v2/posts/{uuid7()}", "*").status == 404


def test_what_only_readers_see_does_not_stand_in_a_writers_way(alice: Caller, neighbours: Neighbours) -> None:
    """The ETag is another as soon as the picture is ready; nobody has written meanwhile."""
    media = neighbours.has_asset(alice, "processing", sequence=1)
    post = drafts(alice, images=[{"media_id": str(media)}])
    Post.objects.get().images.get().asset.__class__.objects.update(status="ready", owner_id=alice.id)
    assert alice.get(post["path"]).headers["ETag"] != post["etag"]
    assert alice.patch(post["path"], {"title": "Dawn"}, If_Match=post["etag"]).status == 200


def test_of_two_editors_the_later_one_hears_of_the_first(alice: Caller, dana: Caller) -> None:
    post = drafts(alice)
    assert dana.patch(post["path"], {"body": "dana's"}, If_Match=post["etag"]).status == 200
    assert alice.patch(post["path"], {"body": "alice's"}, If_Match=post["etag"]).status == 412
    assert alice.get(post["path"]).body["body"] == "dana's"


def test_a_slug_that_is_taken_is_409_and_one_that_was_had_is_not(alice: Caller, bob: Caller) -> None:
    drafts(bob, slug="dawn")
    post = drafts(alice)
    answer = alice.patch(post["path"], {"slug": "dawn"}, If_Match="*")
    assert (answer.status, answer.body["code"]) == (409, "slug_taken")
    assert (writes(alice, slug="dawn").status, Post.objects.count()) == (409, 2)
    for slug in ("dusk", "first-light"):
        assert alice.patch(post["path"], {"slug": slug}, If_Match="*").body["slug"] == slug
    alice.delete(post["path"], If_Match="*")
    assert writes(bob, slug="dusk").status == 409


def test_a_slug_follows_the_title_until_one_is_chosen(alice: Caller) -> None:
    post = drafts(alice)
    assert alice.patch(post["path"], {"title": "Dawn"}, If_Match="*").body["slug"] == "dawn"
    assert alice.patch(post["path"], {"slug": "mine"}, If_Match="*").body["slug"] == "mine"
    assert alice.patch(post["path"], {"title": "Dusk"}, If_Match="*").body["slug"] == "mine"


def test_a_summary_that_is_emptied_is_how_the_body_begins(alice: Caller) -> None:
    post = drafts(alice, summary="In short")
    assert alice.patch(post["path"], {"summary": ""}, If_Match="*").body["summary"] == "md"


CHANGES = {"title": "Dusk", "body": "changed", "summary": "s", "slug": "other", "tags": ["c", "d"], "images": []}
FOLLOWS = {"title": {"slug"}, "body": {"html"}}


@given(names=st.sets(st.sampled_from(sorted(CHANGES))))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_patch_of_any_subset_leaves_the_rest_equal(alice: Caller, neighbours: Neighbours, names: set[str]) -> None:
    image = {"media_id": str(neighbours.has_asset(alice)), "caption": "c", "alt": "a"}
    before = drafts(alice, title=f"Dawn {uuid7()}", summary="first", tags=["a", "b"], images=[image])
    change = {name: CHANGES[name] for name in names} | ({"slug": f"s-{uuid7()}"} if "slug" in names else {})
    after = alice.patch(before["path"], change, If_Match=before["etag"]).body
    different = {name for name in after if before[name] != after[name]}
    follow = set().union(*(FOLLOWS.get(name, set()) for name in names))
    assert names <= different <= names | follow | ({"revision", "updated_at"} if names else set())
    assert all(after[name] == value for name, value in change.items())


def test_mine_shows_the_callers_own_in_every_state_by_cursor(alice: Caller, bob: Caller, charlie: Caller) -> None:
    for number in range(3):
        drafts(alice, title=f"p{number}")
    alice.post("v1/posts/p1/publish")
    drafts(bob)
    seen, cursor = [], ""
    for _ in range(2):
        page = alice.get(f"v2/posts?mine=true&limit=2{cursor}").body
        seen += [(post["slug"], post["status"]) for post in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [("p2", "draft"), ("p1", "published"), ("p0", "draft")]
    assert page["next_cursor"] is None
    assert [post["slug"] for post in alice.get("v2/posts").body["items"]] == ["p1"]
    answer = charlie.get("v2/posts?mine=true")
    assert (answer.status, answer.body["code"]) == (401, "token_missing")
    other = alice.get(f"v2/posts?cursor={alice.get('v2/posts?mine=true&limit=1').body['next_cursor']}")
    assert (other.status, other.body["code"]) == (400, "cursor_invalid")


def test_ids_in_paths_are_ids(alice: Caller) -> None:
    assert alice.patch("v2/posts/first-light", {"title": "t"}, If_Match="*").status == 404
    assert UUID(drafts(alice)["id"])


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"slug": "First Light"}, "/slug", "a-z and 0-9, with single hyphens"),
        ({"authors": []}, "/authors", "Who began the post comes first."),
    ],
)
def test_the_words_about_a_fault_say_what_to_do(alice: Caller, body: dict[str, Any], pointer: str, words: str) -> None:
    post = alice.writes()
    (error,) = alice.patch(f"v2/posts/{post['id']}", body, If_Match="*").body["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]


def test_a_choice_is_named_with_the_others(alice: Caller) -> None:
    post = alice.writes()
    answer = alice.post(f"v2/posts/{post['id']}/transitions", {"to": "gone"})
    (error,) = answer.body["errors"]
    assert error["detail"] == '"gone" is not a valid choice. Say one of: draft, scheduled, published, archived.'


def test_a_body_of_no_type_is_told_which_are_taken(alice: Caller) -> None:
    answer = alice.call("POST", "v2/posts", b"x", Content_Type="")
    assert (answer.status, answer.body["detail"]) == (415, "The body must be application/json, not nothing.")


def test_who_accepts_nothing_that_there_is_is_told_so(charlie: Caller) -> None:
    answer = charlie.get("v2/posts", Accept="text/csv")
    assert (answer.status, answer.body["code"]) == (406, "not_acceptable")
    assert answer.body["detail"].endswith("Leave it out, or say */*.")

"""What a post said before."""

from typing import Any

import pytest
from blog_service.posts.models import PostRevision
from blog_service.posts.services import revisions
from blog_service.testing import Caller, Neighbours
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7


@pytest.fixture
def path(alice: Caller) -> str:
    """A draft of alice's."""
    return f"v2/posts/{alice.writes(tags=['a'])['id']}"


def changes(caller: Caller, path: str, **fields: Any) -> dict[str, Any]:
    answer = caller.patch(path, fields, If_Match="*")
    assert answer.status == 200, answer
    return answer.body  # type: ignore[no-any-return]


def numbers(caller: Caller, path: str, query: str = "") -> list[int]:
    return [item["number"] for item in caller.get(f"{path}/revisions{query}").body["items"]]


def test_a_post_that_was_never_changed_is_its_first_revision(alice: Caller, path: str) -> None:
    post = alice.get(path).body
    first = {"number": 1, "created_at": post["created_at"], "title": "First light"}
    first |= {"author": {"id": str(alice.id), "username": "alice"}}
    assert alice.get(f"{path}/revisions").body == {"items": [first], "next_cursor": None}
    one = alice.get(f"{path}/revisions/1").body
    assert one == first | {"body": "# md", "summary": "", "tags": ["a"]}
    assert alice.post(f"{path}/revisions/1/restore").body == post


def test_every_change_of_words_is_kept_and_no_other(alice: Caller, dana: Caller, path: str) -> None:
    changes(alice, path, title="Dawn")
    alice.post(f"{path}/transitions", {"to": "published"})
    changes(dana, path, body="dana's")
    changes(alice, path)
    items = alice.get(f"{path}/revisions").body["items"]
    assert [(item["number"], item["title"]) for item in items] == [(4, "Dawn"), (2, "Dawn"), (1, "First light")]
    assert items[0]["author"] == {"id": str(dana.id), "username": None}
    assert alice.get(f"{path}/revisions/1").body["created_at"] == alice.get(path).body["created_at"]


def test_restoring_says_again_what_was_said_and_leaves_the_rest(
    alice: Caller, path: str, neighbours: Neighbours
) -> None:
    image = {"media_id": str(neighbours.has_asset(alice))}
    before = changes(alice, path, summary="short", tags=["b", "c"], slug="mine", images=[image])
    changes(alice, path, title="Dusk", body="other", summary="", tags=[])
    answer = alice.post(f"{path}/revisions/2/restore")
    follow = {"revision": 4, "updated_at": answer.body["updated_at"]}
    assert (answer.status, answer.body) == (200, before | follow)
    assert answer.headers["ETag"] == alice.get(path).headers["ETag"]
    assert numbers(alice, path) == [4, 3, 2, 1]


def test_restoring_may_demand_a_revision(alice: Caller, path: str) -> None:
    changes(alice, path, title="Dawn")
    assert alice.post(f"{path}/revisions/1/restore", If_Match='"1"').status == 412
    assert alice.post(f"{path}/revisions/1/restore", If_Match='"2"').body["title"] == "First light"


@pytest.mark.parametrize("number", ["2", "0", str(10**30), "x", "-1"])
def test_a_revision_that_never_was_is_404(alice: Caller, path: str, number: str) -> None:
    assert alice.get(f"{path}/revisions/{number}").status == 404
    assert alice.post(f"{path}/revisions/{number}/restore").status == 404


def test_a_revision_belongs_to_the_post_in_the_path(alice: Caller, path: str) -> None:
    changes(alice, path, title="Dawn")
    other = f"v2/posts/{alice.writes('other')['id']}"
    assert alice.get(f"{other}/revisions/2").status == 404
    assert alice.post(f"{other}/revisions/2/restore").status == 404


def test_what_was_said_before_is_not_for_readers(
    alice: Caller, bob: Caller, charlie: Caller, dana: Caller, path: str
) -> None:
    for expected in (404, 403):
        for tail in ("", "/1"):
            assert charlie.get(f"{path}/revisions{tail}").status == 401
            assert bob.get(f"{path}/revisions{tail}").status == expected
            assert dana.get(f"{path}/revisions{tail}").status == 200
        assert bob.post(f"{path}/revisions/1/restore").status == expected
        alice.post(f"{path}/transitions", {"to": "published"})
    assert alice.get(f"v2/posts/{uuid7()}/revisions").status == 404


def test_revisions_are_walked_by_cursor_in_few_queries(
    alice: Caller, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        changes(alice, path, body=str(number))
    with django_assert_num_queries(2):
        page = alice.get(f"{path}/revisions?limit=4").body
    assert [item["number"] for item in page["items"]] == [6, 5, 4, 3]
    assert numbers(alice, path, f"?cursor={page['next_cursor']}") == [2, 1]
    assert alice.get(f"{path}/revisions?cursor=x").body["code"] == "cursor_invalid"


def test_the_newest_are_kept_and_go_with_the_post(alice: Caller, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "MOST", 3)
    for number in range(5):
        changes(alice, path, body=str(number))
    assert numbers(alice, path) == [6, 5, 4]
    assert alice.get(f"{path}/revisions/1").status == 404
    alice.delete(path, If_Match="*")
    assert not PostRevision.objects.exists()

"""Blog refuses a token that was revoked, with no gateway in front."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from blog_service.testing import Caller
from chassis.django.authentication import revocations
from chassis.events.testing import example
from chassis.testing import TokenMint


@pytest.fixture(autouse=True)
def _nothing_is_revoked() -> Iterator[None]:
    revocations.cache_clear()
    yield
    revocations.cache_clear()


def roles_of(who: Caller, *roles: str) -> None:
    event = example("auth.role.changed.v1")
    revocations().tokens.apply(replace(event, data={"user_id": str(who.id), "roles": list(roles)}))


def test_token_with_a_lost_role_is_refused_everywhere(alice: Caller, bob: Caller) -> None:
    roles_of(alice)
    for answer in (alice.get("v1/posts"), alice.get("v2/posts"), alice.post("v1/posts", {"title": "Late"})):
        assert (answer.status, answer.body["code"]) == (401, "token_revoked")
    assert bob.get("v1/posts").status == 200


def test_editor_reads_and_does_not_write_while_the_list_is_old(
    alice: Caller, dana: Caller, mint: TokenMint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations(), "_begun_at", 0.0)  # and auth has not answered since
    answer = dana.post("v1/posts", {"title": "News"})
    assert (answer.status, answer.body["code"]) == (503, "revocations_unknown")
    assert dana.get("v1/posts").status == 200
    assert alice.post("v1/posts", {"title": "News", "body": "Today."}).status == 201


def test_moderator_removes_no_comment_while_the_list_is_old(
    alice: Caller, bob: Caller, mint: TokenMint, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.writes(published=True)
    paths = [f"v1/comments/{bob.post('v1/posts/first-light/comments', {'body': 'x'}).body['id']}" for _ in range(2)]
    monkeypatch.setattr(revocations(), "_begun_at", 0.0)
    mo = Caller("mo", mint, roles=("moderator",))
    answer = mo.delete(paths[0])
    assert (answer.status, answer.body["code"]) == (503, "revocations_unknown")
    assert mo.post("v1/posts/first-light/comments", {"body": "y"}).status == 201
    assert bob.delete(paths[1]).status == 204

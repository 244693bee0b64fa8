"""RealWorld's dialect at the door: its tokens, its origins, its refusals."""

import httpx
import pytest
from chassis.testing import TokenMint
from gateway_service.testing import ALICE, SCOPE
from gateway_service.testing.fake_upstream import FakeUpstream

ANYWHERE = {"Origin": "https://conduit.example"}
ARTICLES, FEED, POSTS = "/realworld/api/articles", "/realworld/api/articles/feed", "/api/v1/posts"


@pytest.fixture
def token(mint: TokenMint) -> str:
    return mint.access(ALICE, "alice", scope=SCOPE, aud=f"{mint.audience}/realworld")


def test_token_of_the_dialect_is_taken_there_alone(
    stranger: httpx.Client, blog: FakeUpstream, mint: TokenMint, token: str
) -> None:
    assert stranger.get(FEED, headers={"Authorization": f"Token {token}"}).status_code == 200
    assert blog.requests[-1].header("authorization") == f"Token {token}"
    for sent, said in (
        (f"Token {mint.access(ALICE, 'alice', scope=SCOPE)}", "is invalid"),
        (f"Bearer {token}", "is malformed"),
    ):
        answer = stranger.get(FEED, headers={"Authorization": sent})
        assert (answer.status_code, answer.json()) == (401, {"errors": {"token": [said]}})
    for path in (POSTS, "/api/v2/me", "/api/v1/media", "/openapi.json"):
        answer = stranger.get(path, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_audience")


def test_refusals_have_the_shape_of_the_dialect(stranger: httpx.Client) -> None:
    missing = stranger.get(FEED)
    assert (missing.status_code, missing.json()) == (401, {"errors": {"token": ["is missing"]}})
    assert missing.headers["www-authenticate"].startswith("Token error=")
    assert missing.headers["content-type"] == "application/json"
    for path, status in (("/realworld/api/nothing", 404), ("/realworld/api/a//b", 400)):
        answer = stranger.get(path)
        assert (answer.status_code, list(answer.json()["errors"])) == (status, ["body"])
    assert stranger.post(f"{ARTICLES}/x", json={}).status_code == 405
    assert "api-version" not in missing.headers


def test_any_origin_may_read_and_none_with_credentials(stranger: httpx.Client, token: str) -> None:
    for answer in (
        stranger.get(ARTICLES, headers=ANYWHERE),
        stranger.get(FEED, headers=ANYWHERE),
        stranger.options(ARTICLES, headers=ANYWHERE | {"Access-Control-Request-Method": "PUT"}),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    preflight = stranger.options(
        ARTICLES,
        headers=ANYWHERE
        | {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,x-requested-with"},
    )
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert {"authorization", "content-type", "x-requested-with"} <= set(
        preflight.headers["access-control-allow-headers"].lower().split(", ")
    )
    assert "access-control-allow-origin" not in stranger.get(POSTS, headers=ANYWHERE).headers

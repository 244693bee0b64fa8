"""Somebody leaves: their account, posts, pictures and words go from every service, and a receipt says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.api import PASSWORD, Visitor, expect, json_of
from tests.support.erasure import erase
from tests.support.photographs import photograph
from tests.support.platform import Platform


@pytest.fixture
def dora(base_url: str) -> Iterator[Visitor]:
    with Visitor(base_url) as visitor:
        yield visitor.register("dora")


def test_what_an_account_left_anywhere_goes(
    own_platform: Platform, dora: Visitor, alice: Visitor, stranger: Visitor
) -> None:
    picture = json_of(dora.upload(photograph(seed=dora.username)), 201)
    mine = dora.create_post(title=f"By {dora.username}", images=[{"media": picture["id"]}], tags=[dora.username])
    shown = dora.publish(mine["slug"])
    thumb = shown["images"][0]["urls"]["thumb"]
    dora.wait_for_picture(thumb)
    theirs = alice.publish(alice.create_post(title=f"Read by {dora.username}")["slug"])
    expect(dora.http.post(f"/api/v1/posts/{theirs['slug']}/favourite"), 200)
    expect(dora.http.post(f"/api/v1/authors/{alice.username}/follow"), 200)
    expect(dora.http.post(f"/api/v1/posts/{theirs['slug']}/comments", json={"body": "Well said"}), 201)

    password = {"current_password": PASSWORD}
    expect(dora.http.request("DELETE", "/api/v1/auth/users/me", json={"current_password": "wrong"}), 400)
    asked = json_of(dora.http.request("DELETE", "/api/v1/auth/users/me", json=password), 202)
    grace = datetime.fromisoformat(asked["deletes_at"]) - datetime.now(UTC)
    assert timedelta(days=13) < grace <= timedelta(days=14)
    receipt = json_of(dora.http.get("/api/v2/me/deletion"), 200)["receipt_url"]
    assert json_of(stranger.http.get(receipt), 200)["completed_at"] is None

    counts = erase(own_platform, dora.username, receipt)["services"]
    assert counts["blog"].items() >= {"posts_post": 1}.items(), counts
    assert counts["media"].items() >= {"assets": 1}.items(), counts
    expect(stranger.http.get(f"/api/v1/posts/{shown['slug']}"), 404)
    expect(stranger.http.get(thumb), 404)
    expect(stranger.http.get(f"/api/v1/authors/{dora.username}"), 404)
    expect(stranger.http.post("/api/v1/auth/jwt/create", json={"login": dora.username, "password": PASSWORD}), 401)
    expect(dora.http.get("/api/v1/posts?mine=true"), 401)
    left = json_of(alice.http.get(f"/api/v2/posts/{theirs['id']}"), 200)["counts"]
    assert (left["favourites"], left["comments"]) == (0, 0)
    assert dora.username not in stranger.http.get(f"/api/v1/posts/{theirs['slug']}/comments").text


def test_a_log_in_keeps_the_account(dora: Visitor) -> None:
    expect(dora.http.request("DELETE", "/api/v1/auth/users/me", json={"current_password": PASSWORD}), 202)
    dora.log_in()
    expect(dora.http.get("/api/v2/me/deletion"), 404)

"""Two readers meet on front ends of RealWorld's specification, while one of them uses the API as well."""

import uuid
from collections.abc import Iterator
from typing import Any, Self

import httpx
import pytest

from tests.support.api import PASSWORD, Json, Visitor, expect, json_of
from tests.support.waiting import eventually


class Reader:
    """Somebody whose front end knows nothing but the address of the dialect."""

    def __init__(self, base_url: str, name: str) -> None:
        self.http = httpx.Client(base_url=f"{base_url}/realworld/api", timeout=60)
        self.username = f"{name}-{uuid.uuid4().hex[:8]}"
        self.email = f"{self.username}@example.org"

    def __enter__(self) -> Self:
        self.registers()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def registers(self) -> Json:
        sent = {"username": self.username, "email": self.email, "password": PASSWORD}
        return self._takes(self.http.post("/users", json={"user": sent}), 201)

    def logs_in(self) -> Json:
        self.http.headers.pop("Authorization", None)  # a token that has ended is refused on every route
        sent = {"email": self.email, "password": PASSWORD}
        return self._takes(self.http.post("/users/login", json={"user": sent}), 200)

    def posts(self, title: str, **fields: Any) -> Json:
        article = {"title": title, "description": "Ever wonder how?", "body": "Very **carefully**."} | fields
        return dict(json_of(self.http.post("/articles", json={"article": article}), 201)["article"])

    def sees(self, path: str) -> Json:
        return json_of(self.http.get(path), 200)

    def _takes(self, answer: httpx.Response, status: int) -> Json:
        user: Json = json_of(answer, status)["user"]
        self.http.headers["Authorization"] = f"Token {user['token']}"
        return user


@pytest.fixture
def erin(base_url: str) -> Iterator[Reader]:
    with Reader(base_url, "erin") as erin:
        yield erin


@pytest.fixture
def frank(base_url: str) -> Iterator[Reader]:
    with Reader(base_url, "frank") as frank:
        yield frank


def test_readers_write_follow_favour_comment_and_part(erin: Reader, frank: Reader) -> None:
    assert frank.http.post(f"/profiles/{erin.username}/follow").json()["profile"]["following"]
    tag = f"dragons-{erin.username}"
    slug = erin.posts(f"How {erin.username} trains dragons", tagList=[tag])["slug"]
    assert frank.sees("/articles/feed")["articles"][0]["slug"] == slug
    assert [each["slug"] for each in frank.sees(f"/articles?tag={tag}&limit=5")["articles"]] == [slug]
    assert tag in frank.sees("/tags")["tags"]
    assert frank.http.post(f"/articles/{slug}/favorite").json()["article"]["favoritesCount"] == 1
    assert frank.sees(f"/articles?favorited={frank.username}")["articlesCount"] == 1
    comment = json_of(frank.http.post(f"/articles/{slug}/comments", json={"comment": {"body": "Thanks!"}}), 201)
    number = comment["comment"]["id"]
    assert [each["id"] for each in erin.sees(f"/articles/{slug}/comments")["comments"]] == [number]
    expect(frank.http.delete(f"/articles/{slug}/comments/{number}"), 204)
    changed = erin.http.put(f"/articles/{slug}", json={"article": {"body": "Slowly."}}).json()["article"]
    assert (changed["body"], changed["tagList"]) == ("Slowly.", [tag])
    assert expect(frank.http.put(f"/articles/{slug}", json={"article": {"body": "x"}}), 403).json() == {
        "errors": {"article": ["forbidden"]}
    }
    expect(erin.http.delete(f"/articles/{slug}"), 204)
    expect(frank.http.get(f"/articles/{slug}"), 404)


def test_account_changes_reach_what_others_see(erin: Reader, frank: Reader) -> None:
    picture = "https://example.com/erin.jpg"
    sent = {"bio": "Trains dragons", "image": picture}
    assert json_of(erin.http.put("/user", json={"user": sent}), 200)["user"].items() >= sent.items()
    eventually(lambda: frank.sees(f"/profiles/{erin.username}")["profile"].items() >= sent.items())


def test_token_of_a_day_dies_with_a_log_out(erin: Reader, base_url: str) -> None:
    with Visitor(base_url) as visitor:
        visitor.username = erin.username
        visitor.log_in()
        token = erin.http.headers["Authorization"].removeprefix("Token ")
        refused = visitor.http.get("/api/v1/posts", headers={"Authorization": f"Bearer {token}"})
        assert expect(refused, 401).json()["code"] == "token_audience"
        sessions = json_of(visitor.http.get("/api/v1/auth/sessions"), 200)["results"]
        (of_dialect,) = [each for each in sessions if not each["current"]]
        assert status_for(erin) == 200
        expect(visitor.http.delete(f"/api/v1/auth/sessions/{of_dialect['id']}"), 204)
        eventually(lambda: status_for(erin) == 401)
    assert erin.http.get("/articles/feed").json() == {"errors": {"token": ["has been revoked"]}}
    erin.logs_in()
    assert status_for(erin) == 200


def status_for(reader: Reader) -> int:
    return reader.http.get("/articles/feed").status_code

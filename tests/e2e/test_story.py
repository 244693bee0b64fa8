"""Alice publishes a post with a photograph; the story of the whole platform, told at its public door."""

import functools
import io
import uuid

import pytest
from PIL import ExifTags, Image

from tests.support.api import Json, Visitor, expect, json_of
from tests.support.photographs import CAMERA, photograph
from tests.support.platform import Platform
from tests.support.waiting import eventually

SIZES = {"thumb": 320, "medium": 800, "large": 1600}


@pytest.fixture
def draft(alice: Visitor, picture: Json) -> Json:
    return alice.create_post(tags=["dawn", "rivers"], images=[{"media": picture["id"], "caption": "The bend"}])


@pytest.fixture
def post(alice: Visitor, draft: Json) -> Json:
    return alice.publish(draft["slug"])


def test_draft_is_seen_by_its_author_alone(alice: Visitor, bob: Visitor, stranger: Visitor, draft: Json) -> None:
    path = f"/api/v1/posts/{draft['slug']}"
    assert json_of(alice.http.get(path), 200)["published"] is False
    expect(stranger.http.get(path), 404)
    expect(bob.http.get(path), 404)
    expect(bob.http.patch(path, json={"title": "Mine"}), 404)


def test_stranger_reads_the_published_post(alice: Visitor, stranger: Visitor, post: Json) -> None:
    found = json_of(stranger.http.get(f"/api/v1/posts/{post['slug']}"), 200)
    assert found["author"]["username"] == alice.username
    assert found["tags"] == ["dawn", "rivers"]
    assert "<strong>river</strong>" in found["html"]
    newest = json_of(stranger.http.get("/api/v1/posts"), 200)["results"][0]
    assert (newest["slug"], newest["author"]["username"]) == (post["slug"], alice.username)


@pytest.mark.parametrize("size", SIZES)
def test_stranger_sees_the_picture_as_webp_without_its_place(stranger: Visitor, post: Json, size: str) -> None:
    urls = json_of(stranger.http.get(f"/api/v1/posts/{post['slug']}"), 200)["images"][0]["urls"]
    answer = stranger.wait_for_picture(urls[size])
    assert answer.headers["Content-Type"] == "image/webp"
    shown = Image.open(io.BytesIO(answer.content))
    assert max(shown.size) == SIZES[size]
    assert not shown.getexif()
    assert CAMERA.encode() not in answer.content


def test_original_keeps_no_place(alice: Visitor, stranger: Visitor, picture: Json) -> None:
    answer = stranger.wait_for_picture(picture["urls"]["original"])
    shown = Image.open(io.BytesIO(answer.content))
    assert shown.size == (4000, 3000)
    assert not shown.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert CAMERA.encode() not in answer.content


def test_nobody_but_its_author_changes_a_post(alice: Visitor, bob: Visitor, stranger: Visitor, post: Json) -> None:
    path = f"/api/v1/posts/{post['slug']}"
    expect(bob.http.patch(path, json={"title": "Mine"}), 403)
    refused = expect(stranger.http.patch(path, json={"title": "Mine"}), 401)
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert json_of(alice.http.patch(path, json={"title": "Second light"}), 200)["title"] == "Second light"


def test_new_bio_shows_at_the_authors_posts(alice: Visitor, stranger: Visitor, post: Json) -> None:
    bio = f"Walks by the river as {alice.username}."
    expect(alice.http.patch("/api/v1/auth/users/me", json={"profile": {"bio": bio}}), 200)
    eventually(lambda: stranger.http.get(f"/api/v1/posts/{post['slug']}").json()["author"]["bio"] == bio)


def test_request_id_is_in_the_logs_of_all_that_took_part(own_platform: Platform, alice: Visitor) -> None:
    picture = photograph(640, 480, seed=f"traced {alice.username}")
    requests = {
        ("auth-web",): {"method": "GET", "url": "/api/v1/auth/users/me"},
        ("blog-web",): {"method": "POST", "url": "/api/v1/posts", "json": {"title": "Traced", "body": "x"}},
        ("media-web", "media-worker"): {"method": "POST", "url": "/api/v1/media", "files": {"file": picture}},
    }
    for processes, request in requests.items():
        request_id = f"traced-{uuid.uuid4()}"
        answer = alice.http.request(**request, headers={"X-Request-ID": request_id})  # type: ignore[arg-type]
        assert (answer.is_success, answer.headers["X-Request-ID"]) == (True, request_id)
        for process in ("gateway", *processes):
            eventually(functools.partial(own_platform.has_logged, process, request_id))


def test_second_version_shows_the_same_post(stranger: Visitor, post: Json) -> None:
    found = json_of(stranger.http.get(f"/api/v2/posts/{post['id']}"), 200)
    assert (found["status"], found["slug"]) == ("published", post["slug"])
    assert post["id"] in {item["id"] for item in json_of(stranger.http.get("/api/v2/posts"), 200)["items"]}


def test_unpublished_and_deleted_posts_are_gone(alice: Visitor, stranger: Visitor, post: Json) -> None:
    path = f"/api/v1/posts/{post['slug']}"
    expect(alice.http.post(f"{path}/unpublish"), 200)
    expect(stranger.http.get(path), 404)
    expect(alice.http.delete(path), 204)
    expect(alice.http.get(path), 404)

"""Addresses of pictures in answers, feeds and pages, where these have an origin of their own."""

import re
from html import unescape
from uuid import uuid4

import pytest
from blog_service import links
from blog_service.settings import settings
from blog_service.testing import Caller, Neighbours
from blog_service.transfer import importing
from django.test import Client

PICTURES = "https://pictures.example"


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = settings().model_copy(update={"pictures_url": PICTURES})
    for module in (links, importing):
        monkeypatch.setattr(module, "settings", lambda: apart)


def test_pictures_of_a_post_are_there_wherever_they_are_named(alice: Caller, neighbours: Neighbours) -> None:
    media = str(neighbours.has_asset(alice))
    post = alice.writes(
        "First light", body="Light.", images=[{"media": media, "alt": "", "caption": ""}], published=True
    )
    assert set(map(_origin, post["images"][0]["urls"].values())) == {PICTURES}
    paths = (
        "/api/v1/posts/first-light",
        f"/api/v2/posts/{post['id']}",
        "/rss.xml?full=true",
        "/atom.xml?full=true",
        "/feed.json",
    )
    for path in (*paths, "/sitemap.xml?after=", "/posts/first-light", "/realworld/api/articles/first-light"):
        answer = Client().get(path)
        assert answer.status_code == 200, path
        named = re.findall(r"https?://[^\"'<>\s,]+/m/[^\"'<>\s,]+", unescape(answer.content.decode()))
        assert named or path.startswith("/realworld"), path
        assert set(map(_origin, named)) <= {PICTURES}, path


def test_avatars_are_there() -> None:
    assert links.avatar_link(media := uuid4()) == f"{PICTURES}/m/{media}/thumb"


def test_own_pictures_are_known_by_both_addresses() -> None:
    assert f"{PICTURES}/m/1/large.webp".startswith(importing._own_addresses())
    assert f"{settings().public_url}/m/1/large.webp".startswith(importing._own_addresses())
    assert not "https://elsewhere.example/m/1".startswith(importing._own_addresses())


def _origin(url: str) -> str:
    return url.partition("/m/")[0]

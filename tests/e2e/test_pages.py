"""A post as others come upon it: by its words, in a feed, in the sitemap and on pages, all at the public door."""

import re

import httpx
import pytest

from tests.support.api import Json, Visitor, expect, json_of


@pytest.fixture
def post(alice: Visitor) -> Json:
    """One with a word and a tag that no other post has."""
    word = f"w{alice.username.replace('_', '').replace('-', '').replace('.', '')}"
    draft = alice.create_post(title="Found again", body=f"Nobody else says {word}.", tags=[word])
    return alice.publish(draft["slug"])


def page(stranger: Visitor, path: str) -> httpx.Response:
    answer = expect(stranger.http.get(path), 200)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer


def test_stranger_finds_a_post_by_its_words(stranger: Visitor, post: Json) -> None:
    (word,) = post["tags"]
    found = json_of(stranger.http.get("/api/v1/posts", params={"q": f"NOBODY {word}"}), 200)
    assert [each["slug"] for each in found["results"]] == [post["slug"]]
    (hit,) = json_of(stranger.http.get("/api/v2/search", params={"q": word}), 200)["items"]
    assert f"<mark>{word}</mark>" in hit["highlights"]["body"]


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_reader_of_feeds_is_told_once(stranger: Visitor, post: Json, name: str) -> None:
    for path in (f"/{name}", f"/api/v1/{name}"):
        answer = expect(stranger.http.get(path, params={"tag": post["tags"][0]}), 200)
        assert f"/posts/{post['slug']}" in answer.text
        again = {"If-None-Match": answer.headers["ETag"]}
        expect(stranger.http.get(path, params={"tag": post["tags"][0]}, headers=again), 304)


def test_sitemap_leads_to_every_post(stranger: Visitor, post: Json) -> None:
    pages = re.findall(r"<loc>(.*?)</loc>", expect(stranger.http.get("/sitemap.xml"), 200).text)
    assert any(f"/posts/{post['slug']}</loc>" in expect(stranger.http.get(each), 200).text for each in pages)


def test_people_read_posts_on_pages(stranger: Visitor, post: Json) -> None:
    (word,) = post["tags"]
    author = post["author"]["username"]
    shown = page(stranger, f"/posts/{post['slug']}").text
    assert f"Nobody else says {word}." in shown
    for path in ("/posts", f"/posts?q={word}", f"/authors/{author}", f"/tags/{word}"):
        assert f"/posts/{post['slug']}" in page(stranger, path).text
    (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', shown)
    assert "immutable" in expect(stranger.http.get(style), 200).headers["Cache-Control"]


def test_what_is_not_there_is_said_in_the_language_of_who_asks(stranger: Visitor) -> None:
    answer = expect(stranger.http.get("/posts/nowhere", headers={"Accept-Language": "de"}), 404)
    assert "Diese Seite gibt es nicht" in answer.text
    assert answer.headers["Content-Language"] == "de"

"""Feeds and the sitemap, read back by what others read them with."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID
from xml.etree import ElementTree as ET

import feedparser
import pytest
from blog_service.posts.models import Post
from blog_service.testing import Caller, Neighbours
from chassis.testing import TokenMint
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.support.programs import npm_install, program

RSS_PARSER = Path(__file__).with_name("rss_parser")
SITE = "https://news.example.org"
MADE_OF_POSTS = ("api/v1/posts?q=a", "api/v2/search?q=a", "api/v1/archive", "api/v1/archive/{year}")
FEEDS = ("rss.xml", "atom.xml", "feed.json")
SM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
BODY = """A [neighbour](../posts/second), [an anchor](#md), [another host](//e.org/x) and [mail](mailto:a@e.org).

![sea](/pictures/sea.png) [script](javascript:alert(1)) <i>&#1;&#x7f;</i> 1 < 2 & "3"
"""


def get(path: str, **headers: str) -> Any:
    """What somebody gets who has no token."""
    return Client().get(f"/{path}", headers={name.replace("_", "-"): value for name, value in headers.items()})


def entries(path: str) -> list[Any]:
    """The entries as a reader understands them."""
    answer = get(path)
    assert answer.status_code == 200, answer.content
    read = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not read.bozo, read.bozo_exception
    return list(read.entries)


def items(path: str) -> list[dict[str, Any]]:
    return list(json.loads(get(path).content)["items"])


def titles(path: str) -> list[str]:
    return [each["title"] for each in (items(path) if "feed.json" in path else entries(path))]


@pytest.fixture
def post(alice: Caller, neighbours: Neighbours) -> dict[str, Any]:
    """A post with all that is awkward."""
    picture = neighbours.has_asset(alice)
    image = {"media": str(picture), "alt": 'a "b" <c>', "caption": "c & d"}
    title = 'First "light" <b> & co'
    return alice.writes(title, body=BODY, tags=["a & b", "ink"], images=[image], published=True)


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_a_reader_finds_what_was_written(post: dict[str, Any], name: str) -> None:
    (entry,) = entries(name)
    assert entry.title in {post["title"], post["title"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}
    assert entry.link == f"{SITE}/posts/{post['slug']}"
    assert (entry.id, entry.guidislink if name == "rss.xml" else False) == (f"urn:uuid:{post['id']}", False)
    assert entry.author == "alice"
    assert [tag.term for tag in entry.tags] == ["a & b", "ink"]
    published = post["published_at"][:19]
    assert time.strftime("%Y-%m-%dT%H:%M:%S", entry.published_parsed) == published
    assert '1 &lt; 2 &amp; "3"' in entry.summary
    assert "content" not in entry


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_a_whole_text_has_absolute_addresses_of_known_schemes(post: dict[str, Any], name: str) -> None:
    path = f"{name}?full=true"
    html = items(path)[0]["content_html"] if name == "feed.json" else entries(path)[0].content[0].value
    (image,) = post["images"]
    for address in (
        f'href="{SITE}/posts/second"',
        f'href="{SITE}/posts/{post["slug"]}#user-content-md"',
        'href="https://e.org/x"',
        'href="mailto:a@e.org"',
        f'src="{SITE}/pictures/sea.png"',
        f'src="{image["urls"]["large"]}"',
    ):
        assert address in html, html
    assert "javascript" not in html
    assert "\x01" not in html
    if name == "feed.json":  # feedparser writes these in its own way
        assert html.count(' referrerpolicy="no-referrer"') == 2
        assert "<figcaption>c &amp; d</figcaption>" in html


def test_a_feed_that_is_no_permalink_has_its_link_beside_the_guid(post: dict[str, Any]) -> None:
    item = ET.fromstring(get("rss.xml").content).find("channel/item")
    assert item is not None
    assert item.findtext("link") == f"{SITE}/posts/{post['slug']}"
    guid = item.find("guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (f"urn:uuid:{post['id']}", "false")


def test_atom_carries_html_as_text(post: dict[str, Any]) -> None:
    entry = ET.fromstring(get("atom.xml?full=true").content).find("{*}entry")
    assert entry is not None
    assert {entry.find(f"{{*}}{name}").get("type") for name in ("summary", "content")} == {"html"}  # type: ignore[union-attr]


def test_a_json_feed_says_all_of_a_post(post: dict[str, Any]) -> None:
    answer = get("feed.json")
    assert answer.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.content)
    (item,) = feed.pop("items")
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Broadsheet",
        "home_page_url": f"{SITE}/posts",
        "feed_url": f"{SITE}/feed.json",
    }
    assert item == {
        "id": f"urn:uuid:{post['id']}",
        "url": f"{SITE}/posts/{post['slug']}",
        "title": post["title"],
        "content_text": post["excerpt"].replace("\x01", "").strip() or item["content_text"],
        "summary": item["content_text"],
        "image": post["images"][0]["urls"]["large"],
        "date_published": post["published_at"],
        "date_modified": item["date_modified"],
        "authors": [{"name": "alice", "url": f"{SITE}/authors/alice"}],
        "tags": ["a & b", "ink"],
    }


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_has_the_newest_public_posts_of_all_of_an_author_or_of_a_tag(
    alice: Caller, bob: Caller, name: str
) -> None:
    alice.writes("draft", tags=["ink"])
    for number in range(21):
        alice.writes(f"a{number}", tags=["Ink"] if number == 7 else [], published=True)
    bob.writes("b", tags=["ink"], published=True)
    assert titles(name) == ["b", *(f"a{number}" for number in range(20, 1, -1))]
    assert titles(f"{name}?author=BOB") == ["b"]
    assert titles(f"{name}?tag=ink") == ["b", "a7"]
    assert titles(f"{name}?tag=ink&author=alice") == ["a7"]
    assert titles(f"api/v1/{name}?author=bob") == ["b"]


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("author=nobody", 404, "author_not_found"),
        ("tag=none", 404, "tag_not_found"),
        ("q=x", 400, "filter_unknown"),
        ("full=perhaps", 400, "filter_invalid"),
    ],
)
def test_a_feed_that_cannot_be_is_refused(db: None, name: str, query: str, status: int, code: str) -> None:
    answer = get(f"{name}?{query}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (status, code)


@pytest.mark.parametrize("name", [*FEEDS, "sitemap.xml?after="])
def test_a_reader_that_has_it_gets_nothing_again_until_it_changes(alice: Caller, name: str) -> None:
    empty = get(name)
    assert get(name).content == empty.content
    alice.writes("a", published=True)
    first = get(name, Accept="text/html")
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    assert tag != empty.headers["ETag"]
    again = get(name, If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")
    alice.patch("v1/posts/a", {"title": "b", "body": "c"})
    assert get(name, If_None_Match=tag).status_code == 200


@pytest.mark.parametrize("name", [*FEEDS, "sitemap.xml", "api/v1/posts", "api/v2/posts", *MADE_OF_POSTS])
def test_public_answers_say_what_they_are_made_of_and_private_ones_are_not_kept(
    alice: Caller, mint: TokenMint, name: str
) -> None:
    post = alice.writes("a", published=True)
    name = name.format(year=post["published_at"][:4])
    answer = get(name)
    assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=30"
    keys = answer.headers["Surrogate-Key"].split()
    assert keys == (["posts"] if name in {"sitemap.xml", "api/v1/archive"} else ["posts", str(alice.id)])
    known = get(name, Authorization=f"Bearer {alice.token}")
    assert known.status_code == 200
    assert known.headers["Cache-Control"] == "private, no-store"
    assert "Surrogate-Key" not in known.headers


def test_one_post_is_forgotten_with_its_author_and_its_pictures(post: dict[str, Any], alice: Caller) -> None:
    expected = [post["id"], str(alice.id), post["images"][0]["media"]]
    for path in (f"api/v1/posts/{post['slug']}", f"api/v2/posts/{post['id']}"):
        assert get(path).headers["Surrogate-Key"].split() == expected


@pytest.mark.parametrize("name", ["rss.xml?full=true", "sitemap.xml?after="])
def test_a_feed_takes_the_same_queries_however_long_it_is(
    alice: Caller, neighbours: Neighbours, django_assert_num_queries: DjangoAssertNumQueries, name: str
) -> None:
    image = [{"media": str(neighbours.has_asset(alice))}]
    for written, rows in ((0, 1), (1, 15)):
        for number in range(written, rows):
            alice.writes(f"p{number}", tags=["t"], images=image, published=True)
        with django_assert_num_queries(2):
            get(name)


def test_whole_texts_end_where_they_become_too_long(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blog_service.feeds.entries.MOST_CHARACTERS", 50)
    for number in range(3):
        alice.writes(f"p{number}", body="twenty letters, yes.", published=True)
    assert ["content" in entry for entry in entries("rss.xml?full=true")] == [True, False, False]


def places(path: str) -> list[str]:
    return [str(each.text) for each in ET.fromstring(get(path).content).iter(f"{SM}loc")]


def test_the_sitemap_has_every_public_post_once_with_its_pictures(
    post: dict[str, Any], alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blog_service.feeds.sitemap.PER_PAGE", 3)
    for number in range(6):
        alice.writes(f"p{number}", published=True)
    Post.objects.exclude(id=UUID(post["id"])).update(published_at="2026-01-01T00:00:00.000001Z")
    alice.writes("draft")
    pages = [address.removeprefix(f"{SITE}/") for address in places("sitemap.xml")]
    assert len(pages) == 3
    seen = [place for page in pages for place in places(page)]
    assert sorted(seen) == sorted(f"{SITE}/posts/{slug}" for slug in (post["slug"], *(f"p{n}" for n in range(6))))
    assert seen[-1] == f"{SITE}/posts/{post['slug']}"
    last = ET.fromstring(get(pages[-1]).content)
    assert [each.text for each in last.iter(f"{IMAGE}loc")] == [post["images"][0]["urls"]["large"]]


@pytest.mark.parametrize(
    "after", ["x", "_", "2026-01-01T00:00:00_", "2026-01-01_0", f"2026-01-01T00:00:00_{UUID(int=1)}", "a" * 300]
)
def test_a_place_that_no_index_names_is_refused(db: None, after: str) -> None:
    answer = get(f"sitemap.xml?after={quote(after)}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "filter_invalid")


@pytest.mark.parametrize(("posts", "pages"), [(0, 1), (2, 1), (3, 1), (4, 2)])
def test_an_index_has_no_page_too_many(alice: Caller, monkeypatch: pytest.MonkeyPatch, posts: int, pages: int) -> None:
    monkeypatch.setattr("blog_service.feeds.sitemap.PER_PAGE", 3)
    for number in range(posts):
        alice.writes(f"p{number}", published=True)
    assert len(places("sitemap.xml")) == pages


@pytest.fixture(scope="session")
def rss_parser() -> list[str]:
    """The command that reads a feed as a front end in JavaScript would."""
    npm_install(RSS_PARSER, RSS_PARSER)
    return [program("node", "nodejs"), str(RSS_PARSER / "read.js")]


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_a_front_end_reads_the_same(post: dict[str, Any], rss_parser: list[str], name: str) -> None:
    told = subprocess.run(rss_parser, input=get(f"{name}?full=true").content, capture_output=True, check=True).stdout
    (item,) = json.loads(told)["items"]
    assert (item["title"], item["link"]) == (post["title"], f"{SITE}/posts/{post['slug']}")
    assert item["guid" if name == "rss.xml" else "id"] == f"urn:uuid:{post['id']}"
    whole = item["content:encoded" if name == "rss.xml" else "content"]
    assert whole == items("feed.json?full=true")[0]["content_html"]
    assert whole.index("neighbour") < whole.index("an anchor") < whole.index("another host") < whole.index("mail")

"""Pages for people, read as a browser, a search engine and an attacker read them."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from blog_service.links import tag_page_link
from blog_service.media_refs.models import Asset
from blog_service.pages.phrases import PHRASES
from blog_service.posts import selectors
from blog_service.posts.models import Post
from blog_service.testing import Caller, Neighbours
from chassis.testing import TokenMint
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

SITE = "https://news.example.org"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http:; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
WICKED = '</script><script>alert("1")</script><img src=x onerror=alert(1)>'


def get(path: str, **headers: str) -> Any:
    client = Client(raise_request_exception=False)
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def page(path: str, status: int = 200, **headers: str) -> str:
    answer = get(path, **headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8"), answer.content
    return str(answer.content.decode())


def meta(html: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html)
    return {name: unescape(value) for name, value in found}


def linked_data(html: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return dict(json.loads(text))


def headings(html: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'<h2 dir="auto"><a href="[^"]+">(.*?)</a></h2>', html)]


@pytest.fixture
def post(alice: Caller, neighbours: Neighbours) -> dict[str, Any]:
    image = {"media": str(neighbours.has_asset(alice)), "alt": 'a "hill"', "caption": "c & d"}
    body = "# Morning\n\nIt was [light](../posts/second). ![far](https://elsewhere.example/far.png)"
    return alice.writes("First light", body=body, tags=["ink", "a/b"], images=[image], published=True)


def test_a_post_has_a_page_with_all_that_others_read_of_it(post: dict[str, Any]) -> None:
    html = page("/posts/first-light")
    large = post["images"][0]["urls"]["large"]
    assert "<title>First light · Broadsheet</title>" in html
    assert '<h1 dir="auto">First light</h1>' in html
    assert f'<link rel="canonical" href="{SITE}/posts/first-light">' in html
    shown = meta(html)
    assert (shown["og:type"], shown["og:title"], shown["og:image"], shown["og:image:alt"]) == (
        "article",
        "First light",
        large,
        'a "hill"',
    )
    assert shown["og:url"] == f"{SITE}/posts/first-light"
    assert shown["description"] == shown["og:description"] == post["excerpt"]
    data = linked_data(html)
    assert (data["@type"], data["headline"], data["image"], data["keywords"]) == (
        "BlogPosting",
        "First light",
        [large],
        ["ink", "a/b"],
    )
    assert data["author"] == [{"@type": "Person", "name": "alice", "url": f"{SITE}/authors/alice"}]
    assert (data["datePublished"], data["mainEntityOfPage"]) == (post["published_at"], f"{SITE}/posts/first-light")
    for kind in ("rss+xml", "atom+xml", "feed+json"):
        assert f'<link rel="alternate" type="application/{kind}"' in html


def test_pictures_come_in_the_size_that_is_needed(post: dict[str, Any]) -> None:
    urls = post["images"][0]["urls"]
    srcset = f'srcset="{urls["thumb"]} 320w, {urls["medium"]} 800w, {urls["large"]} 1600w" width="1600" height="1200"'
    for path in ("/posts/first-light", "/posts", "/authors/alice", "/tags/ink"):
        assert srcset in page(path)
    html = page("/posts/first-light")
    assert 'alt="a &quot;hill&quot;"' in html
    assert "c &amp; d" in html


@pytest.mark.parametrize(
    ("size", "widths", "kept"),
    [
        ((4000, 3000), [320, 800, 1600], True),
        ((3000, 4000), [240, 600, 1200], True),
        ((600, 300), [320, 600], True),
        ((100, 50), [100], True),
        ((1, 1000), [1], True),
        ((None, None), [320, 800, 1600], False),
    ],
)
def test_a_picture_is_offered_in_the_widths_it_has_and_its_place_is_kept(
    post: dict[str, Any], size: tuple[int | None, int | None], widths: list[int], kept: bool
) -> None:
    width, height = size
    Asset.objects.update(width=width, height=height)
    (image,) = re.findall(r'<img [^>]*fetchpriority="high"[^>]*>', page(f"/posts/{post['slug']}"))
    assert [int(wide) for wide in re.findall(r" (\d+)w", image)] == widths
    assert (f' width="{width}" height="{height}"' in image) is kept


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"alt": "A hill"}, None),
        ({"alt": "", "caption": "At dawn"}, "At dawn"),
        ({"alt": ""}, PHRASES["en"]["picture"]),
    ],
)
def test_who_cannot_see_a_picture_hears_what_it_leads_to(
    alice: Caller, neighbours: Neighbours, said: dict[str, str], name: str | None
) -> None:
    image = {"media": str(neighbours.has_asset(alice)), **said}
    slug = alice.writes("First light", images=[image], published=True)["slug"]
    (link,) = re.findall(r'<figure class="picture">\s*<a ([^>]*)>', page(f"/posts/{slug}"))
    assert re.findall('aria-label="(.*)"', link) == ([name] if name else [])


def test_a_picture_that_the_text_shows_is_not_shown_above_it_as_well(alice: Caller, neighbours: Neighbours) -> None:
    cover, other = (str(neighbours.has_asset(alice)) for _ in range(2))
    images = [{"media": cover, "alt": "A boat"}, {"media": other, "alt": "A pier"}]
    body = f"At dawn\n\n![A boat]({SITE}/m/{cover}/large.webp)\n\nthey come."
    post = alice.writes("Boats", body=body, images=images, published=True)
    html = page("/posts/boats")
    assert re.findall(r'<img [^>]*alt="([^"]+)"', html) == ["A pier", "A boat"]
    large = [image["urls"]["large"] for image in post["images"]]
    assert (meta(html)["og:image"], linked_data(html)["image"]) == (large[0], large)
    assert cover in page("/posts")


@pytest.mark.parametrize("path", ["/authors/bob", "/rss.xml?author=bob"])
def test_what_is_said_of_an_author_without_posts_is_forgotten_with_the_author(bob: Caller, path: str) -> None:
    bob.writes("A draft")
    assert get(path).headers["Surrogate-Key"].split() == ["posts", str(bob.id)]


def test_lists_say_what_they_are_of(post: dict[str, Any]) -> None:
    described = {
        path: meta(page(path))["description"] for path in ("/posts", "/authors/alice", "/tags/ink", "/posts?q=light")
    }
    assert described == {
        "/posts": "Latest · Broadsheet",
        "/authors/alice": "Posts by alice · Broadsheet",
        "/tags/ink": "Tagged ink · Broadsheet",
        "/posts?q=light": "Results for light · Broadsheet",
    }


def test_pictures_of_elsewhere_are_asked_for_without_saying_from_where(post: dict[str, Any]) -> None:
    answer = get("/posts/first-light")
    assert '<img src="https://elsewhere.example/far.png" alt="far" referrerpolicy="no-referrer">' in str(
        answer.content.decode()
    )
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/posts/first-light", "/posts", "/authors/alice", "/tags/ink", "/posts/none"])
def test_a_page_runs_nothing_and_loads_nothing_that_is_written_into_it(post: dict[str, Any], path: str) -> None:
    answer = get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    html = answer.content.decode()
    assert not re.search(r"<script(?! type=\"application/ld\+json\")|<style|\sstyle=|\son\w+=|javascript:", html)


def test_nothing_that_anybody_writes_becomes_part_of_a_page(alice: Caller, neighbours: Neighbours) -> None:
    image = {"media": str(neighbours.has_asset(alice)), "alt": WICKED, "caption": WICKED}
    body = f"{WICKED} [x](javascript:alert(1)) <a href=x style=color:red onclick=alert(1)>y</a>"
    post = alice.writes(WICKED, body=body, tags=[WICKED[:50]], images=[image], published=True)
    for path in (f"/posts/{post['slug']}", "/posts", "/authors/alice", "/posts?q=alert", f"/posts?q={quote(WICKED)}"):
        html = page(path)
        outside = re.sub(r'<script type="application/ld\+json">.*?</script>', "", html, flags=re.DOTALL)
        assert "<script" not in outside
        assert "onerror=alert(1)>" not in outside
        assert "javascript" not in outside
    html = page(f"/posts/{post['slug']}")
    assert linked_data(html)["headline"] == WICKED
    assert html.count("</script>") == 1
    assert meta(html)["og:title"] == WICKED


def test_only_public_posts_have_a_page(alice: Caller, mint: TokenMint) -> None:
    alice.writes("secret", tags=["hidden"])
    for headers in ({}, {"Authorization": f"Bearer {alice.token}"}):
        assert "secret" not in page("/posts/secret", 404, **headers)
    for path in ("/posts", "/authors/alice", "/tags/hidden", "/posts?q=secret"):
        assert headings(page(path)) == []


def test_an_old_address_leads_to_the_present_one(post: dict[str, Any], alice: Caller) -> None:
    alice.patch("v1/posts/first-light", {"title": "Second light"})
    moved = get("/posts/first-light")
    assert (moved.status_code, moved.headers["Location"]) == (308, f"{SITE}/posts/second-light")
    assert "public" in moved.headers["Cache-Control"]


def test_lists_lead_to_older_posts_and_back(alice: Caller) -> None:
    for number in range(25):
        alice.writes(f"p{number}", tags=["ink"], published=True)
    for path in ("/posts", "/authors/alice", "/tags/ink"):
        first = page(f"{path}?utm_source=somewhere")
        assert headings(first) == [f"p{number}" for number in range(24, 4, -1)]
        assert 'name="robots"' not in first
        (older,) = re.findall(r'<a rel="next" href="([^"]+)">', first)
        assert older.startswith(f"{SITE}{path}?cursor=")
        second = page(unescape(older.removeprefix(SITE)))
        assert headings(second) == [f"p{number}" for number in range(4, -1, -1)]
        assert meta(second)["robots"] == "noindex"
        assert f'<a href="{SITE}{path}">' in second
        assert 'rel="next"' not in second


@pytest.mark.parametrize("name", ["a/b", "ink"])
def test_posts_of_a_tag_that_is_asked_for_lead_to_older_ones(alice: Caller, name: str) -> None:
    for number in range(21):
        alice.writes(f"p{number}", tags=[name], published=True)
    (older,) = re.findall(r'<a rel="next" href="([^"]+)">', page(f"/posts?tag={quote(name, safe='')}"))
    assert headings(page(unescape(older.removeprefix(SITE)))) == ["p0"]


def test_an_author_and_a_tag_have_pages_with_their_posts_and_feeds(alice: Caller, bob: Caller) -> None:
    alice.writes("of alice", tags=["Ink"], published=True)
    bob.writes("of bob", published=True)
    html = page("/authors/ALICE")
    assert (headings(html), meta(html)["og:type"]) == (["of alice"], "profile")
    assert f'href="{SITE}/rss.xml?author=alice"' in html
    assert f'<link rel="canonical" href="{SITE}/authors/alice">' in html
    html = page("/tags/ink")
    assert headings(html) == ["of alice"]
    assert f'href="{SITE}/atom.xml?tag=Ink"' in html
    assert f'<link rel="canonical" href="{SITE}/tags/Ink">' in html


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("node.js", "/tags/node.js"),
        ("Äpfel & Birnen", "/tags/%C3%84pfel%20%26%20Birnen"),
        ("a/b", "/posts?tag=a%2Fb"),
        ("100%", "/posts?tag=100%25"),
        ("..", "/posts?tag=.."),
        ("a;b", "/posts?tag=a%3Bb"),
    ],
)
def test_every_tag_has_an_address_that_the_gateway_takes(alice: Caller, name: str, link: str) -> None:
    alice.writes("a", tags=[name], published=True)
    assert tag_page_link(name) == SITE + link
    assert headings(page(link)) == ["a"]


def test_what_was_looked_for_is_marked(post: dict[str, Any]) -> None:
    html = page("/posts?q=LIGHT")
    assert "First <mark>light</mark>" in html
    assert 'value="LIGHT"' in html
    assert meta(html)["robots"] == "noindex"
    assert PHRASES["en"]["nothing_found"] in page("/posts?q=nowhere")
    assert headings(page("/posts?q=%20")) == ["First light"]


def test_what_was_found_goes_on_over_pages(alice: Caller) -> None:
    for number in range(25):
        alice.writes(f"ink {number}", tags=["odd"] * (number % 2), published=True)
    first = page("/posts?q=ink&utm_source=somewhere")
    (more,) = re.findall(r'<a rel="next" href="([^"]+)">', first)
    second = page(unescape(more.removeprefix(SITE)))
    found = [re.sub("</?mark>", "", heading) for heading in headings(first) + headings(second)]
    assert sorted(found) == sorted(f"ink {number}" for number in range(25))
    assert 'rel="next"' not in second
    assert 'value="ink"' in second
    assert "utm_source" not in second + more
    assert PHRASES["en"]["bad_request"] in page("/posts?q=paper&cursor=" + more.partition("cursor=")[2], 400)
    assert len(headings(page("/posts?q=ink&tag=odd"))) == 12


def test_how_many_like_and_discuss_a_post_is_said_of_it(post: dict[str, Any], bob: Caller) -> None:
    paths = ("/posts/first-light", "/posts", "/authors/alice", "/tags/ink", "/posts?q=light")
    for path in paths:
        assert not re.search("comment|favourite", page(path))
    bob.post("v1/posts/first-light/favourite")
    for _ in range(2):
        bob.post("v1/posts/first-light/comments", {"body": "Well said."})
    for path in paths:
        html = page(path)
        assert " 1 favourite <" in html
        assert " 2 comments</p>" in html
    assert "2 Kommentare" in page("/posts", Accept_Language="de")


def test_a_page_is_in_the_language_of_its_reader(post: dict[str, Any]) -> None:
    Post.objects.update(published_at="2026-03-01T12:00:00Z")
    german = get("/posts/first-light", Accept_Language="de-AT,en;q=0.5")
    assert german.headers["Content-Language"] == "de"
    assert "Accept-Language" in german.headers["Vary"]
    assert '<html lang="de">' in german.content.decode()
    assert "1. März 2026" in german.content.decode()
    assert "1 March 2026" in page("/posts/first-light", Accept_Language="tlh")
    assert PHRASES.keys() == {"de", "en"}
    assert PHRASES["de"].keys() == PHRASES["en"].keys()


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/posts/none", 404, "not_found"),
        ("/posts/no%20slug", 404, "not_found"),
        ("/posts/a/b", 404, "not_found"),
        ("/authors/x", 404, "not_found"),
        ("/authors/nobody", 404, "not_found"),
        ("/tags/none", 404, "not_found"),
        ("/posts?cursor=x", 400, "bad_request"),
        ("/posts?q=" + "x" * 300, 400, "bad_request"),
        ("/posts?q=" + "+".join(f"w{number}" for number in range(17)), 400, "bad_request"),
        ("/posts?tag=a%00", 400, "bad_request"),
        ("/tags/a%00", 404, "not_found"),
        ("/posts/a%00", 404, "not_found"),
    ],
)
def test_what_cannot_be_shown_is_said_in_words(
    db: None, neighbours: Neighbours, path: str, status: int, says: str
) -> None:
    html = page(path, status, Accept_Language="de")
    assert f"<h1>{PHRASES['de'][says]}</h1>" in html
    assert PHRASES["de"][f"{says}_why"] in html
    assert get(path).headers["Cache-Control"] == "private, no-store"


def test_an_error_is_told_to_people_on_pages_and_to_programs_elsewhere(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise OperationalError("ours")

    monkeypatch.setattr(selectors, "_add_images", broken)
    monkeypatch.setattr(selectors, "_visible", broken)
    assert PHRASES["en"]["unavailable"] in page("/posts/a", 500)
    assert get("/api/v1/posts/a").headers["Content-Type"] == "application/json"


def test_auth_away_is_a_page_too(db: None, neighbours: Neighbours) -> None:
    neighbours.away = True
    assert PHRASES["en"]["unavailable"] in page(f"/authors/n{uuid4().hex[:20]}", 503)


@pytest.mark.parametrize("path", ["/posts/first-light", "/posts", "/authors/alice", "/tags/ink"])
def test_caches_keep_pages_for_strangers_alone(post: dict[str, Any], alice: Caller, mint: TokenMint, path: str) -> None:
    answer = get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=30"
    assert str(alice.id) in answer.headers["Surrogate-Key"].split()
    assert "Cookie" not in answer.headers["Vary"]
    assert get(path, If_None_Match=answer.headers["ETag"]).status_code == 304
    known = get(path, Cookie="session=1")
    assert (known.headers["Cache-Control"], "Surrogate-Key" in known.headers) == ("private, no-store", False)


def test_the_stylesheet_is_kept_for_good_until_there_is_another(db: None) -> None:
    (link,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page("/posts"))
    answer = get(link.removeprefix(SITE))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in get("/style/pages-of-before.css").headers["Cache-Control"]


@pytest.mark.parametrize(("path", "queries"), [("/posts", 2), ("/posts/p0", 2), ("/tags/t", 4)])
def test_a_page_takes_the_same_queries_however_much_is_on_it(
    alice: Caller, neighbours: Neighbours, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    image = [{"media": str(neighbours.has_asset(alice))}]
    for written, rows in ((0, 1), (1, 15)):
        for number in range(written, rows):
            alice.writes(f"p{number}", tags=["t", f"t{number}"], images=image, published=True)
        with django_assert_num_queries(queries):
            page(path)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_only_read(db: None, method: str) -> None:
    assert Client().generic(method, "/posts").status_code == 405

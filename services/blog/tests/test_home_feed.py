"""The home feed: what those one follows have published, and nothing else."""

import pytest
from blog_service.home_feed import selectors, services
from blog_service.home_feed.models import Entry, HomeFeed, Spreading
from blog_service.home_feed.services import home_feed_erase
from blog_service.home_feed.tasks import home_feed_spread, home_feed_trim
from blog_service.profiles import services as profiles
from blog_service.testing import Caller
from chassis.testing import TokenMint
from pytest_django import DjangoAssertNumQueries

FEED = "v1/feed"


def feed(reader: Caller) -> list[str]:
    """The slugs in a home feed, the same in both versions."""
    page, items = reader.get(f"{FEED}?page_size=100"), reader.get("v2/feed?limit=100").body["items"]
    assert page.body["count"] == len(page.body["results"])
    slugs = [post["slug"] for post in page.body["results"]]
    assert [post["slug"] for post in items] == slugs
    return slugs


@pytest.fixture
def follow(alice: Caller, bob: Caller) -> None:
    """Bob follows Alice, who has written nothing yet."""
    alice.writes("draft")
    assert bob.post("v1/authors/alice/follow").status == 200


def test_a_feed_has_what_those_one_follows_publish_newest_first(
    follow: None, alice: Caller, bob: Caller, dana: Caller
) -> None:
    alice.writes("a", published=True)
    dana.writes("of nobody", published=True)
    alice.writes("b")
    alice.post("v1/posts/b/publish")
    assert feed(bob) == ["b", "a"]
    assert feed(alice) == []


def test_what_was_published_before_comes_with_the_follow_and_goes_with_it(
    alice: Caller, bob: Caller, dana: Caller
) -> None:
    for number in range(3):
        alice.writes(f"a{number}", published=True)
        dana.writes(f"d{number}", published=True)
    alice.writes("draft")
    for name in ("alice", "dana"):
        bob.post(f"v1/authors/{name}/follow")
    assert feed(bob) == ["d2", "a2", "d1", "a1", "d0", "a0"]
    bob.delete("v1/authors/alice/follow")
    assert feed(bob) == ["d2", "d1", "d0"]


def test_a_post_that_is_public_no_more_leaves_the_feed(follow: None, alice: Caller, bob: Caller) -> None:
    for title in ("a", "b", "c", "d"):
        alice.writes(title, published=True)
    alice.post("v1/posts/a/unpublish")
    alice.delete("v1/posts/b")
    post_id = alice.get("v1/posts/c").body["id"]
    alice.post(f"v2/posts/{post_id}/transitions", {"to": "archived"})
    assert feed(bob) == ["d"]
    alice.post("v1/posts/a/publish")
    assert feed(bob) == ["a", "d"]


def test_a_change_of_words_leaves_a_post_in_its_place(follow: None, alice: Caller, bob: Caller) -> None:
    for title in ("a", "b"):
        alice.writes(title, published=True)
    alice.patch("v1/posts/a", {"body": "new"})
    assert feed(bob) == ["b", "a"]


def test_a_feed_is_private_and_needs_a_token(follow: None, bob: Caller, charlie: Caller) -> None:
    for path in (FEED, "v2/feed"):
        assert bob.get(path).headers["Cache-Control"] == "private, no-store"
        assert charlie.get(path).body["code"] == "token_missing"


@pytest.mark.parametrize("query", ["page=0", "page=x", "author=alice", "limit=3"])
def test_a_feed_has_no_filters(bob: Caller, query: str) -> None:
    assert bob.get(f"{FEED}?{query}").status == 400


def test_pages_of_a_feed(follow: None, alice: Caller, bob: Caller) -> None:
    for number in range(5):
        alice.writes(f"p{number}", published=True)
    page = bob.get(f"{FEED}?page=3&page_size=2").body
    assert ([post["slug"] for post in page["results"]], page["count"], page["next"]) == (["p0"], 5, None)
    assert bob.get(f"{FEED}?page=4&page_size=2").body["code"] == "page_not_found"
    seen, query = [], "limit=2"
    while query:
        answer = bob.get(f"v2/feed?{query}").body
        seen += [post["slug"] for post in answer["items"]]
        query = answer["next_cursor"] and f"limit=2&cursor={answer['next_cursor']}"
    assert seen == ["p4", "p3", "p2", "p1", "p0"]
    assert bob.get("v2/feed?cursor=x").body["code"] == "cursor_invalid"


def test_a_feed_takes_the_same_queries_however_long_it_is(
    follow: None, alice: Caller, bob: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for written, rows in ((0, 1), (1, 50)):
        for number in range(written, rows):
            alice.writes(f"p{number}", published=True)
        for path, queries in ((f"{FEED}?page_size=100", 4), ("v2/feed?limit=100", 3)):
            with django_assert_num_queries(queries):
                assert bob.get(path).status == 200


@pytest.fixture
def readers(alice: Caller, mint: TokenMint, monkeypatch: pytest.MonkeyPatch) -> list[Caller]:
    """Seven followers of Alice, who get her posts two at a time."""
    monkeypatch.setattr(services, "AT_ONCE", 2)
    alice.writes("draft")
    readers = [Caller(f"reader{number}", mint, roles=("reader",)) for number in range(7)]
    for reader in readers:
        assert reader.post("v1/authors/alice/follow").status == 200
    return readers


def test_many_followers_get_a_post_one_after_the_other(alice: Caller, readers: list[Caller]) -> None:
    alice.writes("a", published=True)
    assert [feed(reader) for reader in readers] == [["a"]] * 2 + [[]] * 5
    home_feed_spread()
    assert [feed(reader) for reader in readers] == [["a"]] * 7
    assert not Spreading.objects.exists()
    home_feed_spread()
    assert Entry.objects.count() == 7


def test_a_post_withdrawn_while_it_spreads_spreads_no_further(alice: Caller, readers: list[Caller]) -> None:
    alice.writes("a", published=True)
    alice.post("v1/posts/a/unpublish")
    home_feed_spread()
    assert not Entry.objects.exists()


def test_who_follows_or_leaves_while_a_post_spreads_has_it_or_has_it_not(
    alice: Caller, bob: Caller, readers: list[Caller]
) -> None:
    alice.writes("a", published=True)
    bob.post("v1/authors/alice/follow")
    for reader in (readers[0], readers[-1]):
        reader.delete("v1/authors/alice/follow")
    home_feed_spread()
    assert [feed(reader) for reader in readers] == [[], *[["a"]] * 5, []]
    assert feed(bob) == ["a"]


def test_a_feed_ends_with_its_newest_posts_and_is_shortened_to_them(
    follow: None, alice: Caller, bob: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (selectors, services, profiles):
        monkeypatch.setattr(module, "MOST", 3)
    for number in range(5):
        alice.writes(f"p{number}", published=True)
    page = bob.get(f"{FEED}?page_size=2&page=2").body
    assert ([post["slug"] for post in page["results"]], page["count"], page["next"]) == (["p2"], 3, None)
    home_feed_trim()
    assert feed(bob) == ["p4", "p3", "p2"]
    bob.delete("v1/authors/alice/follow")
    bob.post("v1/authors/alice/follow")
    assert feed(bob) == ["p4", "p3", "p2"]


def test_an_erased_reader_leaves_no_feed(follow: None, alice: Caller, bob: Caller) -> None:
    alice.writes("a", published=True)
    assert home_feed_erase(bob.id) == 1
    assert not Entry.objects.exists()
    assert not HomeFeed.objects.exists()

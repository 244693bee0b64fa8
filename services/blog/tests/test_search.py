"""Finding posts by their words: in both databases the same, whatever is typed."""
# ruff: noqa: RUF001  letters that look alike

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from blog_service.posts.models import Post
from blog_service.posts.services.searching import posts_make_findable
from blog_service.search import selectors
from blog_service.search.highlighting import LENGTH, highlighted, passage
from blog_service.search.models import Document
from blog_service.search.selectors import FEW, within_time
from blog_service.search.terms import terms_of
from blog_service.testing import Caller
from chassis.problems import Problem
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

CORPUS = {
    "coffee": "A small café by the river, with *crème brûlée* and a naïve menu.",
    "node": "We moved node.js from 18.4 to 20, and wrote to ops@news.example.org about it.",
    "cold": "It was -5 degrees; the C++ talk was well-known, said O'Brien. snake_case too.",
    "walks": "She walked to the sea, and they were walking with us in the evening for the view of it.",
    "strasse": "Die Häuser in der Straße sind nicht alt, und sie werden für den Winter gestrichen.",
    "tokyo": "東京都の天気は良い。ｶﾞﾗｽ",
    "greek": "Η ΟΔΟΣ ΤΗΣ ΘΑΛΑΣΣΑΣ",
    "hindi": "हिन्दी में लिखा",
    "polish": "Łódź to miasto",
    "turkish": "İstanbul ışık",
    "html": "Words<br>broken <b>bo</b>ld and <script>alert('hidden')</script> 5 &lt; 6 &amp; seven",
    "numbers": "½ cup, ² and ﬁne ligatures",
}
FOUND = {
    "cafe": {"coffee"},
    "CAFÉ": {"coffee"},
    "cafe\u0301": {"coffee"},
    "creme brulee": {"coffee"},
    "naive": {"coffee"},
    "node": {"node"},
    "node.js": {"node"},
    "js node": {"node"},
    "18.4": {"node"},
    "ops@news.example.org": {"node"},
    "example": {"node"},
    "-5": {"cold", "html"},
    "5": {"cold", "html"},
    "c++": {"cold"},
    "well known": {"cold"},
    "well-known": {"cold"},
    "o'brien": {"cold"},
    "O’Brien": {"cold"},
    "brien": {"cold"},
    "snake": {"cold"},
    "walk": {"walks"},
    "walks": {"walks"},
    "walking": {"walks"},
    "haus": {"strasse"},
    "hauser": {"strasse"},
    "straße": {"strasse"},
    "STRASSE": set(),
    "strassen": set(),
    "straßen": {"strasse"},
    "東京": {"tokyo"},
    "京都": {"tokyo"},
    "東": {"tokyo"},
    "天気は": {"tokyo"},
    "東天": set(),
    "ガラス": {"tokyo"},
    "οδος": {"greek"},
    "οδοσ": {"greek"},
    "हिन्दी": {"hindi"},
    "हन्दी": set(),
    "lodz": {"polish"},
    "istanbul": {"turkish"},
    "isik": {"turkish"},
    "bold": {"html"},
    "broken": {"html"},
    "wordsbroken": set(),
    "alert": set(),
    "hidden": set(),
    "lt": set(),
    "amp": set(),
    "fine": {"numbers"},
    "cafe river": {"coffee"},
    "cafe walk": set(),
    "cafe cafe": {"coffee"},
    # what is syntax to some database, and a word or nothing here
    '"cafe': {"coffee"},
    "cafe OR walk": set(),
    "NOT cafe": set(),
    "cafe*": {"coffee"},
    "title:cafe": set(),
    "cafe NEAR(river)": set(),
    "(cafe": {"coffee"},
    "cafe & | ! <->": {"coffee"},
    "'cafe'": {"coffee"},
    "cafe:*A": {"coffee"},
    "{cafe} ^": {"coffee"},
    "cafe\\": {"coffee"},
    "%cafe%": {"coffee"},
    "!!! ?": set(),
    "·en": set(),
    "\u200b": set(),
    "🙂": set(),
}


@pytest.fixture
def corpus(alice: Caller) -> None:
    for title, body in CORPUS.items():
        alice.writes(f"t{title}", body=body, published=True)


def found(answer: Any) -> set[str]:
    assert answer.status == 200, answer
    return {post["slug"][1:] for post in answer.body["results"]}


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize("few", [FEW, -1], ids=["collected", "come across"])
def test_the_same_words_find_the_same_posts_in_every_database(
    charlie: Caller, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "FEW", few)
    hits = {asked: found(charlie.get(f"v1/posts?q={quote(asked)}")) for asked in FOUND}
    assert hits == FOUND


def test_postgresql_comes_across_common_words_and_collects_rare_ones(
    alice: Caller, charlie: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        alice.writes(f"Post {number}", body=f"kitchen {('foot', 'hand')[number % 2]} rare{number}", published=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    hits = {"kitchen": 12, "hand": 6, "kitchen hand": 6, "hand foot": 0, "rare5": 1, "kitchen rare5": 1, "nowhere": 0}
    for few in (FEW, 0):
        monkeypatch.setattr(selectors, "FEW", few)
        assert {asked: charlie.get(f"v1/posts?q={quote(asked)}").body["count"] for asked in hits} == hits
    if connection.vendor == "postgresql":
        estimated = {asked: round(selectors._estimated(terms_of(asked))) for asked in hits}
        assert estimated == {**hits, "hand foot": 3}


@pytest.mark.usefixtures("corpus")
def test_whatever_is_typed_is_answered(charlie: Caller) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(min_size=1, max_size=40))
    def holds(asked: str) -> None:
        if "\0" not in asked and asked.strip():
            assert charlie.get(f"v2/search?q={quote(asked, errors='replace')}").status in {200, 400}

    holds()


def test_a_title_counts_more_than_a_tag_and_that_more_than_the_text(alice: Caller, charlie: Caller) -> None:
    filler = "and something about the weather of the day in the north"
    alice.writes("In the text", body=f"ink {filler}", published=True)
    alice.writes("In the tags", body=filler, tags=["ink"], published=True)
    alice.writes("Ink", body=filler, published=True)
    alice.writes("Elsewhere", body=filler, published=True)
    in_rank = [post["slug"] for post in charlie.get("v1/posts?q=ink").body["results"]]
    assert in_rank == ["ink", "in-the-tags", "in-the-text"]
    assert [item["post"]["slug"] for item in charlie.get("v2/search?q=ink").body["items"]] == in_rank
    by_title = charlie.get("v1/posts?q=ink&ordering=title").body
    assert ([post["slug"] for post in by_title["results"]], by_title["count"]) == (
        ["in-the-tags", "in-the-text", "ink"],
        3,
    )


def test_search_follows_every_write(alice: Caller, charlie: Caller) -> None:
    alice.writes("First light", body="morning")
    assert found(charlie.get("v1/posts?q=morning")) == set()
    assert found(alice.get("v1/posts?q=morning&mine=true")) == {"irst-light"}
    alice.post("v1/posts/first-light/publish")
    assert found(charlie.get("v1/posts?q=morning")) == {"irst-light"}
    alice.patch("v1/posts/first-light", {"body": "evening", "tags": ["dusk"]})
    assert found(charlie.get("v1/posts?q=morning")) == set()
    assert found(charlie.get("v1/posts?q=evening+dusk+light")) == {"irst-light"}
    alice.post("v1/posts/first-light/unpublish")
    assert found(charlie.get("v1/posts?q=evening")) == set()
    alice.delete("v1/posts/first-light")
    assert not Document.objects.exists()


def test_what_a_stranger_may_not_read_is_not_found(alice: Caller, bob: Caller, charlie: Caller) -> None:
    alice.writes("secret", body="ink")
    for caller in (bob, charlie):
        assert found(caller.get("v1/posts?q=ink")) == set()
        assert caller.get("v2/posts?q=ink").body["items"] == []
        assert caller.get("v2/search?q=ink").body["items"] == []


def test_search_goes_with_filters_and_pages(alice: Caller, bob: Caller, charlie: Caller) -> None:
    for number in range(5):
        alice.writes(f"ink {number}", tags=["t"], published=True)
    bob.writes("ink of bob", tags=["t"], published=True)
    first = charlie.get("v1/posts?q=ink&author=alice&tag=t&page_size=2").body
    assert (first["count"], len(first["results"])) == (5, 2)
    third = charlie.get("v1/posts?q=ink&author=alice&tag=t&page_size=2&page=3").body
    assert (len(third["results"]), third["next"]) == (1, None)
    assert charlie.get("v1/posts?q=ink&author=alice&page_size=2&page=4").status == 404
    seen, cursor = [], ""
    while cursor is not None:
        page = charlie.get(f"v2/search?q=ink&limit=4{cursor and '&cursor='}{cursor}").body
        seen += [item["post"]["slug"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (len(seen), len(set(seen))) == (6, 6)
    in_v2 = charlie.get("v2/posts?q=ink&author=bob").body["items"]
    assert [post["slug"] for post in in_v2] == ["ink-of-bob"]


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=" + "+".join(f"w{n}" for n in range(17)), "cursor=x&q=a"])
def test_a_search_that_makes_no_sense_is_refused(charlie: Caller, query: str) -> None:
    answer = charlie.get(f"v2/search?{query}")
    assert (answer.status, answer.body["code"]) == (400, "cursor_invalid" if "cursor" in query else "filter_invalid")


def test_highlights_mark_words_in_escaped_text(alice: Caller, charlie: Caller) -> None:
    alice.writes("<b>Cafés</b> & co", body="x < y & the **café** of <i>amp</i>", published=True)
    (post,) = charlie.get("v1/posts?q=cafe").body["results"]
    assert post["highlights"] == {
        "title": "&lt;b&gt;<mark>Cafés</mark>&lt;/b&gt; &amp; co",
        "excerpt": "x &lt; y &amp; the <mark>café</mark> of amp",
    }
    (hit,) = charlie.get("v2/search?q=amp").body["items"]
    assert hit["highlights"]["body"] == "x &lt; y &amp; the café of <mark>amp</mark>"
    assert "highlights" not in charlie.get("v1/posts").body["results"][0]


def test_a_passage_is_around_the_first_hit_and_never_long() -> None:
    text = "lorem ipsum " * 100 + "ink " + "dolor sit " * 100
    shown = passage(text, terms_of("ink"))
    assert "<mark>ink</mark>" in shown
    assert (shown[0], shown[-1]) == ("…", "…")
    assert len(shown) < LENGTH + len("<mark></mark>……")
    assert passage("x" * 1000, terms_of("ink")) == "x" * LENGTH + "…"
    assert passage("short ink", terms_of("ink")) == "short <mark>ink</mark>"


def test_marks_of_scripts_without_spaces_are_one() -> None:
    assert highlighted("東京都の", terms_of("東京都")) == "<mark>東京都</mark>の"


def test_posts_of_before_are_found_once_the_index_is_built(alice: Caller, charlie: Caller) -> None:
    alice.writes("first light", published=True)
    alice.writes("second", body="light", published=True)
    Document.objects.all().delete()
    assert found(charlie.get("v1/posts?q=light")) == set()
    assert sum(posts_make_findable()) == 2
    assert found(charlie.get("v1/posts?q=light")) == {"irst-light", "econd"}
    assert sum(posts_make_findable()) == 0
    Document.objects.update(splitting=0)
    assert sum(posts_make_findable()) == 2


def test_a_megabyte_of_different_words_is_taken(alice: Caller, charlie: Caller) -> None:
    body = " ".join(f"{number:x}ö{number * 7919:x}" for number in range(70_000))[: 1024 * 1024 - 80_000]
    alice.writes("long", body=body, published=True)
    assert found(charlie.get(f"v1/posts?q={quote(body.split()[9])}")) == {"ong"}
    alice.writes("one word", body="é" * 400_000, published=True)
    assert found(charlie.get(f"v1/posts?q={'e' * 150}")) == {"ne-word"}


def test_the_thousand_newest_are_ranked(alice: Caller, charlie: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blog_service.posts.finding.MOST_FOUND", 2)
    for number in range(3):
        alice.writes(f"ink {number}", published=True)
    answer = charlie.get("v1/posts?q=ink").body
    assert (answer["count"], {post["slug"] for post in answer["results"]}) == (2, {"ink-1", "ink-2"})


def test_a_search_that_takes_too_long_ends(db: None) -> None:
    endless = {
        "postgresql": "SELECT pg_sleep(60)",
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    }
    with pytest.raises(Problem) as refused, within_time(0.05), connection.cursor() as cursor:
        cursor.execute(endless[connection.vendor])
    assert (refused.value.status, refused.value.code) == (503, "search_too_slow")
    assert Post.objects.count() == 0


@pytest.mark.parametrize(
    "path", ["v1/posts?q=ink", "v1/posts?q=ink&ordering=title", "v2/search?q=ink", "v2/posts?q=ink"]
)
def test_all_that_a_search_asks_is_within_its_time(
    alice: Caller, charlie: Caller, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    alice.writes("ink", published=True)
    within, outside, bounded = [], [], selectors._BOUNDS[connection.vendor]

    @contextmanager
    def noted(seconds: float) -> Iterator[None]:
        within.append(seconds)
        with bounded(seconds):
            yield
        within.pop()

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.search('FROM "?search_', sql) and not within:
            outside.append(sql)
        return execute(sql, params, many, context)

    monkeypatch.setitem(selectors._BOUNDS, connection.vendor, noted)
    with connection.execute_wrapper(look):
        assert charlie.get(path).status == 200
    assert outside == []


def test_a_search_takes_the_same_queries_however_much_is_found(
    alice: Caller, charlie: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    expected = {"postgresql": 13, "sqlite": 4}[connection.vendor]
    for written, rows in ((0, 1), (1, 20)):
        for number in range(written, rows):
            alice.writes(f"ink {number}", published=True)
        with django_assert_num_queries(expected):
            assert charlie.get("v1/posts?q=ink").body["count"] == rows


def test_an_archive_counts_and_lists_by_month(alice: Caller, charlie: Caller) -> None:
    for title, moment in {
        "a": "2025-12-31T23:59:59Z",
        "b": "2026-01-01T00:00:00Z",
        "c": "2026-01-31T23:59:59Z",
    }.items():
        post = alice.writes(title, published=True)
        Post.objects.filter(id=UUID(post["id"])).update(published_at=moment)
    alice.writes("draft")
    assert charlie.get("v1/archive").body == {
        "results": [{"year": 2026, "month": 1, "count": 2}, {"year": 2025, "month": 12, "count": 1}]
    }
    assert [post["slug"] for post in charlie.get("v1/archive/2026").body["results"]] == ["c", "b"]
    answer = charlie.get("v1/archive/2025/12")
    assert ([post["slug"] for post in answer.body["results"]], answer.body["count"]) == (["a"], 1)
    assert charlie.get("v1/archive/2024").body["results"] == []
    for nowhere in ("0", "10000", f"{10**30}", "2026/13", "2026/0"):
        answer = charlie.get(f"v1/archive/{nowhere}")
        assert (answer.status, answer.body["code"]) == (404, "month_not_found")
    assert charlie.get("v1/archive/2026?colour=red").status == 400

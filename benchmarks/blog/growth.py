"""P8: how long readers wait where there are a million posts, over how long where there are a thousand."""

import json
import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from chassis.lists import CursorPage, Parameter, Query

from benchmarks.blog.serving import Web, webs
from benchmarks.results import Figure

QUESTIONS = {
    "list, v1": "/api/v1/posts",
    "list, v2": "/api/v2/posts?limit=20",
    "page for people": "/posts",
    "detail, v1": "/api/v1/posts/sample-{middle}",
    "detail, v2": "/api/v2/posts/by-slug/sample-{middle}",
    "tag on many posts": "/api/v1/posts?tag=topic+0",
    "tag on a fiftieth": "/api/v2/posts?tag=topic+20",
    "author, v1": "/api/v1/posts?author=author1",
    "author, v2": "/api/v2/posts?author=author1",
    "feed": "/rss.xml",
    "cursor, deep": "/api/v2/posts?limit=20&cursor={deep}",
    "cursor, deepest": "/api/v2/posts?limit=20&cursor={deepest}",
}
SEARCHES = {
    "search, one hit": "/api/v2/search?q={middle}",
    "search, a word of many": "/api/v2/search?q={word}",
    "search, two words": "/api/v1/posts?q={word}+{other}",
}
MOST, MOST_SEARCHING = 1.5, 3
Seconds = Mapping[str, list[float]]


def measure(small: tuple[str, int], large: tuple[str, int], *, quick: bool) -> Iterator[Figure]:
    """Of two databases and how many posts of the sample each has; all is asked in turns."""
    with webs() as start:
        few = _asked(start.blog(small[0], name="few"), small[1])
        many = _asked(start.blog(large[0], name="many"), large[1])
        taken = _turns({"few": few, "many": many}, 10 if quick else 40)
    sizes = f"{large[1]:,} posts over {small[1]:,}"
    for questions, most, what in ((QUESTIONS, MOST, "reading"), (SEARCHES, MOST_SEARCHING, "searching")):
        yield _figure(f"P8-{what}", f"{what}, {sizes}: p50, worst question", taken, list(questions), most)


def _asked(web: Web, posts: int) -> dict[str, tuple[Web, str]]:
    """Every question as it is put where there are so many posts."""
    connection = web.connection()
    values = {"middle": posts // 2, "word": "kitchen", "other": "hand"}
    values |= {name: _cursor(web, posts, share) for name, share in (("deep", 0.5), ("deepest", 0.05))}
    connection.close()
    return {name: (web, path.format(**values)) for name, path in (QUESTIONS | SEARCHES).items()}


def _cursor(web: Web, posts: int, share: float) -> str:
    """A cursor behind which a share of the posts is left, as the list would give it out there."""
    connection = web.connection()
    connection.request("GET", f"/api/v2/posts/by-slug/sample-{int(posts * share)}")
    post = json.loads(connection.getresponse().read())
    connection.close()
    query = Query("/api/v2/posts", [("limit", "20")], [Parameter("limit")])
    page = CursorPage(query, {}, 20, None)
    place = (datetime.fromisoformat(post["published_at"]), UUID(post["id"]))
    _, cursor = page.split([place] * 21, lambda found: found)
    return quote(str(cursor), safe="")


def _turns(asked: Mapping[str, Mapping[str, tuple[Web, str]]], turns: int) -> dict[str, dict[str, float]]:
    """Medians in milliseconds by size and question; the first two turns warm up and are not counted."""
    taken: dict[str, dict[str, list[float]]] = {
        size: {name: [] for name in questions} for size, questions in asked.items()
    }
    connections = {size: next(iter(questions.values()))[0].connection() for size, questions in asked.items()}
    for turn in range(turns + 2):
        for name in QUESTIONS | SEARCHES:
            for size, questions in asked.items():
                began = time.perf_counter()
                connections[size].request("GET", questions[name][1])
                answer = connections[size].getresponse()
                body = answer.read()
                if answer.status != 200:
                    raise AssertionError(f"{questions[name][1]}: {answer.status} {body[:300]!r}")
                if turn > 1:
                    taken[size][name].append(time.perf_counter() - began)
    for connection in connections.values():
        connection.close()
    return {
        size: {name: round(statistics.median(seconds) * 1000, 2) for name, seconds in questions.items()}
        for size, questions in taken.items()
    }


def _figure(key: str, what: str, taken: dict[str, dict[str, float]], names: list[str], most: float) -> Figure:
    ratios = {name: round(taken["many"][name] / taken["few"][name], 2) for name in names}
    worst = max(ratios.values())
    beside: dict[str, float | str] = {}
    for name, ratio in ratios.items():
        beside[name] = f"{ratio} ({taken['few'][name]} → {taken['many'][name]} ms)"
    return Figure(
        id=key,
        what=what,
        value=worst,
        unit="times",
        beside=beside,
        ratio=worst,
    ).at_most(most)

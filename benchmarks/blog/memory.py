"""Whether a worker's memory stays what it is, however many requests it has answered."""

import time
from collections.abc import Iterator, Sequence

from benchmarks.blog.serving import webs
from benchmarks.gateway.load import ask
from benchmarks.results import Figure

CLIENTS = 4
PATHS = ("/api/v1/posts", "/api/v2/posts", "/posts", "/rss.xml", "/api/v1/tags", "/posts/{slug}")
PATHS_OF_ONE = ("/api/v1/posts/{slug}", "/api/v2/posts/by-slug/{slug}", "/api/v1/authors/author{number}")
MOST = 1.05
SECONDS = 240
"""After which no more is asked, however much there was to be."""


def measure(database_url: str, slugs: Sequence[str], *, quick: bool) -> Iterator[Figure]:
    """After a tenth of the requests, when everything has been used once, and after ten times as many."""
    first = 200 if quick else 10_000
    with webs() as start:
        blog = start.blog(database_url, settings={"LOG_LEVEL": "ERROR"})
        some = _requests(slugs, first)
        ends = time.monotonic() + SECONDS
        ask(blog.port, some, CLIENTS)
        before, asked = blog.memory_megabytes(), first
        while asked < 10 * first and time.monotonic() < ends:
            ask(blog.port, some, CLIENTS)
            asked += first
        after = blog.memory_megabytes()
    ratio = round(after / before, 3)
    yield Figure(
        id="memory",
        what=f"a web worker's memory after {asked:,} requests, over that after {first:,}",
        value=ratio,
        unit="times",
        beside={"MB before": round(before, 1), "MB after": round(after, 1)},
        ratio=ratio,
    ).at_most(MOST)


def _requests(slugs: Sequence[str], number: int) -> list[bytes]:
    """Mostly single posts and authors, each time another; a list, a page or a feed now and then."""
    paths = (PATHS[n // 10 % len(PATHS)] if n % 10 == 0 else PATHS_OF_ONE[n % len(PATHS_OF_ONE)] for n in range(number))
    asked = (path.format(slug=slugs[n % len(slugs)], number=n % 20) for n, path in enumerate(paths))
    return [f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".encode() for path in asked]

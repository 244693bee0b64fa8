"""What it costs to create a post and to publish it, beside the commit that publishing was begun at, in turns."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from chassis.testing import TokenMint

from benchmarks.blog.serving import Web, run_blog, webs
from benchmarks.processes import code_at, who_publishes_keys
from benchmarks.results import Figure, median_ratio

EARLIER = "80cb864"
MOST = 0.6
AUTHOR = UUID("01890000-0000-7000-8000-00000000a11c")
POST = {
    "title": "First light",
    "body": "# Morning\n\n" + "The hills arrive *one at a time*.\n\n" * 20,
    "tags": ["ink", "fog"],
}


def measure(now_url: str, then_url: str, *, quick: bool) -> Iterator[Figure]:
    """Of two empty databases."""
    turns, posts = (3, 20) if quick else (7, 40)
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    with who_publishes_keys(mint) as auth_url, TemporaryDirectory(prefix="broadsheet-bench-") as name, webs() as start:
        folder = Path(name)
        then = code_at(EARLIER, folder)
        run_blog(now_url, "migrate", folder=folder)
        run_blog(then_url, "migrate", code=then, folder=folder)
        settings = {"AUTH_URL": auth_url, "TOKEN_ISSUER": mint.issuer, "TOKEN_AUDIENCE": mint.audience}
        running = {
            "now": start.blog(now_url, name="now", settings=settings),
            "then": start.blog(then_url, name="then", code=then, settings=settings),
        }
        token = mint.access(AUTHOR, "alice", scope="posts")
        costs: dict[str, list[float]] = {each: [] for each in running}
        for turn in range(turns + 1):
            for each, web in running.items():
                cost = _cost(web, token, posts)
                if turn:  # the first warms up
                    costs[each].append(cost)
    ratio = median_ratio(costs["now"], costs["then"])
    yield Figure(
        id="write",
        what=f"create and publish a post: CPU of the web process over that at {EARLIER}",
        value=ratio,
        unit="times",
        beside={f"{each}, µs": round(statistics.median(cost)) for each, cost in costs.items()},
        ratio=ratio,
    ).at_most(MOST)


def _cost(web: Web, token: str, posts: int) -> float:
    """CPU µs of the two requests."""
    connection = web.connection()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    before = web.cpu_micros()
    for _ in range(posts):
        connection.request("POST", "/api/v1/posts", json.dumps(POST), headers)
        answer = connection.getresponse()
        written = json.loads(answer.read())
        connection.request("POST", f"/api/v1/posts/{written.get('slug')}/publish", headers=headers)
        published = connection.getresponse()
        published.read()
        if (answer.status, published.status) != (201, 200):
            raise AssertionError(f"{web.name}: {answer.status}, {published.status}: {written}")
    connection.close()
    return (web.cpu_micros() - before) / posts

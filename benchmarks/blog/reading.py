"""P5: CPU of an uncached list and of a post, beside a textbook's ModelViewSet on the same rows, in turns in one run."""

import statistics
from collections.abc import Iterator, Sequence

from benchmarks.blog.serving import Web, webs
from benchmarks.gateway.load import Request, ask
from benchmarks.results import Figure, median_ratio

CLIENTS = 2
QUESTIONS = {
    "list": ("/api/v1/posts", "/api/v2/posts", "posts/"),
    "detail": ("/api/v1/posts/{slug}", "/api/v2/posts/by-slug/{slug}", "posts/{slug}/"),
}
OPTIMISED, NAIVE = "optimised", "naive"
MOST = {OPTIMISED: 0.5, NAIVE: 0.15}
FEWER = 5
"""Times fewer requests of what takes so much longer."""
Costs = dict[str, list[float]]


def measure(database_url: str, slugs: Sequence[str], *, quick: bool) -> Iterator[Figure]:
    """A figure for each question, version and peer."""
    turns, requests = (3, 100) if quick else (7, 200)
    with webs() as start:
        blog, textbook = start.blog(database_url), start.textbook(database_url)
        for what, (v1, v2, path) in QUESTIONS.items():
            asked = {
                "v1": (blog, v1),
                "v2": (blog, v2),
                OPTIMISED: (textbook, f"/{OPTIMISED}/{path}"),
                NAIVE: (textbook, f"/{NAIVE}/{path}"),
            }
            number = dict.fromkeys(asked, requests) | {NAIVE: requests // FEWER}
            sent = {name: (web, _requests(of, slugs, number[name])) for name, (web, of) in asked.items()}
            yield from _figures(what, _costs(sent, turns))


def _requests(path: str, slugs: Sequence[str], number: int) -> list[Request]:
    """The same for each turn; of posts each time another one."""
    paths = (path.format(slug=slugs[n % len(slugs)]) for n in range(number))
    return [f"GET {each} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode() for each in paths]


def _costs(asked: dict[str, tuple[Web, list[Request]]], turns: int) -> Costs:
    """CPU µs a request of each, turn by turn; the first turn warms up and is not counted."""
    costs: Costs = {name: [] for name in asked}
    for turn in range(turns + 1):
        for name, (web, requests) in asked.items():
            before = web.cpu_micros()
            ask(web.port, requests, CLIENTS)
            if turn:
                costs[name].append((web.cpu_micros() - before) / len(requests))
    return costs


def _figures(what: str, costs: Costs) -> Iterator[Figure]:
    for version in ("v1", "v2"):
        for peer, most in MOST.items():
            ratio = median_ratio(costs[version], costs[peer])
            beside = {f"{name}, µs": round(statistics.median(costs[name])) for name in (version, peer)}
            yield Figure(
                id=f"P5-{what}-{version}-{peer}",
                what=f"{what} in {version}: CPU over the {peer} textbook's",
                value=ratio,
                unit="times",
                beside=beside,
                ratio=ratio,
            ).at_most(most)

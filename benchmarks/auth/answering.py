"""What an answer costs that needs no database, beside an empty view of Django on the same gunicorn."""

import statistics
from collections.abc import Iterator

from benchmarks.auth.webs import Pair, get
from benchmarks.processes import Measured
from benchmarks.results import Figure, median_ratio

MOST = 1.5
ANSWERS = {"keys": "/.well-known/jwks.json", "health": "/livez"}
EMPTY = "empty"


def measure(webs: Pair, *, quick: bool) -> Iterator[Figure]:
    """All in turns."""
    turns, requests = (3, 200) if quick else (11, 500)
    asked = {name: (webs.auth, path) for name, path in ANSWERS.items()} | {EMPTY: (webs.plain, "/empty")}
    costs: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(turns + 1):
        for name, (web, path) in asked.items():
            cost = _cost(web, path, requests)
            if turn:  # the first warms up
                costs[name].append(cost)
    for name, path in ANSWERS.items():
        ratio = median_ratio(costs[name], costs[EMPTY])
        yield Figure(
            id=f"no-database-{name}",
            what=f"CPU of {path}, over that of an empty view",
            value=ratio,
            unit="times",
            beside={f"{each}, µs": round(statistics.median(costs[each])) for each in (name, EMPTY)},
            ratio=ratio,
        ).at_most(MOST)


def _cost(web: Measured, path: str, requests: int) -> float:
    """CPU µs a request."""
    connection = web.connection()
    before = web.cpu_micros()
    for _ in range(requests):
        get(connection, path)
    cost = (web.cpu_micros() - before) / requests
    connection.close()
    return cost

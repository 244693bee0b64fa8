"""How many refreshes a second there are, beside simplejwt's: refresh tokens that rotate, and a list of used ones.

Both have as many clients, each with a session of its own, of which each token gives the next.
"""

import http.client
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.auth.webs import Pair, post, register
from benchmarks.processes import Measured
from benchmarks.results import Figure, median_ratio
from tests.support.api import PASSWORD

CLIENTS = 4
LEAST = 3


@dataclass
class Chain:
    """A session that goes on."""

    connection: http.client.HTTPConnection
    path: str
    refresh: str

    @classmethod
    def begin(cls, web: Measured, path: str, credentials: dict[str, str], then: str) -> "Chain":
        connection = web.connection()
        return cls(connection, then, post(connection, path, credentials)["refresh"])

    def go_on(self, times: int) -> None:
        for _ in range(times):
            self.refresh = post(self.connection, self.path, {"refresh": self.refresh})["refresh"]


def measure(webs: Pair, *, quick: bool) -> Iterator[Figure]:
    """Both in turns, on one PostgreSQL."""
    turns, times = (3, 15) if quick else (9, 50)
    register(webs.auth, "refresher")
    own = {"login": "refresher", "password": PASSWORD}
    theirs = {"username": "alice", "password": PASSWORD}
    v1 = "/api/v1/auth/jwt"
    chains = {
        "auth": [Chain.begin(webs.auth, f"{v1}/create", own, f"{v1}/refresh") for _ in range(CLIENTS)],
        "simplejwt": [Chain.begin(webs.plain, "/token", theirs, "/token/refresh") for _ in range(CLIENTS)],
    }
    processes = {"auth": webs.auth, "simplejwt": webs.plain}
    rates: dict[str, list[float]] = {name: [] for name in chains}
    costs: dict[str, list[float]] = {name: [] for name in chains}
    for turn in range(turns + 1):
        for name, of_one in chains.items():
            before, began = processes[name].cpu_micros(), time.perf_counter()
            _go_on(of_one, times)
            if turn:  # the first warms up
                rates[name].append(CLIENTS * times / (time.perf_counter() - began))
                costs[name].append((processes[name].cpu_micros() - before) / (CLIENTS * times))
    ratio = median_ratio(rates["auth"], rates["simplejwt"])
    beside = {f"{name}, 1/s": round(statistics.median(of_one)) for name, of_one in rates.items()}
    beside |= {f"{name}, CPU µs": round(statistics.median(of_one)) for name, of_one in costs.items()}
    beside["queries"] = webs.queries("POST", f"{v1}/refresh", {"refresh": chains["auth"][0].refresh})
    yield Figure(
        id="refresh-ratio",
        what="refreshes a second, over simplejwt's with its blacklist",
        value=ratio,
        unit="times",
        beside=beside,
        ratio=ratio,
    ).at_least(LEAST)


def _go_on(chains: list[Chain], times: int) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        for done in [clients.submit(chain.go_on, times) for chain in chains]:
            done.result()

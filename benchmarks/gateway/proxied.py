"""P1 and P1-worst: CPU of a proxied GET with a token beside HAProxy's, and what a second worker brings."""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from chassis.testing import TokenMint

from benchmarks.gateway.load import Request, ask
from benchmarks.gateway.peers import Field
from benchmarks.processes import Measured
from benchmarks.results import Figure, median_ratio

USER = UUID("01890000-0000-7000-8000-00000000a11c")
EARLIER = "879249e"
"""The gateway as it was before limits, cache, guards, compression and workers."""
PATH = "/api/v1/posts/first-light"
CLIENTS = 16
NOW, BEFORE, HAPROXY, NAIVE = "gateway", f"gateway at {EARLIER}", "haproxy", "FastAPI and httpx"
Costs = dict[str, list[float]]


def measure(start: Field, mint: TokenMint, *, quick: bool) -> Iterator[Figure]:
    turns, requests = (5, 2000) if quick else (11, 3000)
    token = mint.access(USER, "alice", scope="account posts media")
    one = start.gateway(NOW)
    running = [one, start.gateway_at(BEFORE, EARLIER), start.haproxy(), start.nginx(), start.naive()]
    yield _figure("P1", "proxied GET, token seen before", _costs(running, turns, lambda: [get(token)] * requests), 0.6)
    fresh = _costs(running, turns, lambda: [get(mint.access(USER, "alice")) for _ in range(requests // 3)])
    yield _figure("P1-worst", "never seen", fresh, 1.6)
    yield _workers(one, start.gateway("two workers", GATEWAY_WORKERS="2"), turns, [get(token)] * requests)


def get(token: str, path: str = PATH) -> Request:
    """With the headers of a usual client."""
    lines = ("Host: localhost", "User-Agent: benchmark", "Accept: application/json", "Accept-Encoding: gzip")
    head = "".join(f"{line}\r\n" for line in (*lines, f"Authorization: Bearer {token}"))
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()


def _costs(running: Sequence[Measured], turns: int, requests: Callable[[], list[Request]]) -> Costs:
    """CPU µs a request of each peer, turn by turn; the first turn warms up and is not counted."""
    costs: Costs = {peer.name: [] for peer in running}
    for turn in range(turns + 1):
        asked = requests()
        for peer in running:
            shown = asked[: len(asked) // 10] if peer.name == NAIVE else asked  # it takes ten times as long
            before = peer.cpu_micros()
            ask(peer.port, shown, CLIENTS)
            if turn:
                costs[peer.name].append((peer.cpu_micros() - before) / len(shown))
    return costs


def _figure(number: str, what: str, costs: Costs, most: float) -> Figure:
    ratio = median_ratio(costs[NOW], costs[HAPROXY])
    return Figure(
        id=number,
        what=f"{what}: CPU over HAProxy's",
        value=ratio,
        unit="times",
        beside={
            **{f"{name}, µs": round(statistics.median(each)) for name, each in costs.items()},
            f"over {BEFORE}": median_ratio(costs[NOW], costs[BEFORE]),
            "load average": round(os.getloadavg()[0], 1),
        },
        ratio=ratio,
    ).at_most(most)


def _workers(one: Measured, two: Measured, turns: int, asked: list[Request]) -> Figure:
    """What two workers could serve beside one: requests for each second of the busiest process.

    Requests a second would be those of this machine, whose cores have the clients and the service to serve as well.
    """
    costs: Costs = {one.name: [], two.name: []}
    seconds: Costs = {one.name: [], two.name: []}
    for turn in range(turns + 1):
        for peer in (one, two):
            before, began = peer.each_cpu_micros(), time.perf_counter()
            ask(peer.port, asked, CLIENTS)
            if turn:
                seconds[peer.name].append(time.perf_counter() - began)
                busiest = max(after - before.get(pid, 0) for pid, after in peer.each_cpu_micros().items())
                costs[peer.name].append(busiest / len(asked))
    ratio = median_ratio(costs[one.name], costs[two.name])
    return Figure(
        id="P-workers",
        what="two workers: room over one's, by their busiest process",
        value=ratio,
        unit="times",
        beside={
            "one, µs": round(statistics.median(costs[one.name])),
            "busiest of two, µs": round(statistics.median(costs[two.name])),
            "requests a second on this machine, over one's": median_ratio(seconds[one.name], seconds[two.name]),
        },
        ratio=ratio,
    ).at_least(1.8)

"""The gateway beside HAProxy and nginx: CPU of a proxied GET with a token, in turns in one run, of one upstream.

Needs ``nginx`` and ``haproxy`` (the Debian packages). The gateway runs as it does in production, with its log and its
metrics; HAProxy verifies the token's signature, issuer, audience and time, and keeps no log; nginx only passes on.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from chassis.testing import TokenMint

from benchmarks.gateway.load import Request, ask
from benchmarks.gateway.peers import Peer, field
from benchmarks.results import Figure, median_ratio

USER = UUID("01890000-0000-7000-8000-00000000a11c")
EARLIER = "879249e"
"""The last commit of the gateway whose requests were tasks."""
PATH = "/api/v1/posts/first-light"
CLIENTS = 16
NOW, BEFORE, HAPROXY, NGINX = "gateway", f"gateway at {EARLIER}", "haproxy", "nginx"


def measure(*, quick: bool) -> Sequence[Figure]:
    """P1 and P1-worst: against HAProxy, and against the gateway as it was."""
    turns, requests = (5, 3000) if quick else (15, 6000)
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    token = mint.access(USER, "alice", scope="account posts media")
    with field(mint) as start:
        running = [start.gateway(NOW), start.gateway_at(BEFORE, EARLIER), start.haproxy(), start.nginx()]
        same = _costs(running, turns, lambda: [_get(token)] * requests)
        fresh = _costs(running, turns, lambda: [_get(mint.access(USER, "alice")) for _ in range(requests // 3)])
        workers = _workers(start.gateway("one worker"), start.gateway("two workers", workers=2), turns, token, requests)
    return [
        _figure("P1", "proxied GET, token seen before", same, 0.6),
        _figure("P1-worst", "never seen", fresh, 1.6),
        workers,
    ]


def _workers(one: Peer, two: Peer, turns: int, token: str, requests: int) -> Figure:
    """What two workers could serve beside one: requests for each second of the busiest process.

    Requests a second would be those of this machine, whose cores have the clients and the service to serve as well.
    """
    asked, costs = [_get(token)] * requests, dict[str, list[float]]()
    seconds = dict[str, list[float]]()
    for turn in range(turns + 1):
        for peer in (one, two):
            before, began = peer.each_cpu_micros(), time.perf_counter()
            ask(peer.port, asked, CLIENTS)
            if turn:
                seconds.setdefault(peer.name, []).append(time.perf_counter() - began)
                busiest = max(after - before.get(pid, 0) for pid, after in peer.each_cpu_micros().items())
                costs.setdefault(peer.name, []).append(busiest / requests)
    ratio = median_ratio(costs[one.name], costs[two.name])
    return Figure(
        id="P-workers",
        what="two workers: room over one's, by their busiest process",
        value=ratio,
        unit="times",
        target=">= 1.8",
        holds=ratio >= 1.8,
        beside={
            "one, µs": round(statistics.median(costs[one.name])),
            "busiest of two, µs": round(statistics.median(costs[two.name])),
            "requests a second on this machine, over one's": median_ratio(seconds[one.name], seconds[two.name]),
        },
        ratio=ratio,
    )


def _costs(running: Sequence[Peer], turns: int, requests: Callable[[], list[Request]]) -> dict[str, list[float]]:
    """CPU µs a request of each peer, turn by turn; the first turn warms up and is not counted."""
    costs: dict[str, list[float]] = {peer.name: [] for peer in running}
    for turn in range(turns + 1):
        asked = requests()
        for peer in running:
            before = peer.cpu_micros()
            ask(peer.port, asked, CLIENTS)
            if turn:
                costs[peer.name].append((peer.cpu_micros() - before) / len(asked))
    return costs


def _figure(number: str, what: str, costs: dict[str, list[float]], most: float) -> Figure:
    ratio = _ratio(costs, HAPROXY)
    beside = {name: round(statistics.median(each)) for name, each in costs.items() if name != NOW}
    return Figure(
        id=number,
        what=f"{what}: CPU over HAProxy's",
        value=ratio,
        unit="times",
        beside={
            f"{NOW}, µs": round(statistics.median(costs[NOW])),
            **{f"{name}, µs": micros for name, micros in beside.items()},
            f"over {BEFORE}": _ratio(costs, BEFORE),
        },
        ratio=ratio,
    ).at_most(most)


def _ratio(costs: dict[str, list[float]], other: str) -> float:
    return median_ratio(costs[NOW], costs[other])


def _get(token: str) -> Request:
    lines = ("Host: localhost", "User-Agent: benchmark", "Accept: application/json", "Accept-Encoding: gzip")
    head = "".join(f"{line}\r\n" for line in (*lines, f"Authorization: Bearer {token}"))
    return f"GET {PATH} HTTP/1.1\r\n{head}\r\n".encode()

"""P9: how much later the slowest hundredth has its answer at half load, through the gateway and without it."""

import os
import statistics
import time
from collections.abc import Iterator

from chassis.testing import TokenMint

from benchmarks.gateway.load import ask, offer, percentile
from benchmarks.gateway.peers import Field
from benchmarks.gateway.proxied import CLIENTS, USER, get
from benchmarks.results import Figure


def measure(start: Field, mint: TokenMint, *, quick: bool) -> Iterator[Figure]:
    """In turns. Half load is half of what the gateway gets done here, where clients and service share its cores."""
    turns, requests = (3, 2000) if quick else (11, 6000)
    request = get(mint.access(USER, "alice", scope="posts"))
    gateway, service = start.gateway("gateway"), start.service
    ask(gateway.port, [request] * requests, CLIENTS)  # warms up
    began = time.perf_counter()
    ask(gateway.port, [request] * requests, CLIENTS)
    rate = requests / (time.perf_counter() - began) / 2
    added: dict[int, list[float]] = {50: [], 99: []}
    alone: list[float] = []
    for _ in range(turns):
        through, without = (offer(peer.port, request, rate=rate, seconds=3, clients=64) for peer in (gateway, service))
        alone.append(percentile(without, 99))
        for percent, found in added.items():
            found.append(percentile(through, percent) - percentile(without, percent))
    yield Figure(
        id="P9",
        what="p99 that the gateway adds at half load",
        value=round(statistics.median(added[99]), 2),
        unit="ms",
        beside={
            "p50, ms": round(statistics.median(added[50]), 2),
            "p99 without it, ms": round(statistics.median(alone), 2),
            "requests/s": round(rate),
            "load average": round(os.getloadavg()[0], 1),
        },
    ).at_most(2)

"""What a service still gets done when twice as much is asked as it can do, and how fast the rest is refused."""

import os
import statistics
import time
from collections.abc import Iterator, Sequence

from chassis.testing import TokenMint

from benchmarks.gateway.busy_service import SECONDS, THREADS
from benchmarks.gateway.load import Answer, ask, offer, percentile
from benchmarks.gateway.peers import Field
from benchmarks.processes import Measured
from benchmarks.results import Figure

PATIENCE_SECONDS = 1.0
"""Of a reader: what comes later is good for nobody."""
CLIENTS = 1000
REQUEST = b"GET /api/v1/feed.json HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"


def measure(start: Field, _: TokenMint, *, quick: bool) -> Iterator[Figure]:
    """Through the gateway, and through nginx, which lets all wait."""
    turns, seconds = (2, 5) if quick else (3, 10)
    service = start.busy_service()
    gateway = start.gateway("gateway", BLOG_URL=f"http://127.0.0.1:{service.port}")
    nginx = start.nginx("nginx before the busy service", service.port)
    peak = _peak(gateway, seconds)
    rate = 2 * THREADS / SECONDS
    told = [offer(gateway.port, REQUEST, rate=rate, seconds=seconds, clients=CLIENTS) for _ in range(turns)]
    waited = offer(nginx.port, REQUEST, rate=rate, seconds=seconds, clients=CLIENTS)
    refused = [[answer for answer in answers if answer.status == 503] for answers in told]
    goodput = statistics.median(_good(answers) for answers in told) / seconds
    yield Figure(
        id="overload",
        what="useful answers at twice the load, over those at full load",
        value=round(goodput / peak, 2),
        unit="times",
        beside={
            "at full load, /s": round(peak),
            "at twice, /s": round(goodput),
            "through nginx, /s": round(_good(waited) / seconds),
            "refused, /s": round(statistics.median(map(len, refused)) / seconds),
            "load average": round(os.getloadavg()[0], 1),
        },
        ratio=round(goodput / peak, 2),
    ).at_least(0.8)
    yield Figure(
        id="refusals",
        what="p99 of refusals under twice the load",
        value=round(statistics.median(percentile(answers, 99) for answers in refused), 2),
        unit="ms",
        beside={"p50, ms": round(statistics.median(percentile(answers, 50) for answers in refused), 2)},
    ).at_most(5)


def _peak(gateway: Measured, seconds: float) -> float:
    """Requests a second where as many clients ask as the service has threads, and one more for each."""
    number = int(seconds * THREADS / SECONDS)
    began = time.perf_counter()
    ask(gateway.port, [REQUEST] * number, 2 * THREADS)
    return number / (time.perf_counter() - began)


def _good(answers: Sequence[Answer]) -> int:
    return sum(answer.status == 200 and answer.seconds <= PATIENCE_SECONDS for answer in answers)

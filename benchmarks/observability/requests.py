"""CPU of the same requests in processes that are blind, that are seen, and that are traced as well, in turns.

Gateway, blog and media are asked by themselves: the gateway in front of an nginx that answers at once, blog and media
on data that all their processes share. Each begins the traces of its requests.
"""

import os
import socket
import statistics
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from chassis.testing import TokenMint
from chassis.testing.local_server import local_server

from benchmarks.blog.serving import run_blog
from benchmarks.gateway.load import Request, ask
from benchmarks.gateway.peers import Field, field
from benchmarks.gateway.proxied import get
from benchmarks.media.serving import ALICE, Media
from benchmarks.processes import Measured, imports_of, service_command, who_publishes_keys
from benchmarks.results import Figure, median_ratio
from launcher import ROOT
from launcher.servers.ports import LOOPBACK, free_port
from tests.support.photographs import photograph

TURNS = 7
CLIENTS = 2
EACH = {"gateway": 1000, "blog": 100, "media": 100}
"""Requests a turn; where one costs less, more of them."""
SHARE = "0.05"
BLIND, SEEN, TRACED = "blind", "seen", "traced"
FOLDER = Path(__file__).with_name("blind")
POSTS = 100
Costs = dict[str, list[float]]


@dataclass(frozen=True)
class Asked:
    """The processes of one service by what is on in them, and what each of them is asked."""

    service: str
    webs: Mapping[str, Measured]
    path: str
    mint: TokenMint | None = None

    def requests(self, count: int) -> list[Request]:
        """With a token, which lasts ten minutes, where there is who makes one."""
        if not self.mint:
            return [f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()] * count
        return [get(self.mint.access(ALICE, "alice", scope="account posts media"), self.path)] * count


def measure(*, quick: bool) -> Iterator[Figure]:
    """What metrics, logs and StatsD add, and what they add with every twentieth trace exported."""
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    with ExitStack() as stack:
        settings = stack.enter_context(switched())
        start = stack.enter_context(field(mint))
        auth_url = stack.enter_context(who_publishes_keys(mint))
        for asked in (
            _gateway(start, settings, mint),
            _blog(start, settings),
            _media(start, settings, auth_url, mint),
        ):
            each = EACH[asked.service] // (4 if quick else 1)
            yield from _figures(asked.service, _costs(asked, 3 if quick else TURNS, each))


@contextmanager
def switched() -> Iterator[dict[str, dict[str, str]]]:
    """The settings of each side."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon, local_server() as collector:
        daemon.bind((LOOPBACK, 0))  # what nobody reads is dropped by the kernel, which costs a sender the same
        seen = {"STATSD_URL": f"udp://{LOOPBACK}:{daemon.getsockname()[1]}"}
        traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_TRACES_SAMPLER_ARG": SHARE}
        yield {BLIND: {"LOG_LEVEL": "ERROR"}, SEEN: seen, TRACED: seen | traced}
        if not collector.requests:
            raise AssertionError("no span was exported")


def _gateway(start: Field, settings: Mapping[str, Mapping[str, str]], mint: TokenMint) -> Asked:
    webs = {
        side: start.gateway(f"gateway, {side}", ROOT, **_own("gateway", side, more)) for side, more in settings.items()
    }
    return Asked("gateway", webs, "/api/v1/posts/first-light", mint)


def _blog(start: Field, settings: Mapping[str, Mapping[str, str]]) -> Asked:
    folder = start.started.folder / "data of blog"
    folder.mkdir()
    url = f"sqlite:///{folder}/blog.sqlite3"
    run_blog(url, "migrate", folder=folder)
    run_blog(url, "manage", "load_sample", "--posts", str(POSTS), folder=folder)
    webs = {}
    for side, more in settings.items():
        port = free_port()
        data = {"BLOG_DATABASE_URL": url, "BLOG_PORT": str(port), "VAR_DIR": str(folder)}
        variables = data | _own("blog", side, more)
        webs[side] = start.started.start(f"blog, {side}", service_command("blog", "web"), port, variables)
    return Asked("blog", webs, "/api/v1/posts?page_size=5")


def _media(start: Field, settings: Mapping[str, Mapping[str, str]], auth_url: str, mint: TokenMint) -> Asked:
    media = Media("media", f"sqlite:///{start.started.folder}/media.sqlite3", auth_url, mint, start.started)
    media.migrate()
    webs = {}
    for side, more in settings.items():
        port = free_port()
        variables = media.variables(MEDIA_PORT=str(port)) | _own("media", side, more)
        webs[side] = start.started.start(f"media, {side}", service_command("media", "web"), port, variables)
    asset = media.upload(webs[BLIND], photograph(800, 600, seed="seen"))
    return Asked("media", webs, f"/api/v1/media/{asset['id']}", mint)


def _own(service: str, side: str, settings: Mapping[str, str]) -> dict[str, str]:
    imports = imports_of(service)["PYTHONPATH"]
    return {"PYTHONPATH": f"{FOLDER}{os.pathsep}{imports}" if side == BLIND else imports, **settings}


def _costs(asked: Asked, turns: int, each: int) -> Costs:
    """CPU µs a request, turn by turn, the first of which warms up.

    A turn of a process lasts until its next one begins, for what it sends in batches.
    """
    read: Costs = {side: [] for side in asked.webs}
    for _ in range(turns + 1):
        for side, web in asked.webs.items():
            read[side].append(web.cpu_micros())
            ask(web.port, asked.requests(each), CLIENTS)
    for side, web in asked.webs.items():
        read[side].append(web.cpu_micros())
    return {side: [(after - before) / each for before, after in pairwise(marks)][1:] for side, marks in read.items()}


def _figures(service: str, costs: Costs) -> Iterator[Figure]:
    beside: dict[str, float | str] = {f"{side}, µs": round(statistics.median(each)) for side, each in costs.items()}
    beside["load average"] = round(os.getloadavg()[0], 1)
    for side, most, what in (
        (SEEN, 8, f"CPU of a request in {service} for metrics, logs and StatsD"),
        (TRACED, 15, f"the same in {service} with 5 % of traces"),
    ):
        more = round(100 * (median_ratio(costs[side], costs[BLIND], digits=4) - 1), 1)
        yield Figure(id=f"{side}-{service}", what=what, value=more, unit="%", beside=beside).at_most(most)

"""P2: CPU of a list that is kept, beside nginx's ``proxy_cache`` and beside a textbook's list behind nginx."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from chassis.testing import TokenMint
from gateway_service.testing.fake_relay import relaying

from benchmarks.blog.serving import Web, run_blog, webs
from benchmarks.gateway.load import Request, ask
from benchmarks.gateway.peers import Field
from benchmarks.results import Figure, median_ratio
from launcher.servers import Postgres
from tests.support.waiting import eventually

POSTS = 200
PATH = "/api/v1/posts"
CLIENTS = 16
GATEWAY, NGINX = "gateway", "nginx proxy_cache"
TEXTBOOKS = ("optimised", "naive")


@dataclass(frozen=True)
class Asked:
    """What costs what: the CPU of the textbook is its own and that of nginx before it; PostgreSQL's is left out."""

    port: int
    path: str
    requests: int
    cpu_micros: Callable[[], float]

    def cost(self) -> float:
        before = self.cpu_micros()
        ask(self.port, [_get(self.path)] * self.requests, CLIENTS)
        return (self.cpu_micros() - before) / self.requests


def measure(start: Field, _: TokenMint, *, quick: bool) -> Iterator[Figure]:
    """All give the same twenty posts, as the textbook writes them."""
    turns, requests = (5, 1000) if quick else (11, 2000)
    with _textbook() as textbook, TemporaryDirectory() as folder:
        front = start.nginx("nginx before the textbook", textbook.port)
        list_of = {each: f"/{each}/posts/" for each in TEXTBOOKS}
        listed = httpx.get(f"http://127.0.0.1:{front.port}{list_of['optimised']}").content
        file = start.files / PATH[1:]
        file.parent.mkdir(parents=True)
        file.write_bytes(listed)
        bus = f"sqlite:///{folder}/bus.sqlite3"
        with relaying(bus):
            gateway, nginx = start.gateway("gateway with events", EVENTS_URL=bus), start.caching_nginx()
            asked = {peer.name: Asked(peer.port, PATH, requests, peer.cpu_micros) for peer in (gateway, nginx)}
            for each, path in list_of.items():
                cpu = lambda: front.cpu_micros() + textbook.cpu_micros()  # noqa: E731
                asked[each] = Asked(front.port, path, requests // 50, cpu)
            eventually(lambda: httpx.get(f"http://127.0.0.1:{gateway.port}{PATH}").headers["X-Cache"] == "hit")
            costs = _turns(asked, turns)
    costs[GATEWAY] = costs.pop(gateway.name)
    for name, most in ((NGINX, 1.5), *((each, 0.01) for each in TEXTBOOKS)):
        yield _figure(name, costs, len(listed), most)


def _turns(asked: dict[str, Asked], turns: int) -> dict[str, list[float]]:
    """CPU µs a request; the first turn warms up and is not counted."""
    costs: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(turns + 1):
        for name, each in asked.items():
            cost = each.cost()
            if turn:
                costs[name].append(cost)
    return costs


def _figure(name: str, costs: dict[str, list[float]], size: int, most: float) -> Figure:
    ratio = median_ratio(costs[GATEWAY], costs[name], digits=4)
    return Figure(
        id=f"P2-{name.split(maxsplit=1)[0]}",
        what=f"list that is kept: CPU over {'' if name == NGINX else 'the textbook, '}{name}'s",
        value=ratio,
        unit="times",
        beside={f"{each}, µs": round(statistics.median(costs[each])) for each in (GATEWAY, name)} | {"bytes": size},
        ratio=ratio,
    ).at_most(most)


def _get(path: str) -> Request:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()


@contextmanager
def _textbook() -> Iterator[Web]:
    """On a small sample of blog's."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="broadsheet-bench-")))
        postgres = Postgres(folder)
        stack.callback(postgres.remove)
        stack.enter_context(postgres)
        database = postgres.create_database("posts")
        run_blog(database, "migrate", folder=folder)
        run_blog(database, "manage", "load_sample", "--posts", str(POSTS), folder=folder)
        yield stack.enter_context(webs()).textbook(database)

"""How long a token is still taken after its session ended, at each door, while 200 requests a second are served."""

import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.results import Figure
from tests.support.api import Visitor, expect
from tests.support.platform import Platform

MODES = ("embedded", "servers")
DOORS = {
    "gateway": ("GATEWAY_PORT", "/api/v1/posts"),
    "blog": ("BLOG_PORT", "/api/v1/posts"),
    "media": ("MEDIA_PORT", "/api/v1/media"),
}
REQUESTS_PER_SECOND = 200
LOADERS = 8
LOGOUTS, QUICK_LOGOUTS = 200, 20
GIVE_UP_SECONDS = 30
Delays = dict[str, list[float]]


def measure(*, quick: bool) -> list[Figure]:
    """In embedded mode, and on servers as well unless quick."""
    return [figure for mode in MODES[: 1 if quick else 2] for figure in _in(mode, QUICK_LOGOUTS if quick else LOGOUTS)]


def _in(mode: str, logouts: int) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder,
        Platform(Path(folder), mode) as platform,
        Visitor(platform.base_url) as alice,
    ):
        alice.register("alice")
        with _load(platform, alice.log_in()["access"]) as served:
            delays = _logouts(platform, alice, logouts)
        rate = round(served.per_second)
    for door, seconds in delays.items():
        p99 = round(statistics.quantiles(seconds, n=100)[98] * 1000)
        beside = {"p50, ms": round(statistics.median(seconds) * 1000), "requests/s": rate}
        what = f"logout to refusal at {door}, {mode}, p99 of {logouts}"
        yield Figure(
            id=f"revocation-p99-{mode}-{door}",
            what=what,
            value=p99,
            unit="ms",
            beside=beside,
        ).at_most(1000)


def _logouts(platform: Platform, alice: Visitor, count: int) -> Delays:
    delays: Delays = {door: [] for door in DOORS}
    for _ in range(count):
        pair = alice.log_in()
        taken = {door: _first_refusal(platform, door, pair["access"]) for door in DOORS}
        expect(alice.http.post("/api/v1/auth/logout", json={"refresh": pair["refresh"]}), 204)
        ended = time.monotonic()
        for door, watch in taken.items():
            delays[door].append(max(watch.wait_until_refused() - ended, 0))
    return delays


class _Watch:
    """Asks one door again and again, and remembers when it refused first."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self._at = 0.0
        self._ask = (port, path, token)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait_until_refused(self) -> float:
        self._thread.join()
        return self._at

    def _run(self) -> None:
        port, path, token = self._ask
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_SECONDS)
        until = time.monotonic() + GIVE_UP_SECONDS
        while _status(connection, path, token) != 401 and time.monotonic() < until:
            time.sleep(0.02)
        self._at = time.monotonic()
        connection.close()


def _first_refusal(platform: Platform, door: str, token: str) -> _Watch:
    setting, path = DOORS[door]
    return _Watch(int(platform.settings[setting]), path, token)


class _Served:
    """Requests of the load, and how long it went on."""

    def __init__(self) -> None:
        self.count = 0
        self.began = time.monotonic()

    @property
    def per_second(self) -> float:
        return self.count / (time.monotonic() - self.began)


@contextmanager
def _load(platform: Platform, token: str) -> Iterator[_Served]:
    """200 requests a second through the gateway until the block ends."""
    stop, served = threading.Event(), _Served()

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(platform.settings["GATEWAY_PORT"]), timeout=30)
        due = time.monotonic()
        while not stop.wait(max(due - time.monotonic(), 0)):
            due += LOADERS / REQUESTS_PER_SECOND
            _status(connection, "/api/v1/posts?page_size=1", token)
            served.count += 1
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(LOADERS)]
    for thread in threads:
        thread.start()
    try:
        yield served
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _status(connection: http.client.HTTPConnection, path: str, token: str) -> int:
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status

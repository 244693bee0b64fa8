"""A cache that is away is a miss, and holds up nobody but the first who meets it."""

import contextlib
import gc
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chassis.django import cache as caches
from chassis.django.settings import cache
from django.core.cache.backends.base import BaseCache
from django.utils.module_loading import import_string
from pymemcache.client.base import Client  # type: ignore[import-untyped]
from redis.connection import AbstractConnection
from structlog.testing import capture_logs

from launcher.servers.binaries import binary
from tests.support import servers


class Server:
    """A cache server that can be stopped, made silent and brought back."""

    def __init__(self, command: Callable[[int], list[str]], scheme: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.command, self.url = command(self.port), f"{scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        wait_until(self._answers)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def fall_silent(self) -> None:
        """Take connections on, and answer nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)
        tasks = Path(f"/proc/{self.process.pid}/task")
        wait_until(lambda: all("\nState:\tT" in (task / "status").read_text() for task in tasks.iterdir()))

    def speak_again(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


def wait_until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def redis(folder: Path) -> Server:
    program = binary("redis-server")
    return Server(lambda port: [program, "--port", str(port), "--save", "", "--dir", str(folder)], "redis")


def memcached(_folder: Path) -> Server:
    program = binary("memcached")
    return Server(lambda port: [program, "-l", "127.0.0.1", "-p", str(port), "-u", "nobody"], "memcached")


@contextlib.contextmanager
def running(kind: Callable[[Path], Server], folder: Path) -> Iterator[Server]:
    server = kind(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(params=[redis, memcached])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with servers.or_left_out(running(request.param, tmp_path)) as server:
        yield server


@pytest.fixture
def shared(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseCache]:
    """A cache as a service has it."""
    monkeypatch.setattr(caches, "_breakers", {})
    monkeypatch.setattr(caches, "PROBE_SECONDS", 0.05)
    options = cache(server.url)
    yield import_string(options["BACKEND"])(options["LOCATION"], {})
    for breaker in caches._breakers.values():
        if breaker._probing:
            breaker._probing.stop()
    for client in gc.get_objects():  # which they keep for good; isinstance would wake what is lazy
        if issubclass(type(client), AbstractConnection):
            client.disconnect()
        elif issubclass(type(client), Client):
            client.close()


def is_all_missed(cache: BaseCache) -> None:
    assert cache.get("alice", "nobody") == "nobody"
    assert cache.get_many(["alice"]) == {}
    assert not cache.has_key("alice")
    assert cache.get_or_set("alice", lambda: "made") == "made"
    cache.set("alice", 1)
    assert cache.set_many({"alice": 1}) == ["alice"]
    assert not cache.add("alice", 1)
    assert not cache.touch("alice")
    assert not cache.delete("alice")
    cache.delete_many(["alice"])
    cache.clear()
    with pytest.raises(ValueError, match="alice"):
        cache.incr("alice")


def test_cache_that_is_there_is_a_cache(shared: BaseCache) -> None:
    shared.set("alice", {"bio": "é"}, 30)
    assert shared.get("alice") == {"bio": "é"}
    assert shared.get_many(["alice", "bob"]) == {"alice": {"bio": "é"}}
    assert (shared.add("alice", 1), shared.add("count", 1), shared.incr("count")) == (False, True, 2)
    assert (shared.delete("alice"), shared.get("alice")) == (True, None)


@pytest.mark.parametrize("how", ["closed", "silent"])
def test_cache_that_is_away_is_a_miss_until_it_is_back(server: Server, shared: BaseCache, how: str) -> None:
    shared.set("alice", 1)
    with capture_logs() as logs:
        server.stop() if how == "closed" else server.fall_silent()
        is_all_missed(shared)
        server.start() if how == "closed" else server.speak_again()
        wait_until(lambda: not next(iter(caches._breakers.values())).away)
    shared.set("alice", 2)
    assert shared.get("alice") == 2
    assert [line["event"] for line in logs] == ["cache is away", "cache is back"]


def test_only_the_first_call_waits_for_a_cache_that_is_away(
    server: Server, shared: BaseCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches, "PROBE_SECONDS", 3600)
    asked = []
    now = caches._MissWhenAway._now

    def count(cache: Any, method: str, *arguments: Any, **options: Any) -> Any:
        if cache is shared:
            asked.append(method)
        return now(cache, method, *arguments, **options)

    monkeypatch.setattr(caches._MissWhenAway, "_now", count)
    server.fall_silent()
    is_all_missed(shared)
    is_all_missed(shared)
    server.speak_again()
    assert asked == ["get"]


@pytest.mark.parametrize("server", [redis], indirect=True)
def test_restart_of_redis_between_two_calls_is_not_noticed(server: Server, shared: BaseCache) -> None:
    shared.set("alice", 1)
    server.stop()
    server.start()
    shared.set("alice", 2)
    assert shared.get("alice") == 2

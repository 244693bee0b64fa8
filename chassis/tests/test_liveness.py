"""Threads and loops that a process promises: one that is stopped is told by its name."""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chassis.background_http import serve
from chassis.events.workers import Workers
from chassis.health import Health, Heartbeat, keep_beating
from chassis.liveness import Loop, Watch
from chassis.process import export_spans
from chassis.settings import ServiceSettings
from chassis.span_export import SpanExport
from chassis.testing import LocalServer
from chassis.tokens import JwksClient

from chassis import database_pool, health, liveness, tracing

LONG = 3600.0


def wait_until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _nothing_else_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "_watches", [])
    monkeypatch.setattr(liveness, "_told", set())


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Set, it ends every loop at its next turn, as nothing but an error of ours can."""
    event = threading.Event()
    tick = Watch.tick

    def end_or_turn(watch: Watch) -> None:
        if event.is_set() and threading.current_thread() is not threading.main_thread():
            raise SystemExit
        tick(watch)

    monkeypatch.setattr(Watch, "tick", end_or_turn)
    yield event
    event.set()


def test_what_turns_is_alive() -> None:
    loop = Loop("press", lambda: 0.01, within=LONG)
    assert liveness.failures() == {}
    loop.stop()
    assert liveness.failures() == {}  # it was told to


def test_loop_that_hangs_is_stuck() -> None:
    release = threading.Event()

    def hang() -> float:
        release.wait(30)
        return LONG

    loop = Loop("press", hang, within=0.01)
    wait_until(lambda: liveness.failures() == {"press": "stuck"})
    release.set()
    loop.stop()


def test_loop_whose_every_turn_fails_is_stuck_and_one_that_recovers_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "RETRY_SECONDS", 0.01)
    broken = threading.Event()
    broken.set()

    def turn() -> float:
        if broken.is_set():
            raise RuntimeError("out of paper")
        return LONG

    loop = Loop("press", turn, within=0.1)
    wait_until(lambda: liveness.failures() == {"press": "stuck"})
    broken.clear()
    wait_until(lambda: not loop._watch.trouble)
    loop.stop()


def test_what_rests_is_never_stuck() -> None:
    watch = Watch("press", within=-1)
    assert liveness.failures() == {"press": "stuck"}
    watch.idle()
    assert liveness.failures() == {}


def test_liveness_and_readiness_name_what_is_dead() -> None:
    health = Health()
    health.check("database", lambda: None)
    Watch("press", alive=lambda: False)
    assert health.livez() == (503, {"status": "stuck", "loops": {"press": "ended"}})
    assert health.readyz() == (503, {"status": "stuck", "loops": {"press": "ended"}, "checks": {"database": "ok"}})


def test_heartbeat_stops_when_something_is_dead_and_says_what(tmp_path: Path) -> None:
    heartbeat = Heartbeat(str(tmp_path / "heartbeat"))
    heartbeat.beat()
    assert heartbeat.livez() == (200, {"status": "ok"})
    heartbeat.clear()
    Watch("press", alive=lambda: False)
    heartbeat.beat()
    assert heartbeat.livez() == (503, {"status": "stuck", "loops": {"press": "ended"}})
    assert not (tmp_path / "heartbeat").exists()


def _heartbeat(folder: Path) -> str:
    keep_beating(Heartbeat(str(folder / "heartbeat")))
    return "heartbeat"


def _database_pool(_folder: Path) -> str:
    database_pool.watch(lambda: None)
    return "database-pool"


def _jwks(_folder: Path) -> str:
    JwksClient("http://127.0.0.1:9/jwks", refresh_seconds=0.01).start()
    return "jwks"


@pytest.mark.parametrize("begin", [_heartbeat, _database_pool, _jwks])
def test_each_loop_of_the_chassis_that_ends_is_named(
    begin: Callable[[Path], str], ends: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(database_pool, "EVERY_SECONDS", 0.01)
    name = begin(tmp_path)
    assert liveness.failures() == {}
    ends.set()
    wait_until(lambda: liveness.failures() == {name: "ended"})


def test_worker_thread_of_a_consumer_that_ends_is_named() -> None:
    def work(_items: list[int]) -> None:
        raise SystemExit

    workers = Workers[int](1, work, lambda: None)
    workers.submit("alice", 1)
    wait_until(lambda: liveness.failures() == {"events-worker-0": "ended"})


def test_worker_thread_of_a_consumer_that_hangs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.events.workers.STUCK_SECONDS", 0.01)
    release = threading.Event()

    def hang(_items: list[int]) -> None:
        release.wait(30)

    workers = Workers[int](1, hang, lambda: None)
    assert liveness.failures() == {}  # it waits for something to do
    workers.submit("alice", 1)
    wait_until(lambda: liveness.failures() == {"events-worker-0": "stuck"})
    release.set()
    assert workers.stop(20)


def test_export_of_spans_that_ends_is_named(press_settings: ServiceSettings, http_server: LocalServer) -> None:
    settings = press_settings.model_copy(update={"otel_exporter_otlp_endpoint": http_server.url})
    export_spans(settings, "web")
    assert liveness.failures() == {}
    exporter, tracing._exporter = tracing._exporter, None
    assert isinstance(exporter, SpanExport)
    exporter._provider.shutdown()  # ends its thread
    wait_until(lambda: liveness.failures() == {"span-export": "ended"})


def test_background_process_names_what_is_dead(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    heartbeat = Heartbeat(str(tmp_path / "heartbeat"))
    heartbeat.beat()
    serve(port, "127.0.0.1", heartbeat)
    Watch("press", alive=lambda: False)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5)
    assert (refused.value.code, json.loads(refused.value.read())["loops"]) == (503, {"press": "ended"})
    refused.value.close()

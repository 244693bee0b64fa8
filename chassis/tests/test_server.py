"""gunicorn as the chassis runs it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from chassis.django.server import _share_metrics
from chassis.settings import ServiceSettings
from chassis.testing import LocalServer

PRESS = """
import gc
import sys
from functools import partial
from typing import ClassVar

from django.conf import settings as conf
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from django.utils.functional import classproperty

from chassis.django import health
from chassis.django.server import serve
from chassis.django.settings import django_settings
from chassis.listening import listener
from chassis.logging import get_logger
from chassis.settings import Secret, ServiceSettings, load


class PressSettings(ServiceSettings):
    service: ClassVar[str] = "press"
    database_url: Secret = "sqlite:///press.sqlite3"
    secret_key: Secret = "development-press-secret-key-of-no-worth"
    secret_key_fallback: Secret = ""
    admin_sessions: str = "db"
    static_dir: str = ""


def slow(request):
    print("arrived", file=sys.stderr, flush=True)
    sys.stdin.readline()
    return HttpResponse("finished")


class Site:
    @classproperty
    def urlpatterns(cls):
        get_logger().info("made the routes")
        return (*health.urlpatterns, path("slow", slow), path("hello", lambda request: HttpResponse("hello")),
                path("size", lambda request: HttpResponse(str(len(request.body)))),
                path("frozen", lambda request: HttpResponse(str(gc.get_freeze_count()))))


own = load(PressSettings)
conf.configure(
    **django_settings(own),
    ROOT_URLCONF=Site,
    INSTALLED_APPS=["chassis.django"],
    MIDDLEWARE=["chassis.django.middleware.RequestContextMiddleware"],
)
listen = partial(listener, "127.0.0.1", int(sys.argv[1]), "PRESS_PORT")
serve(own, get_wsgi_application, listen=listen, workers=int(sys.argv[2]), threads=4)
"""


@dataclass
class Running:
    """A server and how to talk to it."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def wait_for_line(self, text: str) -> None:
        deadline = time.monotonic() + 30
        while text not in self.log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def wait_for_refusal(self, address: tuple[str, int]) -> None:
        deadline = time.monotonic() + 5
        while True:
            try:
                socket.create_connection(address, timeout=5).close()
            except ConnectionRefusedError:
                return
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self.get("/livez")
            except URLError:
                assert time.monotonic() < deadline
                assert self.process.poll() is None
                time.sleep(0.05)
            else:
                return


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest, http_server: LocalServer) -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "press.py").write_text(PRESS)
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "press.py", str(port), str(request.param)],
            cwd=tmp_path,
            env={**os.environ, "VAR_DIR": str(tmp_path / "var"), "AUTH_URL": http_server.url},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        )
    with process:
        running = Running(process, f"http://127.0.0.1:{port}", log)
        try:
            running.wait_until_up()
            yield running
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("server", [1, 2], indirect=True)
def test_no_request_waits_for_what_is_imported_or_for_its_collection_as_garbage(server: Running) -> None:
    log = server.log.read_text()
    assert log.count("made the routes") == 1
    assert log.index("made the routes") < log.index("Booting worker")
    assert int(server.get("/frozen")) > 10_000


@pytest.mark.parametrize("server", [1, 2], indirect=True)
def test_keys_of_tokens_are_fetched_before_the_first_token_comes(server: Running, http_server: LocalServer) -> None:
    deadline = time.monotonic() + 30
    while "/.well-known/jwks.json" not in {request.path for request in http_server.requests}:
        assert time.monotonic() < deadline, server.log.read_text()
        time.sleep(0.05)


@pytest.mark.parametrize("server", [1], indirect=True)
def test_sigterm_lets_a_request_in_flight_finish(server: Running) -> None:
    assert server.process.stdin
    assert server.process.stderr
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: press\r\nConnection: close\r\n\r\n")
        assert server.process.stderr.readline() == "arrived\n"
        server.process.send_signal(signal.SIGTERM)
        server.wait_for_line("Handling signal: term")
        server.process.stdin.write("\n")
        server.process.stdin.flush()
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert b"finished" in answer
    assert server.process.wait(30) == 0


@pytest.mark.parametrize("server", [1, 2], indirect=True)
def test_sigterm_refuses_new_connections_and_tells_kept_ones(server: Running) -> None:
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    kept = http.client.HTTPConnection(*address, timeout=10)
    assert ask(kept).will_close is False
    server.process.send_signal(signal.SIGTERM)
    server.wait_for_refusal(address)
    assert ask(kept).will_close is True
    assert server.process.wait(30) == 0


def ask(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    connection.request("GET", "/hello")
    answer = connection.getresponse()
    assert answer.read() == b"hello"
    return answer


@pytest.mark.parametrize("server", [1], indirect=True)
@pytest.mark.parametrize(("chunks", "status", "size"), [(0, 200, b"0"), (3, 200, b"300000"), (30, 400, b"")])
def test_body_without_a_length_is_read_whole(server: Running, chunks: int, status: int, size: bytes) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=10)
    connection.request("POST", "/size", body=(b"x" * 100_000 for _ in range(chunks)), encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == status
    assert size in answer.read()
    connection.close()


@pytest.mark.parametrize("server", [1], indirect=True)
def test_every_line_has_the_one_shape(server: Running) -> None:
    server.get("/hello")
    server.process.terminate()
    assert server.process.wait(30) == 0
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {"ts", "level", "service", "process", "event"} <= set.intersection(*(set(line) for line in lines))
    (access,) = [line for line in lines if line["event"] == "request"]
    assert (access["route"], access["status"], access["method"]) == ("/hello", 200, "GET")
    assert access["duration_ms"] >= 0
    assert any("Listening" in line["event"] for line in lines)


@pytest.mark.parametrize("server", [2], indirect=True)
def test_metrics_are_those_of_all_workers(server: Running) -> None:
    for _ in range(20):
        server.get("/hello")
    (count,) = [
        line
        for line in server.get("/metrics").splitlines()
        if line.startswith("http_server_request_duration_seconds_count") and '"/hello"' in line
    ]
    assert count.endswith(" 20.0")


def test_metrics_without_a_folder_are_each_workers_own(
    press_settings: ServiceSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    (tmp_path / "metrics").touch()  # where the folder would be
    _share_metrics(press_settings.model_copy(update={"var_dir": tmp_path}))
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ

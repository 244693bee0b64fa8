"""The platform the alerts are proved on: servers mode, with a Prometheus whose minutes last three seconds."""

import contextlib
import dataclasses
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import psycopg
from chassis.testing.local_server import local_server

from launcher import ROOT
from launcher.observers import jobs
from launcher.private_servers import pointed_to, private_servers
from launcher.readiness import is_ready
from launcher.servers import Postgres, Prometheus, RabbitMQ
from launcher.servers.ports import LOOPBACK, free_port
from launcher.settings import VENV, read_settings
from launcher.supervisor import Process, Supervisor
from tests.alerts.scaling import scaled
from tests.support.api import Visitor
from tests.support.platform import Platform
from tests.support.waiting import eventually

OUTSIDE = "192.0.2.7"
"""An address that is not this machine's, which a development server allows nearly everything."""
STAY_UP_SECONDS = 60


class ScaledPrometheus(Prometheus):
    """It looks every second, and its rules are the scaled ones."""

    every = "1s"

    def prepare(self) -> None:
        super().prepare()
        for file in (self.folder / "rules").glob("*.yaml"):
            file.write_text(scaled(file.read_text()))


class Stage:
    """The platform, who watches it, and the hands that break it."""

    def __init__(self, folder: Path) -> None:
        self.platform = Platform(folder, "servers")
        self.gateway_config = folder / "gateway.yaml"
        self.platform.settings |= {
            "GATEWAY_CONFIG": str(self.gateway_config),
            "GATEWAY_TRUSTED_PROXIES": LOOPBACK,  # so that requests may come from OUTSIDE
        }
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "services/gateway/gateway_service/gateway.yaml", self.gateway_config)
        self.kube_state_metrics: dict[str, float] = {}
        """What a fault has a stand-in for a cluster's kube-state-metrics say."""
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(self.platform)
        os.environ.update(self.platform.settings)  # the launcher reads this platform's settings from now on
        servers = private_servers(read_settings())
        self.settings = pointed_to(read_settings(), servers)
        self.supervisor = Supervisor(self.settings)
        self.postgres = next(server for server in servers if isinstance(server, Postgres))
        self.rabbitmq = next(server for server in servers if isinstance(server, RabbitMQ))
        stand_in = self._open.enter_context(local_server())
        stand_in.headers["Content-Type"] = "text/plain; version=0.0.4"
        stand_in.reply = lambda _: (200, "".join(f"{n} {v}\n" for n, v in self.kube_state_metrics.items()).encode())
        its_job = {"job_name": "kube-state-metrics", "static_configs": [{"targets": [urlsplit(stand_in.url).netloc]}]}
        watched = [*jobs(self.settings, servers), its_job]
        prometheus = ScaledPrometheus(self.platform.folder / "watching", free_port(), lambda: watched)
        self._open.enter_context(prometheus)
        self.prometheus = self._open.enter_context(httpx.Client(base_url=f"{prometheus.url}/api/v1", timeout=30))
        self.alice = self._open.enter_context(Visitor(self.platform.base_url)).register("alice")
        self._open.enter_context(self.load("/api/v1/posts?page_size=1", clients=1, pause=0.25))
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    def alerts(self, *states: str) -> set[tuple[str, str]]:
        """Each alert that is ``pending`` or ``firing``, with the component or empty."""
        alerts = self.prometheus.get("/alerts").raise_for_status().json()["data"]["alerts"]
        labels = [alert["labels"] for alert in alerts if alert["state"] in states]
        return {(each["alertname"], each.get("component", "")) for each in labels}

    def found(self, query: str) -> list[Any]:
        """What Prometheus answers; raises AssertionError where it does not take the query."""
        answer = self.prometheus.get("/query", params={"query": query}).json()
        assert answer["status"] == "success", answer
        return list(answer["data"]["result"])

    def run(self, words: list[str], service: str = "", *, follows: bool = False) -> "subprocess.CompletedProcess[str]":
        """A command as an operator of this platform gives it; one that follows is ended after its first line."""
        environment = self.settings.environment_of(service) if service else self.platform.environment
        environment = environment | {"PATH": f"{VENV / 'bin'}{os.pathsep}{environment['PATH']}"}
        if words[0] == "make":
            words = ["make", f"PYTHON={VENV / 'bin/python'}", *words[1:]]
        if follows:
            return _first_line(words, environment)
        return subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    def process(self, name: str) -> Process:
        return next(process for process in self.supervisor.processes() if process.name == name)

    @contextlib.contextmanager
    def stopped(self, *names: str) -> Iterator[None]:
        """Processes or private servers that do not run; whatever does not yet at the end is started then."""
        for name in names:
            process = self.process(name)
            self.supervisor.stop_program(process.group, name)
        try:
            yield
        finally:
            for name in reversed(names):
                if not (process := self.process(name)).pid:
                    self.supervisor.start_program(process.group, name)
            eventually(lambda: all(self._is_up(name) for name in names), seconds=STAY_UP_SECONDS, every=0.5)

    @contextlib.contextmanager
    def instead_of(
        self, name: str, words: list[str], output: Path, settings: Mapping[str, str]
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """The same process begun by other words, with other settings, and its output elsewhere."""
        service, _, command = name.partition("-")
        port = {"METRICS_PORT": self.settings.environment.get(f"METRICS_PORT_{service}_{command}".upper(), "")}
        own = {} if command == "web" else port
        heartbeat = {"HEARTBEAT_FILE": str(self.settings.run_folder / f"{name}.heartbeat")}
        environment = self.settings.environment_of(service) | own | heartbeat | dict(settings)
        with self.stopped(name), output.open("wb") as stream:
            command_line = [*words, str(VENV / "bin/broadsheet"), service, command]
            process = subprocess.Popen(command_line, cwd=ROOT, env=environment, stdout=stream, stderr=stream)
            try:
                eventually(lambda: is_ready(self.settings, _as_running(self.process(name))), seconds=STAY_UP_SECONDS)
                yield process
            finally:
                process.terminate()
                process.wait()

    @contextlib.contextmanager
    def load(
        self, path: str, *, clients: int, pause: float = 0, method: str = "GET", json: Any = None, address: str = ""
    ) -> Iterator[None]:
        """So many clients ask again and again, each ``pause`` seconds after an answer; none heeds what it is."""
        ended = threading.Event()
        origin = {"X-Forwarded-For": address} if address else {}

        def ask() -> None:
            with httpx.Client(base_url=self.platform.base_url, headers=origin, timeout=30) as http:
                while not ended.is_set():
                    token = self.alice.http.headers.get("Authorization")  # which is renewed, and not there meanwhile
                    with contextlib.suppress(httpx.HTTPError):
                        http.request(method, path, json=json, headers={"Authorization": token} if token else {})
                    ended.wait(pause)

        asking = [threading.Thread(target=ask, daemon=True) for _ in range(clients)]
        for thread in asking:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in asking:
                thread.join()

    def sql(self, database: str, *statements: str) -> None:
        """Run statements as the administrator of PostgreSQL."""
        with psycopg.connect(self.postgres.database_url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextlib.contextmanager
    def refusing(self, database: str, table: str, doing: str) -> Iterator[None]:
        """Whatever does this to a table fails: ``INSERT``, or ``UPDATE OR DELETE``."""
        self.sql(
            database,
            "CREATE OR REPLACE FUNCTION out_of_order() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'out of order'; END $$",
            f"CREATE TRIGGER out_of_order BEFORE {doing} ON {table} EXECUTE FUNCTION out_of_order()",
        )
        try:
            yield
        finally:
            self.sql(database, f"DROP TRIGGER IF EXISTS out_of_order ON {table}")

    @contextlib.contextmanager
    def locked(self, database: str, table: str) -> Iterator[None]:
        """Whoever reads a table waits; the lock is given up for a moment when its time is over, and taken again."""
        ended = threading.Event()

        def hold() -> None:
            while not ended.is_set():
                with psycopg.connect(self.postgres.database_url(database)) as connection:
                    connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
                    ended.wait(3)

        holding = threading.Thread(target=hold, daemon=True)
        holding.start()
        try:
            yield
        finally:
            ended.set()
            holding.join()

    def _is_up(self, name: str) -> bool:
        return is_ready(self.settings, self.process(name))


def _as_running(process: Process) -> Process:
    """As the supervisor would tell of it, had it started it."""
    return dataclasses.replace(process, state="RUNNING")


def _first_line(words: list[str], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        os.killpg(process.pid, 15)
    return subprocess.CompletedProcess(words, 0 if line else 1, line, "")

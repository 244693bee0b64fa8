"""The processes of auth, started as `broadsheet auth …` starts them."""

import http.client
import json
import os
import pty
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

DEADLINE = 60  # seconds
LOGIN = json.dumps({"login": "nobody", "password": "correct horse"}).encode()
PRODUCTION = {
    "ENVIRONMENT": "production",
    "PUBLIC_URL": "https://press.example",
    **{name: os.urandom(32).hex() for name in ("AUTH_SECRET_KEY", "AUTH_KEY_ENCRYPTION_KEY")},
    "AUTH_CLIENT_DIGESTS": f"blog={'0' * 64}",
}
QUEUE = """
from auth_service.celery import app
app.send_task("sessions_delete_expired")
"""


class Machine:
    """A folder that holds an embedded auth with a migrated database, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "auth.sqlite3"
        self.running: list[subprocess.Popen[bytes]] = []
        with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as other:
            self.port, self.metrics_port = free.getsockname()[1], other.getsockname()[1]
        self.environment = os.environ | {
            "AUTH_DATABASE_URL": f"sqlite:///{self.database}",
            "AUTH_PORT": str(self.port),
            "EVENTS_URL": f"sqlite:///{folder}/bus.sqlite3",
            "JOBS_URL": f"sqlite:///{folder}/jobs.sqlite3",
            "VAR_DIR": str(folder),
            "HEARTBEAT_FILE": str(folder / "heartbeat"),
            "METRICS_PORT": str(self.metrics_port),
        }

    def run(self, *command: str, **changed: str) -> "subprocess.CompletedProcess[str]":
        """A command of auth that ends by itself."""
        return self._python("-m", "chassis.run", "auth", *command, **changed)

    def queue_job(self) -> None:
        assert self._python("-c", QUEUE).returncode == 0

    def start(self, command: str) -> "subprocess.Popen[bytes]":
        """A command of auth that goes on until it is told to stop."""
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "chassis.run", "auth", command], env=self.environment, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def connection(self, port: int = 0) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=DEADLINE)

    def get(self, path: str, port: int = 0) -> tuple[int, str]:
        """Status and text; 0 while nobody answers."""
        with closing(self.connection(port)) as connection:
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except OSError:
                return 0, ""

    def wait_until(self, true: Callable[[], Any]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not true():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def _python(self, *words: str, **changed: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment | changed,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to copy: migrations take longer than most of what is tried on them."""
    folder = tmp_path_factory.mktemp("migrated")
    assert Machine(folder).run("migrate").returncode == 0
    return folder


@pytest.fixture
def machine(migrated: Path, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(Path(shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)))
    yield machine
    for process in machine.running:
        process.kill()
        process.wait()


def test_web_finishes_what_is_in_flight_when_told_to_stop(machine: Machine) -> None:
    web = machine.start("web")
    machine.wait_until(lambda: machine.get("/readyz")[0] == 200)
    with closing(machine.connection()) as slow:
        slow.putrequest("POST", "/api/v1/auth/jwt/create")
        slow.putheader("Content-Type", "application/json")
        slow.putheader("Content-Length", str(len(LOGIN)))
        slow.endheaders(LOGIN[:5])
        machine.wait_until(lambda: 'active_requests{http_request_method="POST"} 1.0' in machine.get("/metrics")[1])
        web.send_signal(signal.SIGTERM)
        machine.wait_until(lambda: "Handling signal: term" in machine.log())
        slow.send(LOGIN[5:])
        assert slow.getresponse().status == 401
    assert web.wait(DEADLINE) == 0
    assert all(line.startswith("{") for line in machine.log().splitlines())


def test_worker_does_the_jobs_and_stops_when_told_to(machine: Machine) -> None:
    worker = machine.start("worker")
    machine.queue_job()
    machine.wait_until(lambda: "expired sessions deleted" in machine.log())
    worker.terminate()
    assert worker.wait(DEADLINE) == 0


@pytest.mark.parametrize("command", ["worker", "beat", "relay", "messenger"])
def test_background_process_tells_that_it_turns(machine: Machine, command: str) -> None:
    machine.start(command)
    machine.wait_until(lambda: machine.get("/livez", machine.metrics_port) == (200, '{"status": "ok"}'))
    assert (machine.folder / "heartbeat").exists()
    assert "python_info" in machine.get("/metrics", machine.metrics_port)[1]


@pytest.mark.parametrize("command", ["worker", "beat", "relay", "messenger"])
def test_background_process_whose_port_is_taken_says_so_and_ends(machine: Machine, command: str) -> None:
    with socket.create_server(("127.0.0.1", machine.metrics_port)):
        ended = machine.run(command)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended.stdout + ended.stderr
    assert f"127.0.0.1:{machine.metrics_port}" in ended.stderr
    assert "set METRICS_PORT" in ended.stderr


def test_messenger_publishes_what_is_in_the_outbox(machine: Machine) -> None:
    assert machine.run("manage", "rotate_keys").returncode == 0
    messenger = machine.start("messenger")

    def waiting() -> int:
        with closing(sqlite3.connect(machine.database)) as database:
            (count,) = database.execute("SELECT count(*) FROM outbox_event WHERE published_at IS NULL").fetchone()
            return int(count)

    machine.wait_until(lambda: waiting() == 0)
    messenger.terminate()
    assert messenger.wait(DEADLINE) == 0


def test_settings_that_cannot_work_are_one_sentence_and_exit_2(machine: Machine) -> None:
    ended = machine.run("web", AUTH_SECERT_KEY="x")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "did you mean AUTH_SECRET_KEY?" in ended.stderr


def test_production_does_not_start_while_demo_accounts_have_their_password(machine: Machine) -> None:
    assert machine.run("demo").returncode == 0
    for command in ("web", "check"):
        ended = machine.run(command, **PRODUCTION)
        assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), command
        assert "anybody can log in as ada, grace, linus, dana" in ended.stderr, command
    with closing(sqlite3.connect(machine.database)) as database, database:
        database.execute("UPDATE users_user SET is_active = 0 WHERE username <> 'dana'")
        database.execute("UPDATE users_user SET password = '!' WHERE username = 'dana'")
    assert machine.run("check", **PRODUCTION).returncode == 0


def test_production_waits_for_a_database_before_it_says_that_it_is_ready(machine: Machine) -> None:
    assert machine.run("demo").returncode == 0
    away = machine.database.rename(machine.folder / "away.sqlite3")
    machine.environment |= PRODUCTION
    machine.start("web")
    machine.wait_until(lambda: machine.get("/livez")[0] == 200)
    away.rename(machine.database)
    assert machine.get("/readyz")[0] == 503
    assert '"demo accounts": "SettingsError"' in machine.get("/readyz")[1]


def test_production_refuses_development_secrets_and_is_content_with_others(machine: Machine) -> None:
    ended = machine.run("check", ENVIRONMENT="production")
    assert ended.returncode == 2
    assert "AUTH_KEY_ENCRYPTION_KEY" in ended.stderr
    ended = machine.run("check", **PRODUCTION)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_person_at_a_terminal_is_asked_twice_and_shown_nothing(machine: Machine) -> None:
    create = ("create-admin", "--email", "dana@example.org", "--username", "dana")
    said, code = at_a_terminal(machine, *create, answers=["quite a long one", "quite another one"])
    assert (code, "The two passwords differ." in said) == (2, True)
    said, code = at_a_terminal(machine, *create, answers=["quite a long one", "quite a long one"])
    assert (code, "dana is an admin" in said, "quite" in said) == (0, True, False)


def at_a_terminal(machine: Machine, *command: str, answers: list[str]) -> tuple[str, int]:
    """What a command says on its terminal, and its exit code; each prompt is answered in turn."""
    ours, its = pty.openpty()
    started = [sys.executable, "-m", "chassis.run", "auth", *command]
    process = subprocess.Popen(
        started, stdin=its, stdout=its, stderr=its, env=machine.environment, start_new_session=True
    )
    os.close(its)
    said = ""
    with suppress(OSError):  # Linux's way to say that nobody holds the other end any more
        while text := os.read(ours, 1024):
            said += text.decode()
            if answers and said.rstrip(" ").endswith(":"):
                os.write(ours, f"{answers.pop(0)}\n".encode())
    os.close(ours)
    return said, process.wait(DEADLINE)

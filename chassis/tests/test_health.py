"""What probes are told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import chassis.health
import pytest
from chassis.health import HEARTBEAT_MAX_AGE, Health, Heartbeat

SOURCES = str(Path(chassis.health.__file__).parents[1])


def fail() -> None:
    raise ConnectionError("postgresql://alice:hunter2@db")


def test_process_lives_whatever_its_database_does() -> None:
    health = Health()
    health.check("database", fail)
    assert health.livez() == (200, {"status": "ok"})


def test_ready_when_all_checks_hold() -> None:
    health = Health()
    health.check("database", lambda: None)
    assert health.readyz() == (200, {"status": "ok", "checks": {"database": "ok"}})


def test_failing_check_is_named_without_its_secrets() -> None:
    health = Health()
    health.check("database", fail)
    assert health.readyz() == (503, {"status": "unready", "checks": {"database": "ConnectionError"}})


def test_what_a_server_said_is_told_once_until_it_changes() -> None:
    told: list[tuple[str, str]] = []
    health = Health(lambda check, reason: told.append((check, reason)))
    failures = [None, fail, fail, refuse, refuse, None]

    def probe() -> None:
        if failure := failures.pop(0):
            failure()

    health.check("database", probe)
    while failures:
        health.readyz()
    assert told == [
        ("database", "ConnectionError"),
        ("database", 'password authentication failed for user "alice"'),
        ("database", ""),
    ]


def test_a_check_and_a_warning_of_one_name_are_told_apart() -> None:
    told: list[tuple[str, str]] = []
    health = Health(lambda check, reason: told.append((check, reason)))
    health.check("revocations", lambda: None)
    health.warn("revocations", fail)
    for _ in range(3):
        health.readyz()
    assert told == [("revocations", "ConnectionError")]


def refuse() -> None:
    raise ConnectionError('connection failed: FATAL:  password authentication failed for user "alice"')


@pytest.fixture
def terminated() -> Iterator[list[int]]:
    """Signals that reached the handler that was there first."""
    got: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: got.append(number))
    yield got
    signal.signal(signal.SIGTERM, before)


def test_sigterm_makes_unready_and_still_stops(terminated: list[int]) -> None:
    health = Health()
    health.drain_on_sigterm()
    os.kill(os.getpid(), signal.SIGTERM)
    assert health.readyz() == (503, {"status": "draining"})
    assert terminated == [signal.SIGTERM]


def liveness(file: Path) -> int:
    command = [sys.executable, "-m", "chassis.health", "--heartbeat", str(file), "--max-age", "30"]
    return subprocess.run(command, check=False).returncode


def test_heartbeat_is_alive_while_young(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    assert liveness(file) == 1
    Heartbeat(str(file)).beat()
    assert liveness(file) == 0
    os.utime(file, (time.time() - 31,) * 2)
    assert liveness(file) == 1


def test_heartbeat_tells_whether_the_loop_turns(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    heartbeat = Heartbeat(str(file))
    assert heartbeat.livez() == (503, {"status": "starting"})
    heartbeat.beat()
    assert heartbeat.livez() == (200, {"status": "ok"})
    os.utime(file, (time.time() - HEARTBEAT_MAX_AGE - 1,) * 2)
    assert heartbeat.livez() == (503, {"status": "stuck"})


def test_heartbeat_that_cannot_be_written_does_not_stop_the_loop(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "heartbeat"
    Heartbeat(str(file)).beat()
    assert Heartbeat(str(file)).livez() == (200, {"status": "ok"})
    assert liveness(file) == 1
    file.parent.mkdir()
    Heartbeat(str(file)).beat()
    os.utime(file, (time.time() - HEARTBEAT_MAX_AGE - 1,) * 2)
    assert Heartbeat(str(file)).livez() == (503, {"status": "stuck"})


def test_process_without_a_heartbeat_lives_while_it_answers() -> None:
    assert Heartbeat("").livez() == (200, {"status": "ok"})


def test_liveness_check_imports_nothing_of_the_application() -> None:
    dear = "{'pydantic', 'structlog', 'argparse', 'pathlib', 'typing'}"
    program = f"import sys, chassis.health; sys.exit(bool({dear} & sys.modules.keys()))"
    subprocess.run([sys.executable, "-S", "-c", program], env={"PYTHONPATH": SOURCES}, check=True)


def test_liveness_check_says_how_it_is_asked() -> None:
    command = [sys.executable, "-m", "chassis.health", "--heartbeat", "somewhere"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (refused.returncode, "--max-age SECONDS" in refused.stderr) == (2, True)

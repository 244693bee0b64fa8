"""A Celery worker as it runs embedded: on a file, without a broker."""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pika
import pytest
from chassis.events.databases import plain
from chassis.jobs import celery_app
from chassis.settings import ServiceSettings
from chassis.testing import LocalServer

from tests.support.events import printed, publish, sqlite_url

PRESS = """
import os, time
from typing import ClassVar
from chassis.jobs import app as jobs_app, celery_app, worker
from chassis.settings import ServiceSettings, load

jobs_app.STUCK_SECONDS = worker.STUCK_SECONDS = float(os.environ.get("STUCK_SECONDS", 60))

class PressSettings(ServiceSettings):
    service: ClassVar[str] = "press"

app = celery_app(
    load(PressSettings),
    tasks=[],
    schedule={"greet": {"task": "greet", "schedule": 3600}, "fail": {"task": "fail", "schedule": 3600}},
    outbox_url=os.environ.get("OUTBOX_URL", ""),
)

@app.task(name="end_the_schedule")
def end_the_schedule():
    from celery.beat import Scheduler
    def end(*_):
        raise SystemExit
    Scheduler.tick = end

def hang(*_):
    time.sleep(3600)

@app.task(name="stop_taking_jobs")
def stop_taking_jobs():
    from chassis.jobs.sqlite_transport import Channel
    from kombu.asynchronous import get_event_loop
    if loop := get_event_loop():
        loop.call_soon(hang)
    else:
        Channel._get = hang

if os.environ.get("BEAT_HANGS"):
    from celery.beat import Scheduler
    Scheduler.tick = hang

@app.task(name="greet")
def greet(name):
    from chassis.logging import get_logger
    get_logger().info("greeting", password=name)

@app.task(name="fail")
def fail():
    raise RuntimeError("token=hunter2")
"""
QUEUE = """
from chassis import tracing
from chassis.logging import bind_request
from press_jobs import fail, greet
bind_request(request_id="req-12345678")
with tracing.span("work", parent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
    greet.delay("hunter2")
    fail.delay()
"""


def wait_until(true: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def livez(environment: dict[str, str]) -> tuple[int, str]:
    """Status and text; 0 while nobody answers."""
    return asked(environment, "/livez")


def figures(environment: dict[str, str]) -> dict[str, float]:
    """The metrics without their labels' quotes, by name."""
    lines = [line for line in asked(environment, "/metrics")[1].splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def asked(environment: dict[str, str], path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", int(environment["METRICS_PORT"]), timeout=5)) as connection:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "press_jobs.py").write_text(PRESS)
    return {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "JOBS_URL": f"sqlite:///{tmp_path}/jobs.sqlite3",
        "VAR_DIR": str(tmp_path),
        "HEARTBEAT_FILE": str(tmp_path / "heartbeat"),
        "METRICS_PORT": str(free_port()),
    }


@pytest.fixture
def log(tmp_path: Path, environment: dict[str, str]) -> Iterator[Path]:
    """The log of a running worker."""
    file = tmp_path / "log"
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "press_jobs", "worker", "--pool=solo"]
    with file.open("wb") as output:
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            env=environment,
            stdout=output,
            stderr=output,
            cwd=tmp_path,
        )
        yield file
        worker.terminate()
        assert worker.wait(30) == 0
    for line in file.read_text().splitlines():
        assert json.loads(line)["process"] == "worker"


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]


def test_job_runs_under_the_request_that_queued_it(log: Path, environment: dict[str, str], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", QUEUE], env=environment, check=True)
    (greeting,) = wait_until(lambda: [line for line in lines(log) if line["event"] == "greeting"])
    assert greeting["request_id"] == "req-12345678"
    assert greeting["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert (greeting["service"], greeting["process"], greeting["job"]) == ("press", "worker", "greet")
    (failure,) = wait_until(lambda: [line for line in lines(log) if "exception" in line])
    assert "RuntimeError" in failure["exception"]
    assert failure["request_id"] == "req-12345678"
    wait_until((tmp_path / "heartbeat").exists)
    assert "hunter2" not in log.read_text()


@pytest.fixture
def due(environment: dict[str, str], tmp_path: Path, http_server: LocalServer) -> LocalServer:
    """Sentry's place, of a worker whose schedule has something that is due."""
    environment["SENTRY_DSN"] = http_server.url.replace("http://", "http://public@") + "/1"
    (tmp_path / "press-beat.json").write_text('{"press-fail": "2020-01-01T00:00:00+00:00"}')
    return http_server


def sent(server: LocalServer, kind: str) -> list[dict[str, Any]]:
    """What of a kind has come to Sentry's place."""
    bodies = [gzip.decompress(request.body).splitlines() for request in server.requests]
    return [json.loads(body[2]) for body in bodies if json.loads(body[1])["type"] == kind]


def test_sentry_hears_of_each_run_of_the_schedule_and_once_of_its_error(due: LocalServer, log: Path) -> None:
    begun, ended = wait_until(lambda: found if len(found := sent(due, "check_in")) == 2 else [])
    assert (begun["monitor_slug"], begun["status"]) == ("press-fail", "in_progress")
    assert begun["monitor_config"]["schedule"] == {"type": "interval", "value": 1, "unit": "hour"}
    assert (ended["monitor_slug"], ended["status"]) == ("press-fail", "error")
    (error,) = wait_until(lambda: sent(due, "event"))
    assert error["exception"]["values"][0]["type"] == "RuntimeError"
    assert error["tags"]["process"] == "worker"
    assert "hunter2" not in json.dumps([begun, ended, error])


def test_rabbitmq_gets_a_quorum_queue_of_the_service(press_settings: ServiceSettings) -> None:
    app = celery_app(press_settings.model_copy(update={"jobs_url": "amqp://u:p@q/v"}), tasks=[])
    assert app.conf.task_default_queue == "press.jobs"
    (queue,) = app.amqp.queues.values()
    assert queue.queue_arguments == {"x-queue-type": "quorum"}


def test_the_beat_process_keeps_its_heartbeat_young(tmp_path: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "press_jobs", "beat"]
    beat = subprocess.Popen(command, env=environment, cwd=tmp_path)
    try:
        wait_until((tmp_path / "heartbeat").exists)
    finally:
        beat.terminate()
        beat.wait(30)


@contextmanager
def killed_in_the_end(environment: dict[str, str], folder: Path, *words: str) -> Iterator[None]:
    """A process of Celery that has no good end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--quiet", "-A", "press_jobs", *words], env=environment, cwd=folder
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.servers)])
def jobs_url(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[str]:
    if request.param == "embedded":
        yield environment["JOBS_URL"]
        return
    url: str = request.getfixturevalue("rabbitmq_url")
    yield url
    with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        connection.channel().queue_delete("press.jobs")


def test_worker_that_takes_no_more_jobs_is_not_alive_and_says_so(
    jobs_url: str, environment: dict[str, str], tmp_path: Path
) -> None:
    environment |= {"JOBS_URL": jobs_url, "STUCK_SECONDS": "5"}
    pool = ["--pool=solo"] if jobs_url.startswith("sqlite") else ["--pool=threads", "--concurrency=2"]
    with killed_in_the_end(environment, tmp_path, "worker", *pool, "--without-gossip", "--without-mingle"):
        wait_until(lambda: livez(environment)[0] == 200)
        subprocess.run(
            [sys.executable, "-c", "from press_jobs import stop_taking_jobs\nstop_taking_jobs.delay()"],
            env=environment,
            check=True,
        )
        wait_until(lambda: livez(environment) == (503, '{"status": "stuck", "loops": {"jobs": "stuck"}}'))


def test_beat_process_that_queues_no_more_is_not_alive_and_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"BEAT_HANGS": "1", "STUCK_SECONDS": "1"}
    with killed_in_the_end(environment, tmp_path, "beat"):
        wait_until(lambda: livez(environment) == (503, '{"status": "stuck", "loops": {"beat": "stuck"}}'))


def test_worker_whose_schedule_ended_is_not_alive_and_says_so(log: Path, environment: dict[str, str]) -> None:
    wait_until(lambda: livez(environment)[0] == 200)
    subprocess.run(
        [sys.executable, "-c", "from press_jobs import end_the_schedule\nend_the_schedule.delay()"],
        env=environment,
        check=True,
    )
    wait_until(lambda: livez(environment) == (503, '{"status": "stuck", "loops": {"beat": "ended"}}'))
    assert next(line for line in lines(log) if line["event"] == "not alive")["loop"] == "beat"


def test_worker_tells_of_events_that_nobody_relays(environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"JOBS_URL": "amqp://nobody:there@127.0.0.1:1/press.jobs"}  # which need not be there, either
    with sqlite_url(tmp_path) as url:
        environment |= {"OUTBOX_URL": url}
        publish(plain.connect(url), printed())
        with killed_in_the_end(environment, tmp_path, "worker", "--pool=threads", "--concurrency=2"):
            wait_until(lambda: figures(environment).get("outbox_pending") == 1)
            assert figures(environment)["outbox_oldest_age_seconds"] > 0


def test_worker_tells_how_much_room_its_disk_has(log: Path, environment: dict[str, str]) -> None:
    size = wait_until(lambda: figures(environment).get('disk_size_bytes{disk="var"}'))
    assert 0 < figures(environment)['disk_free_bytes{disk="var"}'] < size


def test_who_has_the_schedule_tells_when_it_last_looked_at_it(log: Path, environment: dict[str, str]) -> None:
    begun = time.time()
    wait_until(lambda: figures(environment).get("schedule_ticked_timestamp_seconds", 0) > begun)

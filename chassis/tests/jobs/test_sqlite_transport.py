"""Jobs in a SQLite file: none is lost, whoever dies; their order is kept; nothing in the file ends a worker."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from chassis.jobs import celery_app, sqlite_transport
from chassis.settings import ServiceSettings
from kombu.exceptions import OperationalError

PRESS = """
import os, time
from typing import ClassVar
from chassis.jobs import celery_app
from chassis.settings import ServiceSettings, load

class PressSettings(ServiceSettings):
    service: ClassVar[str] = "press"

app = celery_app(load(PressSettings), tasks=[])

@app.task(name="print")
def print_(number, seconds=0):
    note(f"begun {number}")
    time.sleep(seconds)
    note(number)

def note(what):
    file = os.open(os.environ["PRINTED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{what}\\n".encode())
    os.close(file)
"""


def wait_until(true: Callable[[], Any], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Press:
    """A file of jobs, who queues them, and workers."""

    def __init__(self, folder: Path, settings: ServiceSettings) -> None:
        (folder / "press_jobs.py").write_text(PRESS)
        self.folder, self.file, self.log = folder, folder / "jobs.sqlite3", folder / "log"
        url = f"sqlite:///{self.file}"
        self.app = celery_app(settings.model_copy(update={"jobs_url": url, "var_dir": folder}), tasks=[])
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "PYTHONPATH": str(folder),
            "JOBS_URL": url,
            "VAR_DIR": str(folder),
            "PRINTED": str(folder / "printed"),
        }

    def queue(self, *numbers: int, seconds: float = 0) -> None:
        for number in numbers:
            self.app.send_task("print", (number, seconds))

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "press_jobs", "worker"]
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                [*command, "--without-gossip", "--without-mingle", *(options or ("--pool=solo",))],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.workers.append(worker)
        return worker

    def printed(self) -> list[str]:
        file = self.folder / "printed"
        return file.read_text().splitlines() if file.exists() else []

    def has_printed(self, lines: int) -> bool:
        return len(self.printed()) > lines

    def rows(self, sql: str = "SELECT id, deliveries FROM job ORDER BY id") -> list[Any]:
        connection = sqlite3.connect(self.file)
        try:
            with connection:
                return connection.execute(sql).fetchall()
        finally:
            connection.close()


@pytest.fixture
def press(tmp_path: Path, press_settings: ServiceSettings) -> Iterator[Press]:
    press = Press(tmp_path, press_settings)
    yield press
    press.app.close()
    press.app.pool.force_close_all()  # type: ignore[attr-defined]
    for worker in press.workers:
        worker.kill()
        worker.wait()


@contextmanager
def channel_of(press: Press) -> Iterator[sqlite_transport.Channel]:
    with press.app.connection() as connection:
        channel = connection.default_channel
        assert isinstance(channel, sqlite_transport.Channel)
        yield channel


def test_jobs_are_done_in_the_order_in_which_they_were_queued(press: Press) -> None:
    press.queue(*range(50))
    press.start()
    wait_until(lambda: "49" in press.printed())
    assert [line for line in press.printed() if not line.startswith("begun")] == [str(number) for number in range(50)]
    wait_until(lambda: not press.rows())


@pytest.mark.parametrize("options", [("--pool=solo",), ("--pool=threads", "--concurrency=2")])
def test_no_job_is_lost_when_workers_are_killed(press: Press, options: tuple[str, ...]) -> None:
    jobs = 300
    press.queue(*range(jobs))
    workers = [press.start(*options), press.start(*options)]
    for done in (60, 120, 180):
        wait_until(partial(press.has_printed, done))
        killed = workers.pop(0)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        workers.append(press.start(*options))
    wait_until(lambda: {str(number) for number in range(jobs)} <= set(press.printed()))
    wait_until(lambda: not press.rows())


@pytest.mark.parametrize("options", [("--pool=solo",), ("--pool=threads", "--concurrency=1")])
def test_worker_that_is_told_to_stop_takes_at_most_one_more_job(press: Press, options: tuple[str, ...]) -> None:
    press.queue(*range(5), seconds=3)
    worker = press.start(*options)
    wait_until(lambda: press.printed() == ["begun 0"])
    worker.terminate()
    assert worker.wait(60) == 0
    begun = [line for line in press.printed() if line.startswith("begun")]
    assert 1 <= len(begun) <= 2
    assert [deliveries for _, deliveries in press.rows()] == [0] * (5 - len(begun))  # the others wait for the next one


def test_job_that_cannot_be_read_ends_no_worker(press: Press) -> None:
    press.queue(1)
    press.rows("INSERT INTO job (queue, message) SELECT queue, substr(message, 1, 40) FROM job")
    press.rows("INSERT INTO job (queue, message) VALUES ('press.jobs', ''), ('press.jobs', '[]'), ('press.jobs', '{}')")
    press.queue(2)
    worker = press.start()
    wait_until(lambda: "2" in press.printed())
    wait_until(lambda: not press.rows())
    assert worker.poll() is None
    assert press.log.read_text().count("job cannot be read, given up") == 4


def test_job_that_kills_whoever_takes_it_is_given_up(press: Press) -> None:
    press.queue(1)
    press.rows(f"UPDATE job SET deliveries = {sqlite_transport.DELIVERY_LIMIT}")
    press.queue(2)
    press.start()
    wait_until(lambda: "2" in press.printed())
    assert "1" not in press.printed()
    assert "job given up" in press.log.read_text()


def test_who_cannot_queue_a_job_is_told(press: Press) -> None:
    press.file.mkdir()
    with pytest.raises(OperationalError):
        press.app.send_task("print", (1,), retry=False)


def test_nobody_takes_what_another_has_and_a_lease_that_runs_out_is_up_for_others(press: Press) -> None:
    press.queue(1, 2)
    with channel_of(press) as first, channel_of(press) as second:
        taken, other = first.basic_get("press.jobs"), second.basic_get("press.jobs")
        assert [taken and taken.delivery_tag, other and other.delivery_tag] == ["1", "2"]
        assert second.basic_get("press.jobs") is None
        assert first._leases
        first._leases.stop()
        press.rows("UPDATE job SET lease_until = 0 WHERE id = 1")
        assert first.basic_get("press.jobs") is None  # it still does it itself
        again = second.basic_get("press.jobs")
        assert again
        assert (again.delivery_tag, again.delivery_info["redelivered"]) == ("1", True)


def test_forked_process_has_a_connection_of_its_own(press: Press) -> None:
    press.queue(1)
    with channel_of(press) as channel:
        assert channel._size("press.jobs") == 1
        child = os.fork()
        if not child:
            channel._file.execute("INSERT INTO job (queue, message) VALUES ('press.jobs', '')")
            os._exit(channel._size("press.jobs"))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
        assert channel._size("press.jobs") == 2


def test_what_is_done_is_remembered_while_the_file_cannot_be_written(press: Press) -> None:
    press.queue(1)
    with channel_of(press) as channel:
        taken = channel.basic_get("press.jobs")
        press.rows("CREATE TRIGGER full BEFORE DELETE ON job BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
        assert taken
        taken.ack()
        assert press.rows()
        press.rows("DROP TRIGGER full")
        channel._keep_leases()
        assert not press.rows()

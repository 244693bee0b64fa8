"""When a job of the schedule ran last is kept over restarts, and no damage to that file stops the schedule."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery
from chassis.jobs import Job, celery_app
from chassis.jobs.schedule import PersistentSchedule
from chassis.settings import ServiceSettings
from structlog.testing import capture_logs

HOUR = timedelta(hours=1)


@pytest.fixture
def app(tmp_path: Path, press_settings: ServiceSettings) -> "Celery[Job]":
    settings = press_settings.model_copy(
        update={"jobs_url": f"sqlite:///{tmp_path}/jobs.sqlite3", "var_dir": tmp_path / "var"}
    )
    return celery_app(settings, tasks=[], schedule={"print": {"task": "print", "schedule": 3600.0}})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "press-beat.json"


def schedule(app: "Celery[Job]") -> PersistentSchedule:
    return PersistentSchedule(app=app, schedule_filename=app.conf.beat_schedule_filename)


def last_run(schedule: PersistentSchedule) -> datetime:
    last = schedule.schedule["press-print"].last_run_at
    assert last
    return last


def keep(file: Path, last: datetime) -> None:
    file.write_text(json.dumps({"press-print": last.isoformat()}))


def test_a_restart_does_not_put_a_job_off(app: "Celery[Job]", file: Path) -> None:
    before = datetime.now(UTC) - 2 * HOUR
    keep(file, before)
    assert last_run(schedule(app)) == before
    schedule(app).tick()  # it is due
    kept = json.loads(file.read_text())
    assert datetime.now(UTC) - datetime.fromisoformat(kept["press-print"]) < HOUR


def test_a_clock_that_was_ahead_does_not_put_a_job_off(app: "Celery[Job]", file: Path) -> None:
    keep(file, datetime.now(UTC) + 1000 * HOUR)
    assert last_run(schedule(app)) <= datetime.now(UTC)


def test_jobs_that_are_not_in_the_schedule_any_more_are_forgotten(app: "Celery[Job]", file: Path) -> None:
    file.write_text(json.dumps({"gone": datetime.now(UTC).isoformat()}))
    begun = schedule(app)
    begun.sync()
    assert set(json.loads(file.read_text())) == {"press-print"}


def _put_a_folder_there(file: Path) -> None:
    file.unlink()
    (file / "inside").mkdir(parents=True)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: os.truncate(file, 10),
    "zeros": lambda file: file.write_bytes(bytes(4096)),
    "garbage": lambda file: file.write_bytes(os.urandom(500)),
    "a database of dbm": lambda file: file.write_bytes(b"\x13\x57\x9a\xce" * 100),
    "a pickle": lambda file: file.write_bytes(b"\x80\x04K\x01."),
    "not UTF-8": lambda file: file.write_bytes(b'{"press-print": "\xff"}'),
    "a list": lambda file: file.write_text("[]"),
    "no moment": lambda file: file.write_text('{"press-print": "yesterday"}'),
    "a number": lambda file: file.write_text('{"press-print": 7}'),
    "without a time zone": lambda file: file.write_text('{"press-print": "2026-01-01T00:00:00"}'),
    "too deep": lambda file: file.write_text("[" * 100_000),
    "a folder": _put_a_folder_there,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_file_is_replaced_with_a_warning(
    app: "Celery[Job]",
    file: Path,
    damage: Callable[[Path], object],
) -> None:
    keep(file, datetime.now(UTC) - 2 * HOUR)
    damage(file)
    with capture_logs() as logs:
        begun = schedule(app)
    [warning] = logs
    assert (warning["event"], warning["log_level"]) == ("schedule file damaged, begun anew", "warning")
    assert datetime.now(UTC) - last_run(begun) < HOUR
    begun.sync()
    assert set(json.loads(file.read_text())) == {"press-print"}


def test_schedule_goes_on_where_nothing_can_be_written(app: "Celery[Job]", file: Path) -> None:
    file.parent.rmdir()
    file.parent.touch()
    with capture_logs() as logs:
        begun = schedule(app)
        begun.sync()
    assert begun.tick() > 0
    assert "schedule not kept" in [line["event"] for line in logs]

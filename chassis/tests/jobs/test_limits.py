"""No job may take so long that a broker takes it back and gives it out again."""

import threading
import time
from pathlib import Path

import pytest
from chassis.jobs import celery_app, limits
from chassis.jobs.limits import JobTookTooLong, within
from chassis.settings import ServiceSettings

from chassis import liveness

CONSUMER_TIMEOUT = 30 * 60
"""Seconds after which RabbitMQ takes back what is not acknowledged, unless it is told another time."""


def go_on_for_ever() -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        threading.Event().wait(0.01)


def test_job_that_takes_too_long_is_ended() -> None:
    with pytest.raises(JobTookTooLong), within(0.1, "print"):
        go_on_for_ever()


def test_end_of_one_job_reaches_no_other() -> None:
    for _ in range(20):  # many a one ends just when its time is over
        try:
            with within(0.01, "print"):
                threading.Event().wait(0.01)
            limits._look()
        except JobTookTooLong:
            pass
    go_on = time.monotonic() + 2 * limits.LOOK_SECONDS
    while time.monotonic() < go_on:
        threading.Event().wait(0.01)


def test_job_in_time_is_let_be() -> None:
    with within(30, "print"):
        limits._look()
    assert not limits._running


def test_job_that_does_not_end_when_told_to_makes_the_worker_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GRACE_SECONDS", -1)
    with within(0, "print"):
        assert liveness.failures()["print"] == "stuck"
        limits._running.clear()
    assert "print" not in liveness.failures()


def test_every_job_has_a_limit_far_below_the_patience_of_the_broker(
    press_settings: ServiceSettings, tmp_path: Path
) -> None:
    app = celery_app(press_settings.model_copy(update={"var_dir": tmp_path}), tasks=[])
    app.finalize()
    for task in app.tasks.values():
        assert task.time_limit
        assert 0 < task.time_limit + limits.GRACE_SECONDS <= CONSUMER_TIMEOUT * 2 / 3

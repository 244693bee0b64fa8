"""A service's own slow work: Celery on RabbitMQ, or on a folder where there is no broker.

A job is a hint: the truth is a state column, and a sweeper queues again what got stuck.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from celery import Celery, Task, signals
from celery.beat import PersistentScheduler, Service
from celery.exceptions import Retry

from chassis import garbage, log_output, metrics, process, tracing
from chassis.health import Heartbeat
from chassis.logging import bind_request, clear_request, current_request_id
from chassis.settings import ServiceSettings

Schedule = dict[str, dict[str, Any]]
BEAT_SECONDS = 5  # the longest that the beat process sleeps
HEARTBEAT_SECONDS = 2  # a worker that stops waits for the next one


def celery_app(settings: ServiceSettings, *, tasks: list[str], schedule: Schedule | None = None) -> "Celery[Job]":
    """The Celery application of a service: its queue is ``<service>.jobs``, its tasks are in the modules named."""
    log_output.unfailing()  # Celery prints before it lets anybody set up logging
    # beat queues jobs by their names: without their code and its framework it starts sooner and is a third smaller
    code: dict[str, Any] = {"include": [], "fixups": []} if _is_beat() else {"include": tasks}
    app = Celery(settings.service, task_cls=Job, **code)
    app.conf.update(
        task_default_queue=f"{settings.service}.jobs",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        timezone="UTC",
        beat_schedule=schedule or {},
        beat_schedule_filename=str(settings.var_dir / f"{settings.service}-beat"),
        beat_scheduler="chassis.jobs:BeatingSchedule",
        beat_max_loop_interval=BEAT_SECONDS,
        beat_heartbeat_file=settings.heartbeat_file if _is_beat() else "",
        **_broker(settings),
    )
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    _connect(settings)
    if app.conf.broker_url == "filesystem://":
        _keep_schedule_in_worker(app)
    return app


def _is_beat() -> bool:
    return "beat" in sys.argv


def _broker(settings: ServiceSettings) -> dict[str, Any]:
    url = urlsplit(settings.jobs_url)
    if url.scheme in {"amqp", "amqps"}:
        return {
            "broker_url": settings.jobs_url,
            "broker_transport_options": {"confirm_publish": True},
            "task_default_queue_type": "quorum",
            "task_default_exchange_type": "topic",  # quorum queues count delayed jobs through topic exchanges
        }
    folder = Path(url.netloc + url.path) / settings.service
    for name in ("queue", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    queue = str(folder / "queue")
    options = {
        "data_folder_in": queue,
        "data_folder_out": queue,
        "control_folder": str(folder / "control"),
        "polling_interval": 0.1,  # the worker looks once in vain after every job: at kombu's 1 s that is a job a second
    }
    return {"broker_url": "filesystem://", "broker_transport_options": options}


def _connect(settings: ServiceSettings) -> None:
    """Log as all processes do, keep the heartbeat file young, and send request id and trace along with every job."""

    @signals.setup_logging.connect(weak=False)
    def begin(**_: Any) -> None:
        process.begin(settings, "beat" if _is_beat() else "worker")

    @signals.worker_ready.connect(weak=False)
    def serve(**_: Any) -> None:
        garbage.serving()

    @signals.worker_ready.connect(weak=False)
    def keep_beating(sender: Any, **_: Any) -> None:
        if settings.heartbeat_file:
            heartbeat = Heartbeat(settings.heartbeat_file)
            heartbeat.beat()
            sender.timer.call_repeatedly(HEARTBEAT_SECONDS, heartbeat.beat)

    @signals.before_task_publish.connect(weak=False)
    def pass_on(headers: dict[str, Any], **_: Any) -> None:
        headers |= {"request_id": current_request_id(), **tracing.headers()}
        headers["argsrepr"] = headers["kwargsrepr"] = "…"  # Celery logs these, and they may be personal


class BeatingSchedule(PersistentScheduler):
    """Keeps the heartbeat file of the beat process young each time it looks for what is due."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Queue what is due; answers the seconds until something is again."""
        Heartbeat(self.app.conf.beat_heartbeat_file).beat()
        return super().tick(*args, **kwargs)


def _keep_schedule_in_worker(app: "Celery[Any]") -> None:
    """Queue what is due from a thread of the worker: on one machine there is one, and `--beat` would fork it whole."""
    schedule = Service(app, max_interval=1)

    @signals.worker_ready.connect(weak=False)
    def start(**_: Any) -> None:
        Thread(target=schedule.start, name="beat", daemon=True).start()

    @signals.worker_shutting_down.connect(weak=False)
    def stop(**_: Any) -> None:
        schedule.stop()


class Job(Task):  # type: ignore[type-arg]
    """Runs within the trace and under the request id of who queued it, and is counted and timed."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        headers = self.request.headers or {}
        clear_request()
        bind_request(request_id=headers.get("request_id"), job=self.name)
        caller, state = headers.get("traceparent"), headers.get("tracestate")
        with tracing.span(self.name, kind="CONSUMER", parent=caller, state=state), _measured(self.name):
            return super().__call__(*args, **kwargs)


@contextmanager
def _measured(name: str) -> Iterator[None]:
    outcome = "failed"
    with metrics.histogram("job_duration_seconds").labels(name).time():
        try:
            yield
            outcome = "done"
        except Retry:
            outcome = "retried"
            raise
        finally:
            metrics.counter("jobs_run_total").labels(name, outcome).inc()

"""The Celery application of a service."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celery import Celery, signals

from chassis import disk_space, log_output, logging, process, tracing
from chassis.events import event_metrics
from chassis.events.databases.plain import sqlite_path
from chassis.health import Heartbeat, keep_beating
from chassis.jobs.job import Job
from chassis.jobs.limits import JOB_SECONDS
from chassis.liveness import STUCK_SECONDS, Watch
from chassis.logging import current_request_id
from chassis.settings import ServiceSettings, SettingsError

Schedule = dict[str, dict[str, Any]]
BEAT_SECONDS = 5  # the longest that the beat process sleeps


def celery_app(
    settings: ServiceSettings,
    *,
    tasks: list[str],
    schedule: Schedule | None = None,
    outbox_url: str = "",
    disks: Mapping[str, Path] | None = None,
) -> "Celery[Job]":
    """The Celery application of a service: its queue is ``<service>.jobs``, its tasks are in the modules named.

    Its worker tells of the outbox in that database, and of the room on the disks of these folders and of VAR_DIR.
    """
    log_output.unfailing()  # Celery prints before it lets anybody set up logging
    # beat queues jobs by their names: without their code and its framework it starts sooner and is a third smaller
    code: dict[str, Any] = {"include": [], "fixups": []} if _is_beat() else {"include": tasks}
    app = Celery(settings.service, task_cls=Job, **code)
    app.conf.update(
        task_default_queue=f"{settings.service}.jobs",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=JOB_SECONDS,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_consumer="chassis.jobs.worker:WaitingConsumer",
        broker_connection_retry_on_startup=True,
        timezone="UTC",
        beat_schedule={f"{settings.service}-{name}": entry for name, entry in (schedule or {}).items()},
        beat_schedule_filename=str(settings.var_dir / f"{settings.service}-beat.json"),
        beat_scheduler="chassis.jobs.schedule:PersistentSchedule",
        beat_max_loop_interval=BEAT_SECONDS,
        beat_sync_every=1,
        **_broker(settings),
    )
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    _connect(settings, app, outbox_url, {"var": settings.var_dir, **(disks or {})})
    return app


def _is_beat() -> bool:
    return "beat" in sys.argv


def _broker(settings: ServiceSettings) -> dict[str, Any]:
    if settings.jobs_in_file:
        options = {"path": sqlite_path(settings.jobs_url)}
        transport = "chassis.jobs.sqlite_transport:Transport"
        return {"broker_url": "sqlite://", "broker_transport": transport, "broker_transport_options": options}
    return {
        "broker_url": settings.jobs_url,
        "broker_transport_options": {"confirm_publish": True},
        "task_default_queue_type": "quorum",
        "task_default_exchange_type": "topic",  # quorum queues count delayed jobs through topic exchanges
    }


def _connect(settings: ServiceSettings, app: "Celery[Any]", outbox_url: str, disks: Mapping[str, Path]) -> None:
    """Log as all processes do, keep what a worker promises, and send request id and trace along with every job."""

    @signals.setup_logging.connect(weak=False)
    def begin(**_: Any) -> None:
        try:
            process.begin(settings, "beat" if _is_beat() else "worker")
        except SettingsError as error:  # Celery would print where it came by
            print(error, file=sys.stderr)  # noqa: T201  as chassis.run does
            sys.exit(2)

    @signals.beat_init.connect(weak=False)
    def promise_schedule(sender: Any, **_: Any) -> None:
        sender.scheduler.watch = Watch("beat", within=STUCK_SECONDS)
        keep_beating(Heartbeat(settings.heartbeat_file))

    @signals.celeryd_init.connect(weak=False)
    def promise(**_: Any) -> None:
        from chassis.jobs import worker  # noqa: PLC0415  whoever only queues jobs does without Celery's worker

        logging.configure(settings, "worker")  # Celery has something to say before it lets anybody begin
        worker.connect(settings, app, with_schedule=settings.jobs_in_file)

    @signals.celeryd_after_setup.connect(weak=False)
    def tell(**_: Any) -> None:
        disk_space.show(disks)
        if outbox_url:
            event_metrics.watch_outbox(outbox_url)

    @signals.before_task_publish.connect(weak=False)
    def pass_on(headers: dict[str, Any], **_: Any) -> None:
        headers |= {"request_id": current_request_id(), **tracing.headers()}
        headers["argsrepr"] = headers["kwargsrepr"] = "…"  # Celery logs these, and they may be personal

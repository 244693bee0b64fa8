"""What a worker promises: it takes jobs, and where everything is on one machine it queues those that are due."""

from typing import Any

from celery import Celery, apps, signals
from celery.worker.consumer import Consumer

from chassis import gc_tuning
from chassis.health import Heartbeat, keep_beating
from chassis.jobs.schedule import PersistentSchedule
from chassis.jobs.sqlite_transport import Transport
from chassis.liveness import STUCK_SECONDS, Loop, Watch
from chassis.logging import get_logger
from chassis.settings import ServiceSettings

TURN_SECONDS = 2  # a worker that stops waits for the next turn
log = get_logger()


class WaitingConsumer(Consumer):
    """Celery's consumer, which is not stuck while its broker is away."""

    taking: Watch | None = None

    def ensure_connected(self, conn: Any) -> Any:
        if self.taking:
            self.taking.idle()
        return super().ensure_connected(conn)


def connect(settings: ServiceSettings, app: "Celery[Any]", *, with_schedule: bool) -> None:
    """Begin to keep the promises once the worker is ready; it is so again after each loss of its broker."""
    apps.worker.safe_say = _log  # type: ignore[attr-defined]  # Celery writes what signals make it say past all logging

    @signals.worker_ready.connect(weak=False)
    def serve(sender: Any, **_: Any) -> None:
        if sender.taking is None:
            sender.taking = Watch("jobs", within=STUCK_SECONDS)
            _begin(settings, app, with_schedule=with_schedule)
        _let_turn(sender)


def _log(message: str, *_: object) -> None:
    log.info(message)


def _begin(settings: ServiceSettings, app: "Celery[Any]", *, with_schedule: bool) -> None:
    keep_beating(Heartbeat(settings.heartbeat_file))
    if with_schedule:
        _queue_what_is_due(app)
    gc_tuning.freeze_for_serving()


def _let_turn(consumer: Any) -> None:
    consumer.taking.tick()
    if consumer.hub is None:
        Transport.watch = consumer.taking
    else:
        consumer.timer.call_repeatedly(TURN_SECONDS, consumer.taking.tick)


def _queue_what_is_due(app: "Celery[Any]") -> None:
    """From a thread of the worker: on one machine there is one worker, and `--beat` would fork it whole."""
    schedule = PersistentSchedule(app=app, max_interval=1, schedule_filename=app.conf.beat_schedule_filename)
    loop = Loop("beat", schedule.tick, within=STUCK_SECONDS)

    @signals.worker_shutting_down.connect(weak=False)
    def stop(**_: Any) -> None:
        loop.stop(0)
        schedule.sync()

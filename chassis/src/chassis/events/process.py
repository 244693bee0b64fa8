"""The background processes of a service's events: relay, consumer, or both in one (messenger)."""

import signal
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType

from chassis import gc_tuning, sentry
from chassis.events import event_metrics, transports
from chassis.events.consumer import Consumer
from chassis.events.databases import plain
from chassis.events.databases.tables import require_tables
from chassis.events.inbox import Inbox
from chassis.events.relay import Relay
from chassis.events.service import EventService
from chassis.events.topology import queues
from chassis.health import Heartbeat
from chassis.liveness import Watch
from chassis.logging import get_logger
from chassis.process import begin

Loop = Callable[[threading.Event, Callable[[], None]], None]
"""Works until the event is set, calling the function each time it turns."""
WORKERS = 4
"""Threads that handle events; on SQLite one, for there is one write lock anyway."""
STALE_SECONDS = 60
"""A loop that has not turned for so long is stuck: liveness names it, and the heartbeat stops."""
CLOSING_SECONDS = 3
"""What closing connections may take beyond DRAIN_SECONDS; the chart gives a pod 5."""
log = get_logger()


def relay(service: EventService) -> None:
    """Publish the service's events until SIGTERM."""
    run(service, "relay", relay_loops(service))


def consumer(service: EventService) -> None:
    """Handle the events of others until SIGTERM; where nothing is handled yet, wait for it."""
    run(service, "consumer", consumer_loops(service))


def messenger(service: EventService) -> None:
    """Do both in one process, until SIGTERM."""
    run(service, "messenger", relay_loops(service) | consumer_loops(service))


def relay_loops(service: EventService) -> dict[str, Loop]:
    """What a relay process does; raises SettingsError when the tables are missing."""
    require_tables(plain.connect(service.database_url), service.name)
    optional = {name for name, declared in service.types.items() if declared.optional_subscribers}
    transport = transports.connect(service.settings.events_url)
    own_queues = queues(service.name, service.handlers)
    work = Relay(
        plain.connect(service.database_url),
        transport.publisher(),
        service=service.settings.service,
        optional=optional,
        declare=lambda: transport.apply(own_queues),
    )
    return {"relay": work.run}


def consumer_loops(service: EventService) -> dict[str, Loop]:
    """What a consumer process does, nothing where nothing is handled; raises SettingsError when the tables are missing.

    The process runs all the same: so every mode has it before the first handler comes, and that is one row.
    """
    if not service.handlers:
        return {}
    if service.database is None:
        raise ValueError(f"{service.name} has handlers and no database to handle events in")
    require_tables(service.database, service.name)
    bound = queues(service.name, service.handlers)
    inboxes = {queue.name: Inbox(service.database, queue.name, service.handlers) for queue in bound}
    workers = 1 if service.database.dialect == "sqlite" else WORKERS
    work = Consumer(transports.connect(service.settings.events_url), inboxes, bound, workers=workers)
    drain_seconds = service.settings.drain_seconds
    return {"consumer": lambda stop, beat: work.run(stop, beat, drain_seconds), "retries": work.retry}


def run(service: EventService, process: str, loops: Mapping[str, Loop]) -> None:
    """Run each loop in a thread until SIGTERM or SIGINT, or until one fails, which ends the process.

    Raises SystemExit(1) when one failed, or did not finish within DRAIN_SECONDS and little more.
    """
    begin(service.settings, process)
    event_metrics.announce()
    gc_tuning.freeze_for_serving()
    stop = threading.Event()
    _stop_on_signals(stop)
    failed: list[str] = []
    watches = [Watch(name, within=STALE_SECONDS) for name in loops]
    threads = [
        threading.Thread(target=_guarded, args=(loop, stop, watch, failed), name=watch.name, daemon=True)
        for watch, loop in zip(watches, loops.values(), strict=True)
    ]
    for thread in threads:
        thread.start()
    log.info("started", loops=list(loops))
    heartbeat = Heartbeat(service.settings.heartbeat_file)
    while not stop.wait(1):
        heartbeat.beat()
    late = _unfinished(threads, service.settings.drain_seconds + CLOSING_SECONDS)
    log.info("stopped", unfinished=late)
    if failed or late:
        raise SystemExit(1)


def _unfinished(threads: list[threading.Thread], seconds: float) -> list[str]:
    """Wait for threads; gives the names of those that were still at work at the end."""
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
    return [thread.name for thread in threads if thread.is_alive()]


def _guarded(loop: Loop, stop: threading.Event, watch: Watch, failed: list[str]) -> None:
    try:
        loop(stop, watch.tick)
    except BaseException as error:
        log.exception("loop failed", loop=watch.name)
        sentry.report(error)
        failed.append(watch.name)
    finally:
        stop.set()


def _stop_on_signals(stop: threading.Event) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)

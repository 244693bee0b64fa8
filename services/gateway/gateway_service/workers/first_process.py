"""The first process of a gateway with several workers: it listens and hears for them, and serves nothing itself."""

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Any

from chassis.events.envelope import Event, encode
from chassis.health import Health
from chassis.liveness import Watch
from chassis.process import begin
from chassis.revocations import feed_of

from gateway_service.admin import Admin
from gateway_service.cache.news import News
from gateway_service.config import parse, read_text
from gateway_service.door.door import Door
from gateway_service.reloading import Reloading
from gateway_service.server import ADMIN_SECONDS, listeners, quiet, stop_signal
from gateway_service.settings import GatewaySettings
from gateway_service.workers.handing import Handing
from gateway_service.workers.supervisor import Supervisor


async def serve(settings: GatewaySettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError if a port is taken or the configuration is wrong."""
    text = read_text(settings.config)
    parse(text, settings.config, pictures_apart=settings.has_pictures_apart)
    revocations = feed_of(settings)
    supervisor = Supervisor(settings.workers, text, revocations)
    reloading = Reloading(settings.config, supervisor.take_over)
    health = _health(supervisor, revocations.current)
    listens, listens_admin = listeners(settings)
    handing = Handing(listens, lambda: supervisor.serving)
    application = Admin(settings, health, reloading, supervisor.told, supervisor.metrics)
    admin = Door(application)
    begin(settings, "web")
    revocations.follow(_Hearer(supervisor))
    stop = stop_signal()
    async with asyncio.TaskGroup() as tasks:
        keeping = [tasks.create_task(supervisor.keep(number)) for number in range(settings.workers)]
        beating = tasks.create_task(supervisor.beat_forever())
        watching = tasks.create_task(reloading.watch_forever())
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloading.now)
        revocations.start()
        application.start()
        await admin.open(listens_admin)
        handing.begin()
        watches = [Watch("configuration", alive=lambda: not watching.done())]
        await stop.wait()
        for watch in watches:
            watch.unregister()
        await _drain(supervisor, handing, health, beating, settings.drain_seconds)
        for task in (watching, *keeping):
            task.cancel()
        await asyncio.to_thread(revocations.close)
        await admin.close(ADMIN_SECONDS)


def _health(supervisor: Supervisor, hears: Callable[[], None]) -> Health:
    health = Health()
    health.check("workers", supervisor.ready)
    health.warn("workers", supervisor.whole)
    health.warn("revocations", hears)
    return health


async def _drain(
    supervisor: Supervisor, handing: Handing, health: Health, beating: asyncio.Task[None], seconds: float
) -> None:
    """End as one process does: all workers are quiet before the port closes."""
    until = time.monotonic() + seconds
    health.drain()
    await supervisor.announce()
    await quiet(supervisor.requests, seconds)
    beating.cancel()
    handing.close()
    await supervisor.close(max(0, until - time.monotonic()))


class _Hearer:
    """Passes on what the feed hears, from its threads to the loop."""

    types = News.types

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._loop = asyncio.get_running_loop()

    def on_subscribed(self) -> None:
        self._soon(self._supervisor.on_subscribed)

    def on_event(self, event: Event) -> None:
        self._soon(self._supervisor.on_event, encode(event).decode())

    def on_lost(self) -> None:
        self._soon(self._supervisor.on_lost)

    def _soon(self, passed_on: Callable[..., None], *said: Any) -> None:
        self._loop.call_soon_threadsafe(passed_on, *said)

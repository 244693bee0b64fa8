"""Runs the gateway: its public door and the admin port in this process, and an orderly end."""

import asyncio
import resource
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial

from chassis.client_address import TrustedProxies
from chassis.listening import listener
from chassis.liveness import Watch
from chassis.metrics import counter, gauge
from chassis.process import begin
from chassis.revocations import feed_of

from chassis import gc_tuning
from gateway_service.admin import Admin
from gateway_service.app import Gateway
from gateway_service.assembly import Assembly
from gateway_service.config import read_text
from gateway_service.door.door import Door
from gateway_service.door.limits import CONNECTIONS
from gateway_service.rates.chosen import is_loopback, limiter, whose_address
from gateway_service.reloading import Reloading
from gateway_service.settings import GatewaySettings, trusted_proxies

FIRST_KEYS_SECONDS = 2  # how long the start waits for the token issuer
ANNOUNCED_SECONDS = 5  # at most, between becoming unready and closing the port
QUIET_SECONDS = 0.5
ADMIN_SECONDS = 1  # for a probe under way


async def serve(settings: GatewaySettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError if a port is taken or the configuration is wrong."""
    revocations = feed_of(settings)
    assembly = Assembly(settings, read_text(settings.config), revocations, limiter(settings.cache_url))
    reloading = Reloading(settings.config, partial(_take_over, assembly))
    listens, listens_admin = listeners(settings)
    public = door(settings, assembly.gateway)
    application = Admin(settings, assembly.health, reloading, assembly.told)
    admin = Door(application)
    begin(settings, "web")
    gc_tuning.freeze_for_serving()
    _tell_of_one_worker()
    stop = stop_signal()
    async with asyncio.TaskGroup() as tasks:
        refreshing = tasks.create_task(assembly.keys.refresh_forever())
        watching = tasks.create_task(reloading.watch_forever())
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloading.now)
        revocations.start()
        application.start()
        await admin.open(listens_admin)
        await assembly.keys.first(FIRST_KEYS_SECONDS)
        await public.open(listens)
        watches = [
            Watch("jwks", alive=lambda: not refreshing.done()),
            Watch("configuration", alive=lambda: not watching.done()),
            Watch("public", alive=lambda: public.is_open),
        ]
        await stop.wait()
        for watch in watches:
            watch.unregister()
        await _drain(assembly, public, settings.drain_seconds)
        await asyncio.to_thread(revocations.close)
        await assembly.limiter.close()
        await admin.close(ADMIN_SECONDS)
        watching.cancel()
        refreshing.cancel()
    assembly.gateway.log.flush()


def _tell_of_one_worker() -> None:
    """What a gateway of several tells of its own, so that panels and alerts find the same of every gateway."""
    gauge("gateway_workers").set(1)
    gauge("gateway_workers_unacknowledged_seconds").set(0)
    counter("gateway_worker_exits_total")


async def _take_over(assembly: Assembly, text: str) -> None:
    put_in_force = await asyncio.to_thread(assembly.prepare, text)
    put_in_force()


def listeners(settings: GatewaySettings) -> tuple[socket.socket, socket.socket]:
    """The public port's and the admin port's; raises SettingsError."""
    _allow_files()
    return (
        listener(settings.host, settings.port, "GATEWAY_PORT"),
        listener(settings.admin_host, settings.admin_port, "GATEWAY_ADMIN_PORT"),
    )


def _allow_files() -> None:
    """Have as many as the system lets this process have: each connection is one, and shells often give a thousand."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def door(settings: GatewaySettings, gateway: Gateway) -> Door:
    """The public door, or a worker's share of it."""
    counted = partial(_counted, trusted_proxies(settings), not settings.production)
    per_address = -(-settings.connections_per_address // settings.workers)
    return Door(gateway, connections=CONNECTIONS // settings.workers, per_address=per_address, whose=counted)


def _counted(proxies: TrustedProxies, is_home: bool, peer: str) -> str | None:
    """Whose a connection is: of no client alone, where a proxy brings many, or of the developer at home."""
    return None if proxies.trusts(peer) or (is_home and is_loopback(peer)) else whose_address(peer)


async def _drain(assembly: Assembly, public: Door, seconds: float) -> None:
    """Be unready, serve on with ``Connection: close`` while requests still come, then finish those under way."""

    async def told() -> tuple[int, int]:
        return len(assembly.gateway.active), assembly.gateway.served

    until = time.monotonic() + seconds
    assembly.health.drain()
    assembly.gateway.draining = True
    await quiet(told, seconds)
    await public.close(max(0, until - time.monotonic()))


async def quiet(told: Callable[[], Awaitable[tuple[int, int]]], seconds: float) -> None:
    """Wait until no request has come for a moment, but no longer than becoming unready may take of the ``seconds``.

    ``told`` says how many requests are under way, and how many have been served.
    """
    seconds = min(ANNOUNCED_SECONDS, seconds / 2)
    until = time.monotonic() + seconds
    seen = -1
    while time.monotonic() < until:
        active, served = await told()
        if not active and served == seen:
            return
        seen = served
        await asyncio.sleep(min(QUIET_SECONDS, seconds))


def stop_signal() -> asyncio.Event:
    """Is set when the process is to end."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop

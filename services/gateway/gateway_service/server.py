"""Runs the gateway: its public door and the admin port in this process, and an orderly end."""

import asyncio
import signal
import time
from functools import partial

from chassis.client_address import TrustedProxies
from chassis.listening import listener
from chassis.liveness import Watch
from chassis.process import begin

from chassis import gc_tuning
from gateway_service.app import Gateway
from gateway_service.assembly import Assembly
from gateway_service.config import read
from gateway_service.door.door import Door
from gateway_service.rates.chosen import is_loopback, whose_address
from gateway_service.settings import GatewaySettings, trusted_proxies

FIRST_KEYS_SECONDS = 2  # how long the start waits for the token issuer
ANNOUNCED_SECONDS = 5  # at most, between becoming unready and closing the port
QUIET_SECONDS = 0.5
ADMIN_SECONDS = 1  # for a probe under way


async def serve(settings: GatewaySettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError if a port is taken or the configuration is wrong."""
    assembly = Assembly(settings, read(settings.config))
    listens = listener(settings.host, settings.port, "GATEWAY_PORT")
    listens_admin = listener(settings.admin_host, settings.admin_port, "GATEWAY_ADMIN_PORT")
    counted = partial(_counted, trusted_proxies(settings), not settings.production)
    public = Door(assembly.gateway, per_address=settings.connections_per_address, whose=counted)
    admin = Door(assembly.admin)
    begin(settings, "web")
    gc_tuning.freeze_for_serving()
    stop = _stop_signal()
    async with asyncio.TaskGroup() as tasks:
        refreshing = tasks.create_task(assembly.keys.refresh_forever())
        reloading = tasks.create_task(assembly.reloading.watch_forever())
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, assembly.reloading.now)
        assembly.revocations.start()
        await admin.open(listens_admin)
        await assembly.keys.first(FIRST_KEYS_SECONDS)
        await public.open(listens)
        watches = [
            Watch("jwks", alive=lambda: not refreshing.done()),
            Watch("configuration", alive=lambda: not reloading.done()),
            Watch("public", alive=lambda: public.is_open),
        ]
        await stop.wait()
        for watch in watches:
            watch.unregister()
        await _drain(assembly, public, settings.drain_seconds)
        await asyncio.to_thread(assembly.revocations.close)
        await assembly.limiter.close()
        await admin.close(ADMIN_SECONDS)
        reloading.cancel()
        refreshing.cancel()
    assembly.gateway.log.flush()


def _counted(proxies: TrustedProxies, is_home: bool, peer: str) -> str | None:
    """Whose a connection is: of no client alone, where a proxy brings many, or of the developer at home."""
    return None if proxies.trusts(peer) or (is_home and is_loopback(peer)) else whose_address(peer)


async def _drain(assembly: Assembly, public: Door, seconds: float) -> None:
    """Be unready, serve on with ``Connection: close`` while requests still come, then finish those under way."""
    until = time.monotonic() + seconds
    assembly.health.drain()
    assembly.gateway.draining = True
    await _quiet(assembly.gateway, min(ANNOUNCED_SECONDS, seconds / 2))
    await public.close(max(0, until - time.monotonic()))


async def _quiet(gateway: Gateway, seconds: float) -> None:
    """Wait until no request has come for a moment, or for ``seconds``."""
    until = time.monotonic() + seconds
    seen = -1
    while time.monotonic() < until and (gateway.active or gateway.served != seen):
        seen = gateway.served
        await asyncio.sleep(min(QUIET_SECONDS, seconds))


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop

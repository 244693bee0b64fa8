"""Runs the gateway: granian in this process (uvloop, one worker), the admin port beside it, and an orderly end."""

import asyncio
import logging
import signal
import time
from typing import Any

from chassis.listening import listener
from chassis.liveness import Watch
from chassis.process import begin
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from chassis import garbage
from gateway_service.app import Gateway
from gateway_service.assembly import Parts, assemble
from gateway_service.config import read
from gateway_service.settings import GatewaySettings

FIRST_KEYS_SECONDS = 2  # how long the start waits for the token issuer
HEADER_MILLISECONDS = 20_000  # for the headers of a request, and for an idle connection
CONNECTIONS = 8192
ANNOUNCED_SECONDS = 5  # at most, between becoming unready and closing the port
QUIET_SECONDS = 0.5


async def serve(settings: GatewaySettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError if a port is taken or the configuration is wrong."""
    parts = assemble(settings, read(settings.config))
    address = _address(settings.host, settings.port, "GATEWAY_PORT")
    admin_address = _address(settings.admin_host, settings.admin_port, "GATEWAY_ADMIN_PORT")
    admin = _server(parts.admin, admin_address, settings.admin_port)
    public = _server(parts.gateway, address, settings.port)
    begin(settings, "web")  # after granian, which sets up logging of its own
    # it would log the exceptions that cut broken-off answers; what there is to say is in the access log
    logging.getLogger("_granian").setLevel(logging.CRITICAL)
    garbage.serving()
    stop = _stop_signal()
    async with asyncio.TaskGroup() as tasks:
        refreshing = tasks.create_task(parts.keys.refresh_forever())
        serving_admin = tasks.create_task(admin.serve())
        await parts.keys.first(FIRST_KEYS_SECONDS)
        serving = tasks.create_task(public.serve())
        watches = [watched("jwks", refreshing), watched("public", serving)]
        await stop.wait()
        for watch in watches:
            watch.forget()
        await _drain(parts, public, serving, settings.drain_seconds)
        _stop(admin)
        await serving_admin
        refreshing.cancel()
    parts.gateway.log.flush()


def watched(name: str, task: asyncio.Task[None]) -> Watch:
    """Liveness names the task when it has ended."""
    return Watch(name, alive=lambda: not task.done())


async def _drain(parts: Parts, public: Server, serving: asyncio.Task[None], seconds: float) -> None:
    """Be unready, serve on with ``Connection: close`` while requests still come, then finish those under way."""
    until = time.monotonic() + seconds
    parts.health.drain()
    parts.gateway.draining = True
    await _quiet(parts.gateway, min(ANNOUNCED_SECONDS, seconds / 2))
    _stop(public)
    await asyncio.wait({serving}, timeout=max(0, until - time.monotonic()))
    serving.cancel()


async def _quiet(gateway: Gateway, seconds: float) -> None:
    """Wait until no request has come for a moment, or for ``seconds``."""
    until = time.monotonic() + seconds
    seen = -1
    while time.monotonic() < until and (gateway.active or gateway.served != seen):
        seen = gateway.served
        await asyncio.sleep(min(QUIET_SECONDS, seconds))


def _stop(server: Server) -> None:
    server.stop()  # type: ignore[no-untyped-call]  # granian is not annotated here


def _server(app: Any, address: str, port: int) -> Server:
    return Server(
        app,
        address=address,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        log_enabled=False,
    )


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _address(host: str, port: int, setting: str) -> str:
    """The address of a host, on which nobody listens yet; raises SettingsError.

    The server shares its port with whoever asks (SO_REUSEPORT), so a second copy would take half the requests.
    """
    with listener(host, port, setting) as probe:
        return str(probe.getsockname()[0])

"""One worker: serves the connections that the supervisor hands it, and does what that says.

``python -m gateway_service.workers.worker CHANNEL CONNECTIONS``: numbers of the descriptors it has inherited. It takes
no signals, which a terminal or supervisord sends to the whole group: the supervisor says when to end, and so does its
end.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from chassis.logging import get_logger
from chassis.process import begin
from chassis.settings import SettingsError

from chassis import gc_tuning, log_output
from gateway_service.assembly import Assembly
from gateway_service.door.door import Door
from gateway_service.rates.chosen import limiter
from gateway_service.server import FIRST_KEYS_SECONDS, door
from gateway_service.settings import settings
from gateway_service.workers.channel import Channel
from gateway_service.workers.figures import Page, page
from gateway_service.workers.relayed import RelayedRevocations
from gateway_service.workers.relayed_rates import RelayedStore

_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
log = get_logger()


class Worker:
    """Does what the supervisor says; ``over`` is set when the supervisor has no more to say, or is gone."""

    assembly: Assembly
    _door: Door
    _refreshing: asyncio.Task[None]

    def __init__(self, connections: socket.socket) -> None:
        self.over = asyncio.Event()
        self._settings = settings()
        self._connections = connections
        self._revocations = RelayedRevocations()
        self._put_in_force: Callable[[], None] = lambda: None
        self._channel = Channel(
            {
                "begin": self._begin,
                "begins": lambda _: self._revocations.on_subscribed(),
                "hears": lambda event: self._revocations.on_event(event.encode()),
                "lost": lambda _: self._revocations.on_lost(),
                "beat": self._beat,
                "prepare": self._prepare,
                "apply": self._apply,
                "figures": lambda _: page(),
                "announce": self._announce,
                "close": self._close,
            },
            self.over.set,
        )

    async def connect(self, channel: socket.socket) -> None:
        await asyncio.get_running_loop().create_unix_connection(lambda: self._channel, sock=channel)

    def _begin(self, told: dict[str, Any]) -> Awaitable[None]:
        """Serve, by what the supervisor knows so far; what it hears from now on comes behind this."""
        own = self._settings
        self._revocations.tokens.take_over(told["revoked"])
        self._revocations.confirmed(told["confirmed"])
        rates = limiter(own.cache_url, RelayedStore(self._channel))
        self.assembly = Assembly(own, told["config"], self._revocations, rates)
        self._door = door(own, self.assembly.gateway)
        self._revocations.start_grace()
        if told["listening"]:
            self._revocations.on_subscribed()
        gc_tuning.freeze_for_serving()
        return self._open()

    async def _open(self) -> None:
        self._refreshing = asyncio.create_task(self.assembly.keys.refresh_forever())
        await self.assembly.keys.first(FIRST_KEYS_SECONDS)
        self._door.begin()
        asyncio.get_running_loop().add_reader(self._connections.fileno(), self._take_connections)

    def _take_connections(self) -> None:
        while True:
            try:
                _, descriptors, _, _ = socket.recv_fds(self._connections, 1, 1)
            except BlockingIOError:
                return
            if not descriptors:  # the supervisor is gone
                asyncio.get_running_loop().remove_reader(self._connections.fileno())
                return
            accepted = socket.socket(fileno=descriptors[0])
            accepted.setblocking(False)
            self._door.take(accepted)

    def _beat(self, confirmed: float | None) -> dict[str, Any]:
        """Hear how fresh the list of revocations is, and tell how this worker is."""
        self._revocations.confirmed(confirmed)
        status, health = self.assembly.health.readyz()
        return {"ready": status == 200, "health": health, "connections": len(self._door), **self.assembly.told()}

    async def _prepare(self, text: str) -> str:
        """What is wrong with a configuration, nothing if it can be put in force."""
        try:
            self._put_in_force = await asyncio.to_thread(self.assembly.prepare, text)
        except SettingsError as error:
            return str(error)
        return ""

    def _apply(self, _: None) -> None:
        self._put_in_force()

    def _announce(self, _: None) -> None:
        """Ask clients to connect elsewhere from now on."""
        self.assembly.health.drain()
        self.assembly.gateway.draining = True

    async def _close(self, seconds: float) -> Page:
        """Finish what is under way, and tell the last figures."""
        self._take_connections()
        asyncio.get_running_loop().remove_reader(self._connections.fileno())
        await self._door.close(seconds)
        await self.assembly.limiter.close()
        self.assembly.gateway.log.flush()
        self._refreshing.cancel()
        return page()


async def serve(channel: int, connections: int) -> None:
    """Work until the supervisor has no more use for it."""
    handed = socket.socket(fileno=connections)
    handed.setblocking(False)
    worker = Worker(handed)
    begin(settings(), "web")
    await worker.connect(socket.socket(fileno=channel))
    await worker.over.wait()


def main(arguments: list[str]) -> None:
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    gc_tuning.relax_for_startup()
    log_output.unfailing()
    uvloop.run(serve(*map(int, arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])

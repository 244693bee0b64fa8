"""One worker, as the supervisor sees it."""

import asyncio
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from typing import Any

from gateway_service.workers.channel import Channel, ChannelLostError, Handler
from gateway_service.workers.figures import Page


class WorkerHandle:
    """A worker's process, the channel to it, and what it told last. ``serves`` once it has begun."""

    process: Process
    channel: Channel
    _connections: socket.socket

    def __init__(self, number: int) -> None:
        self.number = number
        self.serves = False
        self.told: dict[str, Any] = {}
        self.figures: Page = []
        self.events = 0
        self.acknowledged = 0
        self._handed = 0  # connections, since it told how many it has

    async def start(self, handlers: Mapping[str, Handler]) -> None:
        """Start the process, and talk to it from now on."""
        channel, its_channel = socket.socketpair()
        self._connections, its_connections = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._connections.setblocking(False)
        inherited = its_channel.fileno(), its_connections.fileno()
        with its_channel, its_connections:
            command = [sys.executable, "-m", "gateway_service.workers.worker", *map(str, inherited)]
            self.process = await asyncio.create_subprocess_exec(*command, pass_fds=inherited)
        self.channel = Channel(handlers, self.kill)
        await asyncio.get_running_loop().create_unix_connection(lambda: self.channel, sock=channel)

    @property
    def is_ready(self) -> bool:
        return self.serves and bool(self.told.get("ready"))

    @property
    def connections(self) -> int:
        """How many it has, as far as is known."""
        return int(self.told.get("connections", 0)) + self._handed

    async def beat(self, confirmed: float | None) -> bool:
        """Have it tell how it is; False if it is gone."""
        try:
            self.told = await self.channel.ask("beat", confirmed)
        except ChannelLostError:
            return False
        self._handed = 0
        return True

    def tell(self, what: str, said: str | None = None) -> None:
        """Pass on what was heard, and count that it was taken in."""
        self.events += 1
        self.channel.ask(what, said).add_done_callback(self._acknowledge)

    def _acknowledge(self, answer: "asyncio.Future[Any]") -> None:
        self.acknowledged += not answer.exception()

    def hand(self, connection: socket.socket) -> bool:
        """Give it a client's connection; False if it has not taken earlier ones yet, or is gone."""
        try:
            socket.send_fds(self._connections, [b"."], [connection.fileno()])
        except OSError:
            return False
        self._handed += 1
        return True

    def kill(self) -> None:
        """End it at once."""
        if self.process.returncode is None:
            self.process.kill()

    async def ended(self) -> int:
        """Wait for its end; gives the exit code."""
        code = await self.process.wait()
        self.serves = False
        self.channel.close()
        self._connections.close()
        return code

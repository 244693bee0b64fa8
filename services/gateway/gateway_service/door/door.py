"""Listens, knows every connection, looks at their deadlines, and closes in order."""

import asyncio
import socket

from gateway_service.door.connection import Application, ClientConnection
from gateway_service.door.limits import CONNECTIONS, HEAD_SECONDS, LINGER_SECONDS

SWEEP_SECONDS = 0.5
BACKLOG = 1024


class Door:
    """Serves an application on a socket, within the running loop."""

    def __init__(
        self,
        app: Application,
        *,
        connections: int = CONNECTIONS,
        head_seconds: float = HEAD_SECONDS,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self.app = app
        self.head_seconds = head_seconds
        self.linger_seconds = linger_seconds
        self.closing = False
        self._most = connections
        self._connections: dict[ClientConnection, None] = {}  # in the order they came
        self._gone = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    async def open(self, listener: socket.socket) -> None:
        """Take over the socket and serve."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ClientConnection(self), sock=listener, backlog=BACKLOG)
        self._sweep()

    @property
    def is_open(self) -> bool:
        return self._server is not None and self._server.is_serving()

    async def close(self, seconds: float) -> None:
        """Take no more connections nor requests, finish those under way, and end all after ``seconds``."""
        self.closing = True
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.close_if_idle()
        try:
            async with asyncio.timeout(seconds):
                await self._emptied()
        except TimeoutError:
            for connection in list(self._connections):
                connection.abort()
            await self._emptied()
        if self._sweeping:
            self._sweeping.cancel()

    async def _emptied(self) -> None:
        while self._connections:
            self._gone.clear()
            await self._gone.wait()

    # for its connections

    def enter(self, connection: ClientConnection) -> bool:
        """Whether there is room; the connection that has been here for longest and is idle gives way."""
        if len(self._connections) >= self._most:
            idle = next((other for other in self._connections if other.idle), None)
            if idle is None:
                return False
            idle.abort()
            self._connections.pop(idle)
        self._connections[connection] = None
        return True

    def leave(self, connection: ClientConnection) -> None:
        self._connections.pop(connection, None)
        self._gone.set()

    def _sweep(self) -> None:
        """A look at all connections now and then: cheaper than a timer for each request."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self._connections):
            if connection.deadline < now:
                connection.overdue()
        self._sweeping = loop.call_later(SWEEP_SECONDS, self._sweep)

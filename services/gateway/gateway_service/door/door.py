"""Listens, knows every connection, looks at their deadlines, and closes in order."""

import asyncio
import socket
from collections.abc import Callable

from chassis.metrics import counter

from gateway_service.door.connection import Application, ClientConnection
from gateway_service.door.limits import CONNECTIONS, HEAD_SECONDS, LINGER_SECONDS

SWEEP_SECONDS = 0.5
BACKLOG = 1024


class Door:
    """Serves an application on a socket, within the running loop.

    ``whose`` says under what name a client's address is counted, None for those that are not: proxies in front.
    """

    def __init__(  # noqa: PLR0913  all but the first have defaults
        self,
        app: Application,
        *,
        connections: int = CONNECTIONS,
        per_address: int = CONNECTIONS,
        whose: Callable[[str], str | None] = lambda _: None,
        head_seconds: float = HEAD_SECONDS,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self.app = app
        self.head_seconds = head_seconds
        self.linger_seconds = linger_seconds
        self.closing = False
        self._most = connections
        self._most_per_address = per_address
        self._whose = whose
        self._connections: dict[ClientConnection, None] = {}  # in the order they came
        self._of_address: dict[str, dict[ClientConnection, None]] = {}
        self._gone = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._taking: set[asyncio.Task[object]] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    async def open(self, listener: socket.socket) -> None:
        """Take over the socket and serve."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ClientConnection(self), sock=listener, backlog=BACKLOG)
        self.begin()

    def begin(self) -> None:
        """Look after connections; those that somebody else has accepted come by ``take``."""
        self._sweep()

    def take(self, accepted: socket.socket) -> None:
        """Serve a connection."""
        loop = asyncio.get_running_loop()
        taking = loop.create_task(loop.connect_accepted_socket(lambda: ClientConnection(self), accepted))
        self._taking.add(taking)
        taking.add_done_callback(self._taken)

    def _taken(self, taking: asyncio.Task[object]) -> None:
        self._taking.discard(taking)
        if not taking.cancelled():
            taking.exception()  # a client that has left already

    def __len__(self) -> int:
        return len(self._connections)

    @property
    def is_open(self) -> bool:
        return self._server is not None and self._server.is_serving()

    async def close(self, seconds: float) -> None:
        """Take no more connections nor requests, finish those under way, and end all after ``seconds``."""
        if self._taking:
            await asyncio.wait(self._taking)
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
        """Whether there is room; the connection that has been here for longest and is idle gives way.

        An address that has as many as it may makes room among its own.
        """
        whose = self._whose(connection.client)
        own = self._of_address.setdefault(whose, {}) if whose else {}
        if len(own) >= self._most_per_address and not self._make_room(own):
            return False
        if len(self._connections) >= self._most and not self._make_room(self._connections):
            return False
        self._connections[connection] = own[connection] = None
        return True

    def _make_room(self, among: dict[ClientConnection, None]) -> bool:
        idle = next((other for other in among if other.idle), None)
        if idle is None:
            counter("gateway_connections_refused_total").inc()
            return False
        idle.abort()
        self._forget(idle)
        return True

    def leave(self, connection: ClientConnection) -> None:
        self._forget(connection)
        self._gone.set()

    def _forget(self, connection: ClientConnection) -> None:
        self._connections.pop(connection, None)
        whose = self._whose(connection.client)
        own = self._of_address.get(whose, {}) if whose else {}
        own.pop(connection, None)
        if whose and not own:
            self._of_address.pop(whose, None)

    def _sweep(self) -> None:
        """A look at all connections now and then: cheaper than a timer for each request."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self._connections):
            if connection.asked:
                connection.asked = False
            else:
                connection.forget()
            if connection.deadline < now:
                connection.overdue()
        self._sweeping = loop.call_later(SWEEP_SECONDS, self._sweep)

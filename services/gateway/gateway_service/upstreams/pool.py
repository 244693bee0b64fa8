"""Connections to one service, used again while they are young."""

import asyncio
from collections import deque
from time import monotonic
from urllib.parse import urlsplit

from chassis import keep_alive
from gateway_service.upstreams.connection import UpstreamConnection, UpstreamFailedError

LIFETIME_SECONDS = 10  # a connection leads to one pod for good: only new ones reach a pod that came since


class Pool:
    """``url`` is the service's, http or https; ``connect_seconds`` bound how long a connection may take.

    Connections are used in turn and for ``lifetime_seconds`` at most, so that all pods behind the name get their share.
    """

    def __init__(self, url: str, connect_seconds: float, lifetime_seconds: float = LIFETIME_SECONDS) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self.connect_seconds = connect_seconds
        self._lifetime_seconds = lifetime_seconds
        self._idle: deque[UpstreamConnection] = deque()
        self.authority = parts.netloc.rpartition("@")[2]
        self.prefix = parts.path

    def take(self) -> UpstreamConnection | None:
        """The connection that has been idle for longest, or None."""
        while self._idle:
            connection = self._idle.popleft()
            if not connection.closed and monotonic() - connection.idle_since < keep_alive.CLIENT_SECONDS:
                return connection
            connection.abort()
        return None

    async def connect(self) -> UpstreamConnection:
        """A new connection; raises UpstreamFailedError."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.connect_seconds):
                _, connection = await loop.create_connection(
                    lambda: UpstreamConnection(self._forget), self._host, self._port, ssl=self._tls or None
                )
        except OSError as error:  # TimeoutError is one
            raise UpstreamFailedError("upstream_unreachable") from error
        return connection

    def give_back(self, connection: UpstreamConnection) -> None:
        """Keep a connection for the next request, or close it if it is not fit for one."""
        if connection.rest() and connection.idle_since - connection.opened_at < self._lifetime_seconds:
            self._idle.append(connection)
        else:
            connection.abort()

    def _forget(self, connection: UpstreamConnection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)

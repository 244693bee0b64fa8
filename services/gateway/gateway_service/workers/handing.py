"""Accepts clients' connections for all workers, and hands each to the one that has fewest.

Workers that accept by themselves share badly: whoever is awake takes all that have come.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence

from chassis.logging import get_logger

from gateway_service.workers.worker_handle import WorkerHandle

AT_ONCE = 64
"""Accepted in one turn of the loop."""
AGAIN_SECONDS = 0.05
"""How long connections wait in the kernel while no worker takes them."""
log = get_logger()


class Handing:
    """Until it is closed; connections wait in the kernel while there is nobody to serve them."""

    def __init__(self, listener: socket.socket, serving: Callable[[], Sequence[WorkerHandle]]) -> None:
        self._listener = listener
        self._serving = serving
        self._again: asyncio.TimerHandle | None = None
        self._held: socket.socket | None = None  # that nobody has taken yet

    def begin(self) -> None:
        self._listener.setblocking(False)
        self._listen()

    def close(self) -> None:
        """Hand out what has come, and take no more."""
        self._pause()
        while self._hand_one():
            pass
        if self._again:
            self._again.cancel()
        if self._held:
            self._held.close()
        self._listener.close()

    def _listen(self) -> None:
        asyncio.get_running_loop().add_reader(self._listener.fileno(), self._accept)

    def _pause(self) -> None:
        asyncio.get_running_loop().remove_reader(self._listener.fileno())

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            if not self._hand_one():
                break
        if self._held:
            self._wait()

    def _wait(self) -> None:
        self._pause()
        self._again = asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._go_on)

    def _go_on(self) -> None:
        self._listen()
        self._accept()

    def _hand_one(self) -> bool:
        """False if there is none, or nobody who takes it."""
        if self._held is None:
            try:
                self._held, _ = self._listener.accept()
            except BlockingIOError:
                return False
            except OSError as error:  # no descriptors are left, or the client has left
                log.warning("connection not accepted", error=str(error))
                self._wait()
                return False
        for worker in sorted(self._serving(), key=_connections):
            if worker.hand(self._held):
                self._held.close()
                self._held = None
                return True
        return False


def _connections(worker: WorkerHandle) -> int:
    return worker.connections
